package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.SlabObject;

/** Blocks of an {@link Inheritance}; only its size matters. */
final class SummaryNode extends SlabObject {
    @Override
    protected void poison() {}
}
