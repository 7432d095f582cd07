package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.FaultInjector;
import io.github.rmap4j.spi.Capability;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a manager.
 *
 * @param checking how much is checked
 * @param maxMapCount sysctl vm.max_map_count
 * @param commitLimit pages that may be committed, or {@link #NO_COMMIT_LIMIT}
 * @param stackLimit RLIMIT_STACK in bytes
 * @param swapPages pages of swap space
 * @param largeOrders orders of the folios that faults may map in VMAs with VM_HUGEPAGE, as a mask
 * @param largeOrdersAlways orders of the folios that faults may map in all VMAs, as a mask
 * @param residentLimit most resident pages, or {@link #NO_RESIDENT_LIMIT}
 * @param kernelVersion whose rules hold
 * @param capabilities what the strategy can do; the rest is refused
 * @param injector decides which slab allocations are refused; null refuses nothing
 */
public record Settings(
        Checking checking,
        int maxMapCount,
        long commitLimit,
        long stackLimit,
        long swapPages,
        int largeOrders,
        int largeOrdersAlways,
        long residentLimit,
        KernelVersion kernelVersion,
        Set<Capability> capabilities,
        @Nullable FaultInjector injector) {
    /** Orders that are too large for the limit are dropped, and whatever the strategy cannot do. */
    public Settings {
        capabilities = Set.copyOf(capabilities);
        if (!capabilities.contains(Capability.SWAP)) {
            swapPages = 0;
        }
        if (!capabilities.contains(Capability.LARGE_FOLIOS)) {
            largeOrders = 0;
            largeOrdersAlways = 0;
        } else if (!capabilities.contains(Capability.MIGRATION)) {
            throw new IllegalArgumentException(
                    "a strategy with large-folios needs migration, too: they are split by it");
        }
        if (residentLimit != NO_RESIDENT_LIMIT) {
            // A folio takes at most a fourth of the memory, or reclaim could not make room for it.
            int largest = Long.SIZE - 1 - Long.numberOfLeadingZeros(residentLimit / 4);
            int fitting = (2 << Math.min(largest, MemoryManager.PMD_ORDER)) - 1;
            largeOrders &= fitting;
            largeOrdersAlways &= fitting;
        }
    }

    /** Whether the strategy can do something. */
    boolean has(Capability capability) {
        return capabilities.contains(capability);
    }

    /** Overcommit is allowed. */
    public static final long NO_COMMIT_LIMIT = -1;

    /** Memory is as large as it need be. */
    public static final long NO_RESIDENT_LIMIT = -1;

    /** vm.max_map_count of Linux. */
    public static final int DEFAULT_MAX_MAP_COUNT = 65530;

    /** 2 GiB: what distributions give a small machine. */
    public static final long DEFAULT_SWAP_PAGES = 1L << 19;

    /** RLIMIT_STACK of most distributions. */
    public static final long DEFAULT_STACK_LIMIT = 8L << 20;
}
