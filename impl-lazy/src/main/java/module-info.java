import org.jspecify.annotations.NullMarked;

/**
 * The reverse mapping proposed as ANON_VMA_LAZY: nothing is allocated until a fork needs it.
 *
 * @provides io.github.rmap4j.spi.RmapStrategyProvider the strategies {@code lazy}, {@code lazy-gki} and
 *     {@code lazy-nofork}
 */
@NullMarked
module io.github.rmap4j.lazy {
    requires io.github.rmap4j.api;
    requires static org.jspecify;

    provides io.github.rmap4j.spi.RmapStrategyProvider with
            io.github.rmap4j.lazy.LazyProvider,
            io.github.rmap4j.lazy.LazyGkiProvider,
            io.github.rmap4j.lazy.LazyNoforkProvider;
}
