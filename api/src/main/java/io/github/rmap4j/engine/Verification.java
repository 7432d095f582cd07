package io.github.rmap4j.engine;

import com.google.common.collect.Sets;
import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.engine.mm.Machine;
import io.github.rmap4j.engine.mm.Mm;
import io.github.rmap4j.engine.page.FolioImpl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares map counts and walks with a scan of all page tables, and runs the invariants of engine and strategy. */
final class Verification {
    private static final int REPORTED = 10;

    private record Mapping(int space, long address, int page) {}

    private final Machine machine;
    private final Map<Folio, Set<Mapping>> mappings = new IdentityHashMap<>();
    private final List<String> violations = new ArrayList<>();

    Verification(Machine machine) {
        this.machine = machine;
    }

    void run() {
        List<AddressSpace> spaces = machine.spaces();
        for (AddressSpace space : spaces) {
            ((Mm) space).verify();
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                if (folio != null) {
                    mappings.computeIfAbsent(folio, f -> new HashSet<>())
                            .add(new Mapping(space.id(), entry.address(), entry.page()));
                    if (entry.isWritable() && !folio.isAnonExclusive(entry.page())) {
                        violations.add("space " + space.id() + " may write folio " + folio.id()
                                + ", which is not exclusive, at " + Long.toHexString(entry.address()));
                    }
                }
            });
        }
        mappings.forEach(this::verify);
        machine.strategy().verify(spaces);
        if (!violations.isEmpty()) {
            throw new IllegalStateException(violations.size() + " violations: "
                    + String.join("; ", violations.subList(0, Math.min(REPORTED, violations.size()))));
        }
    }

    private void verify(Folio folio, Set<Mapping> expected) {
        if (folio.mapcount() != expected.size()) {
            violations.add(folio + " has map count " + folio.mapcount() + " but is mapped at " + describe(expected));
        }
        for (int page = 0; page < folio.pages(); page++) {
            int mappings = 0;
            for (Mapping mapping : expected) {
                mappings += mapping.page() == page ? 1 : 0;
            }
            if (folio.mapcount(page) != mappings || (folio.isAnonExclusive(page) && mappings != 1)) {
                violations.add("page " + page + " of " + folio + " has map count " + folio.mapcount(page)
                        + (folio.isAnonExclusive(page) ? " and is AnonExclusive" : "") + " but is mapped at "
                        + describe(expected));
            }
        }
        Set<Mapping> found = new HashSet<>();
        WalkOutcome outcome = machine.walks().check(FolioImpl.of(folio), new Collector(folio, found));
        if (outcome != WalkOutcome.COMPLETE || !found.equals(expected)) {
            violations.add("a walk of " + folio + " is " + outcome + ", misses "
                    + describe(Sets.difference(expected, found)) + " and invents "
                    + describe(Sets.difference(found, expected)));
        }
    }

    /** Collects what a walk reports, page by page. */
    private final class Collector implements RmapVisitor {
        private final Folio folio;
        private final Set<Mapping> found;

        Collector(Folio folio, Set<Mapping> found) {
            this.folio = folio;
            this.found = found;
        }

        @Override
        public boolean visit(Vma vma, long address) {
            return visit(vma, address, 0, 1);
        }

        @Override
        public boolean visit(Vma vma, long address, int page, int pages) {
            for (int i = 0; i < pages; i++) {
                long at = address + i * MemoryManager.PAGE_SIZE;
                if (!found.add(new Mapping(vma.addressSpace().id(), at, page + i))) {
                    violations.add("a walk of " + folio + " reports " + vma + " twice");
                }
                if (at < vma.start() || at >= vma.end()) {
                    violations.add("a walk of " + folio + " reports an address outside of " + vma);
                }
            }
            return true;
        }
    }

    private static String describe(Set<Mapping> mappings) {
        List<String> texts = new ArrayList<>();
        for (Mapping mapping : mappings) {
            texts.add(mapping.space() + ":" + Long.toHexString(mapping.address()) + "=" + mapping.page());
        }
        texts.sort(null);
        return texts.toString();
    }
}
