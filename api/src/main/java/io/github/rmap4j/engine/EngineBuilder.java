package io.github.rmap4j.engine;

import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.FaultInjector;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.engine.mm.Settings;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a manager. */
final class EngineBuilder implements MemoryManager.Builder {
    /** A fault may need two pages at once, and reclaim a few to choose from. */
    private static final long MIN_RESIDENT_LIMIT = 16;

    private @Nullable RmapStrategyProvider provider;
    private final Map<String, String> options = new HashMap<>();
    private Checking checking = Checking.OFF;
    private int maxMapCount = Settings.DEFAULT_MAX_MAP_COUNT;
    private long commitLimit = Settings.NO_COMMIT_LIMIT;
    private long stackLimit = Settings.DEFAULT_STACK_LIMIT;
    private long swapPages = Settings.DEFAULT_SWAP_PAGES;
    private int largeOrders;
    private int largeOrdersAlways;
    private long residentLimit = Settings.NO_RESIDENT_LIMIT;
    private KernelVersion kernelVersion = KernelVersion.V6_18;
    private @Nullable FaultInjector injector;

    @Override
    public MemoryManager.Builder strategy(String name) {
        provider = Strategies.find(name);
        return this;
    }

    @Override
    public MemoryManager.Builder strategy(RmapStrategyProvider newProvider) {
        provider = newProvider;
        return this;
    }

    @Override
    public MemoryManager.Builder option(String name, String value) {
        options.put(name, value);
        return this;
    }

    @Override
    public MemoryManager.Builder checking(Checking level) {
        checking = level;
        return this;
    }

    @Override
    public MemoryManager.Builder maxMapCount(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("maxMapCount must be at least 1: " + limit);
        }
        maxMapCount = limit;
        return this;
    }

    @Override
    public MemoryManager.Builder commitLimit(long pages) {
        if (pages < 0) {
            throw new IllegalArgumentException("commitLimit must not be negative: " + pages);
        }
        commitLimit = pages;
        return this;
    }

    @Override
    public MemoryManager.Builder stackLimit(long bytes) {
        if (bytes < MemoryManager.PAGE_SIZE) {
            throw new IllegalArgumentException("stackLimit must be at least a page: " + bytes);
        }
        stackLimit = bytes;
        return this;
    }

    @Override
    public MemoryManager.Builder swapPages(long pages) {
        if (pages < 0 || pages > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("swapPages must be from 0 to " + Integer.MAX_VALUE + ": " + pages);
        }
        swapPages = pages;
        return this;
    }

    @Override
    public MemoryManager.Builder hugepages(int order, HugepagePolicy policy) {
        if (order < 2 || order > MemoryManager.PMD_ORDER) {
            throw new IllegalArgumentException(
                    "anonymous folios have an order from 2 to " + MemoryManager.PMD_ORDER + ": " + order);
        }
        int mask = 1 << order;
        largeOrders = policy == HugepagePolicy.NEVER ? largeOrders & ~mask : largeOrders | mask;
        largeOrdersAlways = policy == HugepagePolicy.ALWAYS ? largeOrdersAlways | mask : largeOrdersAlways & ~mask;
        return this;
    }

    @Override
    public MemoryManager.Builder residentLimit(long pages) {
        if (pages < MIN_RESIDENT_LIMIT) {
            throw new IllegalArgumentException(
                    "residentLimit must be at least " + MIN_RESIDENT_LIMIT + " pages: " + pages);
        }
        residentLimit = pages;
        return this;
    }

    @Override
    public MemoryManager.Builder kernelVersion(KernelVersion version) {
        kernelVersion = version;
        return this;
    }

    @Override
    public MemoryManager.Builder faultInjector(FaultInjector newInjector) {
        injector = newInjector;
        return this;
    }

    @Override
    public MemoryManager build() {
        if (provider == null) {
            throw new IllegalStateException("choose a strategy first; available: "
                    + Strategies.available().stream()
                            .map(RmapStrategyProvider::name)
                            .toList());
        }
        Map<String, String> chosen = new HashMap<>(provider.options());
        chosen.putAll(options);
        return new EngineManager(
                provider,
                chosen,
                new Settings(
                        checking,
                        maxMapCount,
                        commitLimit,
                        stackLimit,
                        swapPages,
                        largeOrders,
                        largeOrdersAlways,
                        residentLimit,
                        kernelVersion,
                        provider.capabilities(),
                        injector));
    }
}
