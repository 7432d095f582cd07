package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** How walks end, what they are for and what they cost. */
final class WalkRules {
    private static final int RELATIVES = 20;
    private static final int KEPT = 40;
    /** Two places map the page; a tree may have a few more to go along. */
    private static final long FEW = 4;

    private static final long PATIENCE_MILLIS = 60_000;

    private WalkRules() {}

    /** Three processes that map page 0, and two relatives that do not. */
    private static Family family(Subject subject) {
        return new Family(subject.manager())
                .run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2", "0 fork 3", "1 fork 4")
                .run("3 write 0 1", "4 munmap 0 1");
    }

    static void stopped(Subject subject) {
        Family family = family(subject);
        Folio folio = family.folio(0, 0);
        for (int most = 1; most <= folio.mapcount(); most++) {
            int limit = most;
            List<String> visited = new ArrayList<>();
            WalkOutcome outcome = family.manager().rmapWalker().walk(folio, (vma, address) -> {
                visited.add(vma.addressSpace().id() + ":" + Long.toHexString(address));
                return visited.size() < limit;
            });
            Expect.equal("outcome of a walk that was stopped at mapping " + most, WalkOutcome.STOPPED, outcome);
            Expect.equal("mappings that were reported until then", most, visited.size());
        }
        family.end();
    }

    static void contended(Subject subject) {
        Family family = family(subject);
        Folio folio = family.folio(0, 0);
        List<Long> addresses = new ArrayList<>();
        WalkOutcome idle =
                family.manager().rmapWalker().walk(folio, (vma, address) -> addresses.add(address), WalkMode.TRY, null);
        Expect.equal("outcome of a walk that must not wait and need not", WalkOutcome.COMPLETE, idle);
        Expect.equal("mappings that it reported", folio.mapcount(), addresses.size());
        AtomicReference<WalkOutcome> other = new AtomicReference<>();
        family.manager().rmapWalker().walk(folio, (vma, address) -> {
            Thread thread = new Thread(
                    () -> other.set(
                            family.manager().rmapWalker().walk(folio, (otherVma, there) -> true, WalkMode.TRY, null)),
                    "rmap4j-tck-try");
            thread.setDaemon(true);
            thread.start();
            join(thread);
            return false;
        });
        Expect.equal(
                "outcome of a walk that must not wait while the folio is locked", WalkOutcome.CONTENDED, other.get());
        family.end();
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void unmapped(Subject subject) {
        Family family = family(subject).run("0 mmap 20 3 rw", "0 write 20 3");
        List<Folio> gone = new ArrayList<>(List.of(family.folio(0, 20), family.folio(0, 21), family.folio(3, 0)));
        family.run("0 madvise 20 1 dontneed", "0 munmap 21 1", "3 exit");
        gone.add(family.folio(0, 0));
        family.run("0 exit", "1 exit", "2 exit");
        for (Folio folio : gone) {
            WalkCost cost = new WalkCost();
            WalkOutcome outcome =
                    family.manager().rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
            Expect.equal("outcome of a walk of a folio that is not mapped", WalkOutcome.COMPLETE, outcome);
            Expect.equal("mappings that it reported", 0L, cost.hits());
        }
        family.end();
    }

    static void purposes(Subject subject) {
        Family family = family(subject).run("1 read 0 1", "2 read 0 1", "0 read 0 1");
        MemoryManager manager = family.manager();
        Folio folio = family.folio(0, 0);
        Expect.equal("entries that were used", folio.mapcount(), manager.referenced(folio));
        Expect.equal("entries that were used since", 0, manager.referenced(folio));
        for (int process : new int[] {2, 0, 1}) {
            family.run(process + " read 0 1");
            Expect.equal(
                    "whether the page was used since process " + process + " read it", true, manager.isYoung(folio));
            manager.markOld(folio);
            Expect.equal("whether the page was used since that was forgotten", false, manager.isYoung(folio));
        }
        family.end();
    }

    /** Quality: nothing else is looked at. */
    static void alone(Subject subject) {
        Family family = new Family(subject.manager());
        for (int i = 0; i < RELATIVES; i++) {
            family.manager().createAddressSpace();
            family.run("0 mmap " + 4 * i + " 3 rw", "0 write " + 4 * i + " 3");
        }
        for (int i = 0; i < RELATIVES; i++) {
            expectVisits("of a page of a process without relatives", family, family.folio(0, 4 * i + 1), 1);
        }
        family.manager().addressSpaces().forEach(space -> {
            if (space != family.space(0)) {
                space.exit();
            }
        });
        family.end();
    }

    static void givenUp(Subject subject) {
        Family family = new Family(subject.manager());
        for (int i = 0; i < KEPT; i++) {
            family.run("0 mmap " + 2 * i + " 1 rw", "0 write " + 2 * i + " 1");
        }
        for (int child = 1; child <= KEPT; child++) {
            family.run("0 fork " + child);
            int kept = 2 * (child - 1);
            if (kept > 0) {
                family.run(child + " munmap 0 " + kept);
            }
            family.run(child + " munmap " + (kept + 1) + " " + 2 * KEPT);
        }
        for (int child = 1; child <= KEPT; child++) {
            expectVisits(
                    "of a page that two of " + (KEPT + 1) + " relatives map",
                    family,
                    family.folio(child, 2 * (child - 1)),
                    FEW);
        }
        family.end();
    }

    static void own(Subject subject) {
        Family family = new Family(subject.manager()).run("0 mmap 0 2 rw", "0 write 0 2");
        for (int child = 1; child <= RELATIVES; child++) {
            family.run("0 fork " + child);
        }
        family.run("1 write 0 1");
        expectVisits("of a page that a child wrote", family, family.folio(1, 0), 1);
        family.run("0 write 1 1");
        for (int child = 2; child <= RELATIVES; child++) {
            family.run(child + " write 1 1");
        }
        family.run("1 write 1 1");
        expectVisits("of a page that a child took over", family, family.folio(1, 1), 1);
        family.end();
    }

    private static void expectVisits(String what, Family family, Folio folio, long most) {
        WalkCost cost = new WalkCost();
        family.manager().rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
        Expect.that("visits by a walk " + what, cost.visited() <= most, "at most " + most, cost.visited());
    }
}
