import org.jspecify.annotations.NullMarked;

/**
 * The reverse mapping proposed as CoW contexts: one object per address space, and a walk of the process tree.
 *
 * @provides io.github.rmap4j.spi.RmapStrategyProvider the strategies {@code cowctx} and {@code cowctx-pruned}
 */
@NullMarked
module io.github.rmap4j.cowctx {
    requires io.github.rmap4j.api;
    requires static org.jspecify;

    provides io.github.rmap4j.spi.RmapStrategyProvider with
            io.github.rmap4j.cowctx.CowContextProvider,
            io.github.rmap4j.cowctx.PrunedCowContextProvider;
}
