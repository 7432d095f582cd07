package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.SlabObject;

/** A maple node of a remap tree, as far as it is accounted. */
final class RemapNode extends SlabObject {
    @Override
    protected void poison() {}
}
