import org.jspecify.annotations.NullMarked;

/**
 * Anonymous memory as Linux manages it, with the reverse mapping as a replaceable strategy.
 *
 * <p>{@link io.github.rmap4j.api} is for callers, {@link io.github.rmap4j.spi} for those who write a strategy.
 *
 * @uses io.github.rmap4j.spi.RmapStrategyProvider the strategies to choose from
 */
@NullMarked
module io.github.rmap4j.api {
    requires com.google.common;
    requires static transitive org.jspecify;

    exports io.github.rmap4j.api;
    exports io.github.rmap4j.spi;

    uses io.github.rmap4j.spi.RmapStrategyProvider;
}
