package io.github.rmap4j.tck.stress;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.strategy.PteChainsStrategy;
import io.github.rmap4j.tck.strategy.ScanAllStrategy;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** The strategies that are put under stress. */
final class StressStrategies {
    /** Multiplies the work: {@code -Dtck.thorough=N}. */
    static final int THOROUGH = Integer.getInteger("tck.thorough", 1);

    private StressStrategies() {}

    static Stream<Arguments> all() {
        return Stream.of(Strategies.find("anonvma"), new PteChainsStrategy.Provider(), new ScanAllStrategy.Provider())
                .map(provider -> Arguments.of(Named.of(provider.name(), provider)));
    }

    /** A manager whose folios are all small. */
    static MemoryManager manager(RmapStrategyProvider provider) {
        return builder(provider).build();
    }

    /** A manager whose faults map folios of 16 KiB where they fit. */
    static MemoryManager managerWithLargeFolios(RmapStrategyProvider provider) {
        return builder(provider)
                .hugepages(2, MemoryManager.HugepagePolicy.ALWAYS)
                .build();
    }

    /** A manager that must reclaim all the time. */
    static MemoryManager managerShortOfMemory(RmapStrategyProvider provider) {
        return builder(provider)
                .hugepages(2, MemoryManager.HugepagePolicy.ALWAYS)
                .residentLimit(96)
                .build();
    }

    private static MemoryManager.Builder builder(RmapStrategyProvider provider) {
        return MemoryManager.builder().strategy(provider).checking(MemoryManager.Checking.ON);
    }
}
