package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.tck.program.ProgramMachine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares every walk with a scan of all page tables. */
final class WalkCheck {
    /** A page of an address space, and the page of the folio that is mapped there. */
    private record Place(int space, long address, int page) {}

    private static final Comparator<Place> BY_ADDRESS =
            Comparator.comparingInt(Place::space).thenComparingLong(Place::address);

    private final MemoryManager manager;
    private final Map<Integer, AddressSpace> processes;
    private final int step;
    private final String where;
    private final Map<Folio, List<Place>> mapped = new LinkedHashMap<>();
    private final Map<Integer, AddressSpace> spaces = new TreeMap<>();
    /** Mappings that walks reported as they should, and those that they did not. */
    private final List<Place> found = new ArrayList<>();

    private final List<Place> missed = new ArrayList<>();

    private WalkCheck(MemoryManager manager, Map<Integer, AddressSpace> processes, int step, String where) {
        this.manager = manager;
        this.processes = processes;
        this.step = step;
        this.where = where;
    }

    /**
     * Walks every folio.
     *
     * @throws FindingException if something is missed, invented or left behind
     */
    static void run(MemoryManager manager, Map<Integer, AddressSpace> processes, int step, String where) {
        new WalkCheck(manager, processes, step, where).run();
    }

    private void run() {
        for (AddressSpace space : manager.addressSpaces()) {
            spaces.put(space.id(), space);
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                Place place = new Place(space.id(), entry.address(), entry.page());
                if (entry.kind() == PageEntry.Kind.MIGRATION) {
                    throw finding(
                            Finding.Kind.MIGRATION_ENTRY, "an entry is left as migration left it", "none", text(place));
                }
                if (folio != null) {
                    mapped.computeIfAbsent(folio, unused -> new ArrayList<>()).add(place);
                }
            });
        }
        FindingException first = null;
        for (Map.Entry<Folio, List<Place>> folio : mapped.entrySet()) {
            FindingException failure = walk(folio.getKey(), folio.getValue());
            first = first == null ? failure : first;
        }
        if (first != null) {
            Finding finding = first.finding();
            boolean atEdge = finding.kind() == Finding.Kind.MISSED
                    && missed.stream().allMatch(this::isAtEdge)
                    && found.stream().anyMatch(place -> !isAtEdge(place));
            throw atEdge
                    ? finding(
                            Finding.Kind.MISSED_AT_EDGE,
                            finding.what() + " at an end of its VMA",
                            finding.expected(),
                            finding.actual())
                    : first;
        }
    }

    private @Nullable FindingException walk(Folio folio, List<Place> expected) {
        List<Place> reported = new ArrayList<>();
        WalkOutcome outcome = manager.rmapWalker().walk(folio, new Collector(reported));
        Set<Place> expectedSet = new HashSet<>(expected);
        Set<Place> reportedSet = new HashSet<>(reported);
        expected.forEach(place -> (reportedSet.contains(place) ? found : missed).add(place));
        if (outcome != WalkOutcome.COMPLETE) {
            return finding(
                    Finding.Kind.OUTCOME, "the outcome of a walk of " + text(folio, expected), "COMPLETE", outcome);
        }
        if (!reportedSet.containsAll(expectedSet)) {
            return finding(
                    Finding.Kind.MISSED,
                    "mappings that a walk reports of " + text(folio, expected),
                    texts(expected),
                    texts(reportedSet));
        }
        if (!expectedSet.containsAll(reportedSet)) {
            return finding(
                    Finding.Kind.INVENTED,
                    "mappings that a walk reports of " + text(folio, expected),
                    texts(expected),
                    texts(reportedSet));
        }
        if (reportedSet.size() != reported.size()) {
            return finding(
                    Finding.Kind.TWICE,
                    "mappings that a walk reports of " + text(folio, expected),
                    texts(expected),
                    texts(reported));
        }
        return null;
    }

    private boolean isAtEdge(Place place) {
        AddressSpace space = spaces.get(place.space());
        Vma vma = space == null ? null : space.vmaAt(place.address());
        return vma != null
                && (place.address() == vma.start() || place.address() == vma.end() - MemoryManager.PAGE_SIZE);
    }

    private FindingException finding(Finding.Kind kind, String what, Object expected, Object actual) {
        return new FindingException(
                new Finding(kind, step, where, what, String.valueOf(expected), String.valueOf(actual)));
    }

    private String text(Folio folio, List<Place> places) {
        String size = folio.pages() == 1 ? "the page" : "the folio of " + folio.pages() + " pages";
        return size + " at " + text(places.get(0));
    }

    private List<String> texts(Collection<Place> places) {
        return places.stream().sorted(BY_ADDRESS).map(this::text).toList();
    }

    private String text(Place place) {
        String process = processes.entrySet().stream()
                .filter(candidate -> candidate.getValue().id() == place.space())
                .findFirst()
                .map(candidate -> "process " + candidate.getKey())
                .orElse("space " + place.space());
        long number = (place.address() - ProgramMachine.ARENA) >> MemoryManager.PAGE_SHIFT;
        String page = place.address() >= ProgramMachine.ARENA && number < 1L << 35
                ? " page " + number
                : " address " + Long.toHexString(place.address());
        return process + page;
    }

    /** Takes runs of pages apart. */
    private record Collector(List<Place> places) implements RmapVisitor {
        @Override
        public boolean visit(Vma vma, long address) {
            return visit(vma, address, 0, 1);
        }

        @Override
        public boolean visit(Vma vma, long address, int page, int pages) {
            for (int i = 0; i < pages; i++) {
                places.add(new Place(vma.addressSpace().id(), address + i * MemoryManager.PAGE_SIZE, page + i));
            }
            return true;
        }
    }
}
