package io.github.rmap4j.api;

import io.github.rmap4j.engine.Engines;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.List;

/**
 * A machine's anonymous memory: address spaces, their folios, and one strategy for the reverse map. Managers do not
 * share anything. Safe for use by several threads.
 *
 * <pre>{@code
 * MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
 * AddressSpace parent = manager.createAddressSpace();
 * long page = parent.mmap(0, 4096, Prot.PROT_READ | Prot.PROT_WRITE, MapFlags.MAP_PRIVATE);
 * parent.write(page, 42);
 * AddressSpace child = parent.fork();
 * manager.rmapWalker().walk(child.folioAt(page), (vma, address) -> true);
 * }</pre>
 *
 * @since 0.1
 */
public interface MemoryManager {
    /** Binary logarithm of the page size. */
    int PAGE_SHIFT = 12;
    /** Page size in bytes. */
    long PAGE_SIZE = 1L << PAGE_SHIFT;
    /** Order of a folio that a whole page table maps: 2 MiB. */
    int PMD_ORDER = 9;
    /** End of user addresses, exclusive (TASK_SIZE on x86-64 with 47-bit addresses). */
    long TASK_SIZE = 0x7ffffffff000L;

    /**
     * Configures a manager.
     *
     * @return a builder with the defaults
     */
    static Builder builder() {
        return Engines.builder();
    }

    /**
     * Creates an empty address space that is nobody's child.
     *
     * @return the space, with one user
     * @throws ErrnoException ENOMEM if an allocation was refused
     */
    AddressSpace createAddressSpace();

    /**
     * The address spaces that still have users.
     *
     * @return a copy, in order of creation
     */
    List<AddressSpace> addressSpaces();

    /**
     * Walks the reverse map.
     *
     * @return the walker; always the same
     */
    RmapWalker rmapWalker();

    /**
     * The strategy's name.
     *
     * @return the provider's name
     */
    String strategy();

    /**
     * The settings of the strategy.
     *
     * @return each with what is chosen, in order of names
     */
    List<StrategySetting> options();

    /**
     * Changes a setting of the strategy while it works.
     *
     * @param name the setting's name
     * @param value the word for its new value
     * @throws IllegalArgumentException if there is no such setting or value; the message lists those there are
     * @throws IllegalStateException if the setting cannot be changed any more
     */
    void setOption(String name, String value);

    /**
     * Counts the entries that map a folio and were used since this was last asked, as reclaim and access sampling do
     * (folio_referenced, DAMON). VMAs with MADV_SEQUENTIAL or MADV_RANDOM do not count.
     *
     * @param folio the folio
     * @return the number, or -1 if a lock could not be had at once, which says nothing about the folio
     */
    int referenced(Folio folio);

    /**
     * Whether an entry that maps a folio was used since that was last forgotten ({@link #referenced}, {@link #markOld},
     * reclaim); does not forget it (damon_folio_young). Waits for locks.
     *
     * @param folio the folio
     * @return true if at least one was
     */
    boolean isYoung(Folio folio);

    /**
     * Forgets that the entries that map a folio were used, so that {@link #isYoung} tells what is used from now on
     * (damon_folio_mkold, page_idle). Waits for locks.
     *
     * @param folio the folio
     */
    void markOld(Folio folio);

    /**
     * Scans the VMAs that may be merged ({@link Advice#MERGEABLE}, {@link AddressSpace#enableMemoryMerge}) once, as ksmd
     * does (ksm_do_scan). A page that equals one merged before is merged at once, two others only when neither has changed
     * since the last scan: so equal pages need two scans.
     *
     * @return pages that were merged
     */
    int ksmScan();

    /**
     * Migrates every anonymous folio once (a pass of compaction over all memory).
     *
     * @return folios that could not be migrated because something held on to them
     */
    int compact();

    /**
     * Swap slots that a swap entry or a folio of the swap cache uses.
     *
     * @return how many; 0 after the last exit
     */
    long swapSlots();

    /**
     * What everything has cost so far. Exact while no operation is running.
     *
     * @return a snapshot
     */
    CostReport costs();

    /**
     * Compares everything with everything: each folio's map count with a scan of all page tables, each walk with that
     * scan, the VMA trees, and the strategy's own invariants. No operation may run meanwhile. Costs time in proportion
     * to the whole state; leaves {@link #costs()} unchanged.
     *
     * @throws IllegalStateException naming the first violations found
     */
    void verify();

    /**
     * Collects the settings of a manager.
     *
     * @since 0.1
     */
    interface Builder {
        /**
         * Which strategy keeps the reverse map, found with {@link java.util.ServiceLoader}.
         *
         * @param name the provider's name, perhaps with settings ({@link Strategies#find})
         * @return this
         * @throws IllegalArgumentException if no provider has that name; the message lists those there are
         */
        Builder strategy(String name);

