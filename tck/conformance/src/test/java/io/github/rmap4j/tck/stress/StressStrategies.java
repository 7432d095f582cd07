package io.github.rmap4j.tck.stress;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.strategy.Contestant;
import io.github.rmap4j.tck.strategy.PteChainsStrategy;
import io.github.rmap4j.tck.strategy.ScanAllStrategy;
import java.util.Map;
import java.util.stream.Stream;

/** The strategies that are put under stress. */
final class StressStrategies {
    /** Multiplies the work: {@code -Dtck.thorough=N}. */
    static final int THOROUGH = Integer.getInteger("tck.thorough", 1);

    private StressStrategies() {}

    static Stream<Contestant> all() {
        Stream<Contestant> examples = Stream.of(new PteChainsStrategy.Provider(), new ScanAllStrategy.Provider())
                .map(provider -> new Contestant(provider, Map.of()));
        return Stream.concat(Contestant.all().stream(), examples);
    }

    /** A manager whose folios are all small. */
    static MemoryManager manager(Contestant contestant) {
        return builder(contestant).build();
    }

    /** A manager whose faults map folios of 16 KiB where they fit. */
    static MemoryManager managerWithLargeFolios(Contestant contestant) {
        return builder(contestant)
                .hugepages(2, MemoryManager.HugepagePolicy.ALWAYS)
                .build();
    }

    /** A manager that must reclaim all the time. */
    static MemoryManager managerShortOfMemory(Contestant contestant) {
        return builder(contestant)
                .hugepages(2, MemoryManager.HugepagePolicy.ALWAYS)
                .residentLimit(96)
                .build();
    }

    private static MemoryManager.Builder builder(Contestant contestant) {
        return contestant.builder().checking(MemoryManager.Checking.ON);
    }
}
