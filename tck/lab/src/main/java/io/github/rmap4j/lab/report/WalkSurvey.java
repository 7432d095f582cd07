package io.github.rmap4j.lab.report;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Distribution;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Walks the reverse map once for every resident anonymous folio. */
final class WalkSurvey {
    private final Distribution visited = new Distribution();
    private final Distribution hits = new Distribution();
    private final Distribution falseVisits = new Distribution();
    private final Distribution indexNodes = new Distribution();
    private final Distribution contexts = new Distribution();
    private final long nanoseconds;
    private long missed;

    WalkSurvey(MemoryManager manager) {
        List<Folio> folios = residentFolios(manager);
        RmapWalker walker = manager.rmapWalker();
        WalkCost cost = new WalkCost();
        PageCounter counter = new PageCounter();
        long begin = System.nanoTime();
        for (Folio folio : folios) {
            cost.reset();
            counter.pages = 0;
            walker.walk(folio, counter, WalkMode.BLOCK, cost);
            visited.record(cost.visited());
            hits.record(cost.hits());
            falseVisits.record(cost.falseVisits());
            indexNodes.record(cost.indexNodes());
            contexts.record(cost.contexts());
            missed += Math.max(0, folio.mapcount() - counter.pages);
        }
        nanoseconds = System.nanoTime() - begin;
    }

    /** Of a large folio a hit is a run of pages. */
    private static final class PageCounter implements RmapVisitor {
        private long pages;

        @Override
        public boolean visit(Vma vma, long address) {
            pages++;
            return true;
        }

        @Override
        public boolean visit(Vma vma, long address, int page, int run) {
            pages += run;
            return true;
        }
    }

    private static List<Folio> residentFolios(MemoryManager manager) {
        Set<Folio> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Folio> folios = new ArrayList<>();
        for (AddressSpace space : manager.addressSpaces()) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                if (folio != null && seen.add(folio)) {
                    folios.add(folio);
                }
            });
        }
        return folios;
    }

    /** How long the walks took, without the search for the folios. */
    long nanoseconds() {
        return nanoseconds;
    }

    long folios() {
        return visited.count();
    }

    Distribution visited() {
        return visited;
    }

    Distribution hits() {
        return hits;
    }

    Distribution falseVisits() {
        return falseVisits;
    }

    Distribution indexNodes() {
        return indexNodes;
    }

    Distribution contexts() {
        return contexts;
    }

    /** Mappings that no walk reported; anything but 0 is a defect of the strategy. */
    long missed() {
        return missed;
    }
}
