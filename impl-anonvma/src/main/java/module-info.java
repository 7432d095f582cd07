import org.jspecify.annotations.NullMarked;

/**
 * The reverse mapping of Linux today: {@code anon_vma} and {@code anon_vma_chain}.
 *
 * @provides io.github.rmap4j.spi.RmapStrategyProvider the strategies {@code anonvma} and {@code anonvma-maple}
 */
@NullMarked
module io.github.rmap4j.anonvma {
    requires io.github.rmap4j.api;
    requires static org.jspecify;

    provides io.github.rmap4j.spi.RmapStrategyProvider with
            io.github.rmap4j.anonvma.AnonVmaStrategyProvider,
            io.github.rmap4j.anonvma.MapleAnonVmaProvider;
}