        /**
         * Which strategy keeps the reverse map.
         *
         * @param provider the provider
         * @return this
         */
        Builder strategy(RmapStrategyProvider provider);

        /**
         * Chooses a setting of the strategy.
         *
         * @param name the setting's name
         * @param value the word for its value
         * @return this
         */
        Builder option(String name, String value);

        /**
         * Checked mode: lock order is verified, freed slab objects are poisoned and soon used again, and every use of a
         * freed one throws. Slower; meant for tests.
         *
         * @param level how much to check
         * @return this
         */
        Builder checking(Checking level);

        /**
         * Limit on VMAs of an address space (sysctl vm.max_map_count).
         *
         * @param limit the limit, 65530 by default
         * @return this
         */
        Builder maxMapCount(int limit);

        /**
         * Limit on committed pages, with MAP_NORESERVE ignored (vm.overcommit_memory = 2). Without a limit overcommit
         * is allowed, as with vm.overcommit_memory = 0 on a machine that is large enough.
         *
         * @param pages most pages that may be committed
         * @return this
         */
        Builder commitLimit(long pages);

        /**
         * Limit on the size of a stack in bytes (RLIMIT_STACK).
         *
         * @param bytes the limit, 8 MiB by default
         * @return this
         */
        Builder stackLimit(long bytes);

        /**
         * Size of the swap space; 0 for a machine without.
         *
         * @param pages the size in pages, 524288 (2 GiB) by default
         * @return this
         */
        Builder swapPages(long pages);

        /**
         * Whether faults map folios of one size (/sys/kernel/mm/transparent_hugepage/hugepages-SIZE/enabled).
         *
         * @param order binary logarithm of the size in pages, from 2 (16 KiB) to {@link #PMD_ORDER} (2 MiB)
         * @param policy where; {@link HugepagePolicy#NEVER} by default for every size
         * @return this
         */
        Builder hugepages(int order, HugepagePolicy policy);

        /**
         * Limit on resident anonymous pages: whoever needs one more reclaims others first, with an active and an inactive
         * list as in mm/vmscan.c. Threads may exceed it by what they are about to map. A folio takes at most a fourth of
         * it.
         *
         * @param pages the limit, at least 16; none by default
         * @return this
         * @throws IllegalArgumentException if the limit is too small
         */
        Builder residentLimit(long pages);

        /**
         * Whose rules for merging VMAs and reusing anon_vmas hold.
         *
         * @param version the version, {@link KernelVersion#V6_18} by default
         * @return this
         */
        Builder kernelVersion(KernelVersion version);

        /**
         * Decides which slab allocations are refused.
         *
         * @param injector asked at every slab allocation, and where Linux allocates nodes of the VMA tree
         * @return this
         */
        Builder faultInjector(FaultInjector injector);

        /**
         * Builds the manager.
         *
         * @return a new manager
         * @throws IllegalStateException if no strategy was chosen
         * @throws IllegalArgumentException if the strategy has no such {@link #option} or value; the message lists those
         *     there are
         */
        MemoryManager build();
    }

    /** Where faults map large folios of a size. */
    enum HugepagePolicy {
        /** Nowhere. */
        NEVER,
        /** In VMAs with VM_HUGEPAGE ({@link Advice#HUGEPAGE}). */
        MADVISE,
        /** In all VMAs without VM_NOHUGEPAGE. */
        ALWAYS
    }

    /** How much a manager checks while it works. */
    enum Checking {
        /** Nothing beyond the arguments. */
        OFF,
        /** Lock order and lifetimes. */
        ON
    }

    /**
     * Decides which slab allocations are refused; see {@link Builder#faultInjector}. Called from any thread, often
     * under the mmap lock and perhaps under locks of the strategy: it must not use the manager.
     *
     * <p>A refusal ends an operation as in Linux. The VMA or page at hand is left as it was; those that were done
     * before stay done (such as in mprotect, mlock, or mremap of several VMAs). The errno is ENOMEM, with these
     * exceptions: EAGAIN from madvise where a VMA cannot be split or merged, and from mlock where pages cannot be
     * faulted in; brk returns the old end; faulting in for mmap and mremap, the unmapping at the end of a move, and
     * merging by KSM do without.
     */
    @FunctionalInterface
    interface FaultInjector {
        /**
         * Whether to refuse an allocation.
         *
         * @param slab name of the slab cache; {@code maple_node} for the VMA tree when it is split or merged, which is
         *     no slab of {@link CostReport}
         * @return true to refuse
         */
        boolean refuse(String slab);
    }
}
