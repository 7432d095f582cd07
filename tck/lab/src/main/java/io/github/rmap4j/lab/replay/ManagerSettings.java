package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of the managers that replay: those of the machine on which traces and recordings were made, but for its
 * folios of 2 MiB, which replays do not use.
 */
public final class ManagerSettings {
    private static final int MAX_MAP_COUNT = 65530;
    private static final long STACK_LIMIT = 8L << 20;
    private static final long SWAP_PAGES = 1L << 17;
    private static final int LARGE_ORDER = 4;
    private static final MemoryManager.HugepagePolicy LARGE_FOLIOS = MemoryManager.HugepagePolicy.MADVISE;
    private static final MemoryManager.Checking CHECKING = MemoryManager.Checking.OFF;

    private ManagerSettings() {}

    /**
     * Builds a manager.
     *
     * @param strategy its strategy
     * @return a new manager
     */
    public static MemoryManager build(RmapStrategyProvider strategy) {
        return builder(strategy).build();
    }

    /** Tests switch checks on. */
    static MemoryManager.Builder builder(RmapStrategyProvider strategy) {
        return MemoryManager.builder()
                .strategy(strategy)
                .checking(CHECKING)
                .maxMapCount(MAX_MAP_COUNT)
                .stackLimit(STACK_LIMIT)
                .swapPages(SWAP_PAGES)
                .hugepages(LARGE_ORDER, LARGE_FOLIOS);
    }

    /**
     * The settings in words.
     *
     * @return their values by name, in a fixed order
     */
    public static Map<String, String> describe() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("checking", CHECKING.toString());
        settings.put("maxMapCount", Integer.toString(MAX_MAP_COUNT));
        settings.put("stackLimitBytes", Long.toString(STACK_LIMIT));
        settings.put("commitLimit", "none");
        settings.put("swapPages", Long.toString(SWAP_PAGES));
        settings.put("hugepages-64kB", LARGE_FOLIOS.toString());
        return settings;
    }
}
