package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that meet at a place which the test chooses, under ANON_VMA_LAZY. Who must wait is seen waiting, and comes to
 * its end afterwards.
 */
abstract class LazyRace {
    static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;

    /** Lets something else happen in the middle of an event, once. */
    static final class Interrupted extends ForwardingStrategy {
        @Nullable
        Runnable beforeRetain;

        @Nullable
        Runnable whileMigrating;

        @Nullable
        Runnable whileChanging;

        @Nullable
        Runnable beforeOwner;

        @Nullable
        Runnable afterReference;

        @Nullable
        Runnable beforeCandidate;

        Interrupted(RmapStrategy delegate) {
            super(delegate);
        }

        private static void run(@Nullable Runnable interruption) {
            if (interruption != null) {
                interruption.run();
            }
        }

        @Override
        public @Nullable Object retain(Folio folio) {
            Runnable interruption = beforeRetain;
            beforeRetain = null;
            run(interruption);
            return super.retain(folio);
        }

        /** All mappings are migration entries now. */
        @Override
        public void folioReplaced(Folio source, Folio destination) {
            super.folioReplaced(source, destination);
            Runnable interruption = whileMigrating;
            whileMigrating = null;
            run(interruption);
        }

        @Override
        public void beginChange(LayoutChange change) {
            super.beginChange(change);
            Runnable interruption = whileChanging;
            whileChanging = null;
            run(interruption);
        }

        @Override
        public void beginCollapse(Vma vma) {
            super.beginCollapse(vma);
            Runnable interruption = whileChanging;
            whileChanging = null;
            run(interruption);
        }

        @Override
        public WalkOutcome walk(FolioWalk walk) {
            return super.walk(new ForwardingWalk(walk) {
                private int asked;

                /** Asked for before the owner is read, and again when the walk has a reference to it. */
                @Override
                public Folio folio() {
                    asked++;
                    if (asked == 1) {
                        run(beforeOwner);
                        beforeOwner = null;
                    } else if (asked == 2) {
                        run(afterReference);
                        afterReference = null;
                    }
                    return super.folio();
                }

                @Override
                public boolean candidate(AddressSpace space, long address, Vma likely) {
                    run(beforeCandidate);
                    beforeCandidate = null;
                    return super.candidate(space, address, likely);
                }
            });
        }
    }

    Interrupted strategy;
    final MemoryManager manager = Scenario.builder("lazy")
            .strategy(ForwardingStrategy.provider(
                    Strategies.find("lazy"), delegate -> strategy = new Interrupted(delegate)))
            .checking(Checking.ON)
            .build();
    final AddressSpace parent = manager.createAddressSpace();
    volatile @Nullable AddressSpace child;

    static void map(AddressSpace space, int page, int pages) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        space.mmap(address(page), pages * PAGE_SIZE, READ_WRITE, flags);
    }

    static void mapAndWrite(AddressSpace space, int page, int pages) {
        map(space, page, pages);
        write(space, page, pages);
    }

    static void write(AddressSpace space, int page, int pages) {
        for (int i = page; i < page + pages; i++) {
            space.write(address(i), i + 1);
        }
    }

    /** Pages 0 to 15 are one folio; the VMA goes on to page 31. */
    void largeFolio() {
        map(parent, 0, 32);
        parent.madvise(address(0), 32 * PAGE_SIZE, Advice.HUGEPAGE);
        write(parent, 0, 16);
        assertThat(folio(parent, 15)).isSameAs(folio(parent, 0));
    }

    static Folio folio(AddressSpace space, int page) {
        return Objects.requireNonNull(space.folioAt(address(page)));
    }

    void fork() {
        child = parent.fork();
    }

    AddressSpace child() {
        return Objects.requireNonNull(child);
    }

    void makeReadOnly(int page, int pages) {
        parent.mprotect(address(page), pages * PAGE_SIZE, Prot.PROT_READ);
    }

    void move(int from, int to, int pages) {
        int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        parent.mremap(address(from), pages * PAGE_SIZE, pages * PAGE_SIZE, flags, address(to));
    }

    long events(String name) {
        return manager.costs().events().stream()
                .filter(event -> event.name().equals(name))
                .mapToLong(CostReport.EventCost::count)
                .sum();
    }

    long vmAreaStructs() {
        return manager.costs().slab("vm_area_struct").live();
    }

    static String kinds(AddressSpace space, int page, int pages) {
        StringBuilder kinds = new StringBuilder();
        space.forEachPage(
                address(page),
                address(page + pages),
                entry -> kinds.append(entry.kind().name().charAt(0)));
        return kinds.toString();
    }

    /** Runs that a walk finds: space, page and length. */
    static final class Findings implements RmapVisitor {
        final List<String> runs = new ArrayList<>();

        @Nullable
        Runnable atFirst;

        @Override
        public boolean visit(Vma vma, long address) {
            throw new AssertionError("called for a visitor that wants ranges");
        }

        @Override
        public boolean visit(Vma vma, long address, int page, int pages) {
            runs.add(vma.addressSpace().id() + ":" + (address - address(0)) / PAGE_SIZE + "+" + pages);
            Runnable interruption = atFirst;
            atFirst = null;
            Interrupted.run(interruption);
            return true;
        }
    }

    /** Something else that happens at the first mapping of a walk. */
    List<String> walk(Folio folio, Runnable atFirst) {
        Findings findings = new Findings();
        findings.atFirst = atFirst;
        assertThat(manager.rmapWalker().walk(folio, findings)).isEqualTo(WalkOutcome.COMPLETE);
        return findings.runs;
    }

    List<String> walk(Folio folio) {
        return walk(folio, () -> {});
    }

    final Semaphore mayGoOn = new Semaphore(0);

    @Nullable
    Meanwhile change;

    /** Somebody else begins a change, and holds its locks until {@link #finishChange}. */
    void beginChange(Runnable what) {
        strategy.whileChanging = mayGoOn::acquireUninterruptibly;
        change = Meanwhile.start(what);
        assertThat(change.isDone()).as("the change is over already").isFalse();
    }

    /** The same when a folio is known, but its owner's lock has not been asked for. */
    void lockedBeforeRetain(Runnable what) {
        strategy.beforeRetain = () -> beginChange(what);
    }

    void finishChange() {
        mayGoOn.release();
        Objects.requireNonNull(change).join();
    }

    @Nullable
    Meanwhile waiter;

    /** Somebody else begins something while there are migration entries, and cannot go on. */
    void waitsForMigration(Runnable what) {
        strategy.whileMigrating = () -> {
            waiter = Meanwhile.start(what);
            assertThat(waiter.isDone()).as("the other waits").isFalse();
        };
    }

    /** Now it comes to its end; what it has waited for was a VMA lock. */
    void joinWaiter() {
        Objects.requireNonNull(waiter).join();
        assertThat(manager.costs().lock("vma_lock").contended()).isEqualTo(1);
    }

    void assertSound() {
        manager.verify();
        manager.addressSpaces().forEach(AddressSpace::exit);
        assertThat(events("lazy_zombies")).isZero();
        assertThat(events("lazy_root_references")).isZero();
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }
}
