package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.SlabObject;

/** A maple node of a {@link VmaIdIndex}, as far as it is accounted. */
final class MapleNode extends SlabObject {
    @Override
    protected void poison() {}
}
