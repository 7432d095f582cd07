package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all processes have mapped, and how many objects the slabs hold, at one moment.
 *
 * @since 0.1
 */
public final class StateSnapshot {
    /** Slab of anon_vma objects. */
    public static final String ANON_VMA = "anon_vma";
    /** Slab of anon_vma_chain objects. */
    public static final String ANON_VMA_CHAIN = "anon_vma_chain";

    private final SortedMap<Integer, ProcessState> processes;
    private final SortedMap<String, Long> slabs;

    /**
     * A snapshot of given parts.
     *
     * @param processes the processes by number
     * @param slabs live objects by name of the slab
     */
    public StateSnapshot(Map<Integer, ProcessState> processes, Map<String, Long> slabs) {
        this.processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
        this.slabs = Collections.unmodifiableSortedMap(new TreeMap<>(slabs));
    }

    /**
     * Takes a snapshot. No operation may run meanwhile.
     *
     * @param processes the processes by number; several may use one address space
     * @param manager the manager of their address spaces
     * @param base address in bytes of page 0; VMAs that start below it are left out
     * @param ids numbers the frames
     * @return the snapshot
     */
    public static StateSnapshot of(
            Map<Integer, AddressSpace> processes, MemoryManager manager, long base, FrameIds ids) {
        SortedMap<Integer, ProcessState> states = new TreeMap<>();
        for (Map.Entry<Integer, AddressSpace> process : new TreeMap<>(processes).entrySet()) {
            states.put(process.getKey(), processState(process.getValue(), base, ids));
        }
        ids.forgetUnseen();
        Map<String, Long> slabs = new TreeMap<>();
        for (CostReport.SlabCost slab : manager.costs().slabs()) {
            slabs.put(slab.name(), slab.live());
        }
        return new StateSnapshot(states, slabs);
    }

    private static ProcessState processState(AddressSpace space, long base, FrameIds ids) {
        List<VmaRange> vmas = new ArrayList<>();
        long start = Long.MAX_VALUE;
        long end = 0;
        for (Vma vma : space.vmas()) {
            if (vma.start() >= base) {
                vmas.add(new VmaRange(number(vma.start(), base), number(vma.end(), base), vma.permissions()));
                start = Math.min(start, vma.start());
                end = vma.end();
            }
        }
        List<PageState> pages = new ArrayList<>();
        List<Long> anonExclusive = new ArrayList<>();
        if (!vmas.isEmpty()) {
            space.forEachPage(start, end, entry -> {
                Folio folio = entry.folio();
                long number = number(entry.address(), base);
                switch (entry.kind()) {
                    case SWAP ->
                        pages.add(
                                new PageState(number, PageState.Kind.SWAP, ids.slotId(entry.swapSlot()), 0, false, 0));
                    case POISONED -> pages.add(PageState.of(number, PageState.Kind.POISONED));
                    case MIGRATION -> throw new IllegalStateException("page " + number + " is being migrated");
                    case ZERO -> pages.add(PageState.of(number, PageState.Kind.ZERO));
                    case FILE -> pages.add(PageState.of(number, PageState.Kind.FILE));
                    case GUARD -> pages.add(PageState.of(number, PageState.Kind.GUARD));
                    case ANON -> {
                        if (folio == null) {
                            throw new IllegalStateException("an anonymous page without a folio at page " + number);
                        }
                        pages.add(anon(number, folio, entry.page(), ids));
                        if (folio.isAnonExclusive(entry.page())) {
                            anonExclusive.add(number);
                        }
                    }
                }
            });
        }
        return new ProcessState(vmas, pages, anonExclusive);
    }

    private static PageState anon(long number, Folio folio, int page, FrameIds ids) {
        int mapcount = folio.mapcount(page);
        int large = folio.pages() == 1 ? 0 : page == 0 ? 1 : 2;
        return new PageState(number, PageState.Kind.ANON, ids.id(folio, page), mapcount, mapcount == 1, large);
    }

    private static long number(long address, long base) {
        return (address - base) >> MemoryManager.PAGE_SHIFT;
    }

    /**
     * The processes.
     *
     * @return an unmodifiable map by number
     */
    public SortedMap<Integer, ProcessState> processes() {
        return processes;
    }

    /**
     * The slabs.
     *
     * @return live objects by name of the slab, unmodifiable
     */
    public SortedMap<String, Long> slabs() {
        return slabs;
    }

    /**
     * Live objects of one slab.
     *
     * @param name the slab
     * @return how many; 0 if there is no such slab
     */
    public long slab(String name) {
        return slabs.getOrDefault(name, 0L);
    }

    /**
     * This state as one line of a recording: operation, result, slab counts, and for each process its VMAs, its pages
     * in runs, and under {@code anonExclusive} the runs of pages with that mark.
     *
     * @param op the operation that led here, or {@code start}
     * @param result how it ended
     * @return a JSON object without a line end
     */
    public String toJsonLine(String op, StepResult result) {
        return StateJson.line(op, result, this);
    }
}
