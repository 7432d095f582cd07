package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of the managers that replay: those of the machine on which traces were recorded. */
public final class ManagerSettings {
    private static final int MAX_MAP_COUNT = 65530;
    private static final long STACK_LIMIT = 8L << 20;
    private static final MemoryManager.Checking CHECKING = MemoryManager.Checking.OFF;

    private ManagerSettings() {}

    /**
     * Builds a manager.
     *
     * @param strategy its strategy
     * @return a new manager
     */
    public static MemoryManager build(RmapStrategyProvider strategy) {
        return MemoryManager.builder()
                .strategy(strategy)
                .checking(CHECKING)
                .maxMapCount(MAX_MAP_COUNT)
                .stackLimit(STACK_LIMIT)
                .build();
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
        return settings;
    }
}
