package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Bugs that Linux had between VMAs, page tables and the reverse map: each is switched on in a double of {@code anonvma} and
 * caught, and the same program passes without it. Those of anon_vma's own decisions are tested beside it.
 *
 * <p>That migration leaves the stack alone which exec relocates (a8bef8ff6ea1) cannot be driven from outside: nobody else
 * can reach the new address space before exec is over.
 */
@DisplayName("Historical bugs")
class HistoricalBugTest {
    private static final UnaryOperator<RmapStrategy> RIGHT = ForwardingStrategy::new;

    private static MemoryManager.Builder builder(UnaryOperator<RmapStrategy> wrapper) {
        return MemoryManager.builder().strategy(ForwardingStrategy.ofAnonVma(wrapper));
    }

    /** 824135c46b00: merge error paths leaked what was duplicated. */
    @Test
    @DisplayName("a merge that is refused undoes what the heir was given")
    void leakedDup() {
        refusedMerge(RIGHT);
        assertThatThrownBy(() -> refusedMerge(strategy -> new ForwardingStrategy(strategy) {
                    @Override
                    public void abortChange(LayoutChange change) {}
                }))
                .hasMessageContaining("is marked faulted but has no chain, or the reverse");
    }

    private static void refusedMerge(UnaryOperator<RmapStrategy> wrapper) {
        AtomicBoolean refuse = new AtomicBoolean();
        Scenario machine =
                Scenario.with(builder(wrapper).faultInjector(slab -> refuse.get() && slab.equals("maple_node")));
        machine.run("0 mmap 0 5 r noreserve", "0 mmap 5 5 rw noreserve", "0 write 5 5");
        refuse.set(true);
        machine.fails(Errno.ENOMEM, "0 mprotect 5 5 r");
        refuse.set(false);
        machine.run("0 mprotect 5 5 r").vmas(0, 1).end();
    }

    /** 879bca0a2c4f, fixed by 61f67c230a5e: pages were left without an anon_vma. */
    @Test
    @DisplayName("92: an unfaulted VMA that takes a faulted one in by mremap inherits its anonymous state")
    void mergeWithoutDup() {
        faultedComesHome(RIGHT);
        assertThatThrownBy(() -> faultedComesHome(strategy -> new ForwardingStrategy(strategy) {
                    @Override
                    public void prepareChange(LayoutChange change) {
                        super.prepareChange(new WithoutHeir(change));
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void faultedComesHome(UnaryOperator<RmapStrategy> wrapper) {
        Scenario machine = Scenario.with(builder(wrapper));
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 mremap 4 3 20 3", "0 mmap 1 3 rw");
        machine.run("0 mremap 20 3 4 3 dontunmap").vmas(0, 2).slabs(1, 1).end();
    }

    private record WithoutHeir(LayoutChange change) implements LayoutChange {
        @Override
        public Vma vma() {
            return change.vma();
        }

        @Override
        public @Nullable Vma adjacent() {
            return change.adjacent();
        }

        @Override
        public @Nullable Vma created() {
            return change.created();
        }

        @Override
        public List<Vma> removed() {
            return change.removed();
        }

        @Override
        public @Nullable Vma heir() {
            return null;
        }

        @Override
        public @Nullable Vma inheritedFrom() {
            return null;
        }
    }

    /** 3b617fd3d317. */
    @Test
    @DisplayName("92: a fork child's VMA does not merge into an unfaulted one by mremap")
    void ignoredForkLimit() {
        assertThat(vmasOfForkChild(RIGHT)).isEqualTo(3);
        assertThat(vmasOfForkChild(strategy -> new ForwardingStrategy(strategy) {
                    @Override
                    public boolean mayMerge(MergeQuery query) {
                        boolean intoUnfaulted = query.origin() == MergeQuery.Origin.COPIED
                                && !query.target().isFaulted();
                        return intoUnfaulted || super.mayMerge(query);
                    }
                }))
                .isEqualTo(2);
    }

    private static int vmasOfForkChild(UnaryOperator<RmapStrategy> wrapper) {
        Scenario machine = Scenario.with(builder(wrapper));
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 fork 1", "1 mremap 4 3 20 3", "1 mmap 1 3 rw");
        machine.run("1 mremap 20 3 4 3 dontunmap");
        int count = machine.space(1).mapCount();
        machine.end();
        return count;
    }

    /** The owner and the index of a page change together with its place. */
    @Test
    @DisplayName("UFFDIO_MOVE gives a page the owner of its new place")
    void userfaultMoveWithoutOwner() {
        moveToOtherRoot(RIGHT);
        assertThatThrownBy(() -> moveToOtherRoot(strategy -> new ForwardingStrategy(strategy) {
                    @Override
                    public void folioMoved(Folio folio, Vma vma) {}
                }))
                .hasMessageContaining("is COMPLETE, misses");
    }

    private static void moveToOtherRoot(UnaryOperator<RmapStrategy> wrapper) {
        Scenario machine = Scenario.with(builder(wrapper));
        machine.run("0 mmap 0 2 rw", "0 mmap 8 2 rw", "0 write 0 2", "0 write 8 1");
        machine.call(0, "moves a page", space -> space.userfaultMove(address(9), address(1), MemoryManager.PAGE_SIZE));
        machine.end();
    }

    /** What a child inherits must be findable before its entries are copied: migration would miss the copies. */
    @Test
    @DisplayName("a fork links the child's VMA before it copies the entries")
    void linkedAfterCopy() {
        assertThat(mappingsFoundAtEndOfFork(RIGHT)).isEqualTo(2);
        assertThat(mappingsFoundAtEndOfFork(LinkedLate::new)).isEqualTo(1);
    }

    private static final class LinkedLate extends ForwardingStrategy {
        private final List<Runnable> links = new ArrayList<>();

        LinkedLate(RmapStrategy strategy) {
            super(strategy);
        }

        @Override
        public void vmaForked(Vma parentVma, Vma childVma) {
            links.add(() -> super.vmaForked(parentVma, childVma));
        }

        @Override
        public void forkEnd(AddressSpace parent, AddressSpace child) {
            links.forEach(Runnable::run);
            links.clear();
            super.forkEnd(parent, child);
        }
    }

    private static int mappingsFoundAtEndOfFork(UnaryOperator<RmapStrategy> wrapper) {
        Scenario[] machine = new Scenario[1];
        int[] found = new int[1];
        machine[0] = Scenario.with(builder(strategy -> new ForwardingStrategy(wrapper.apply(strategy)) {
            @Override
            public void forkEnd(AddressSpace parent, AddressSpace child) {
                Folio folio = Objects.requireNonNull(parent.folioAt(address(0)));
                machine[0].manager().rmapWalker().walk(folio, (vma, at) -> ++found[0] > 0);
                super.forkEnd(parent, child);
            }
        }));
        machine[0]
                .run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1")
                .mapcounts(1, 0, 2)
                .end();
        return found[0];
    }

    /** Between the places that a page is moved from and to, a walk may find it at neither. */
    @Test
    @DisplayName("mremap into an existing VMA keeps walks out while entries move")
    void moveWithoutRmapLocks() throws InterruptedException {
        assertThat(new WalkDuringMove(RIGHT).mappingsFound()).isEqualTo(1);
        assertThat(new WalkDuringMove(strategy -> new ForwardingStrategy(strategy) {
                            @Override
                            public void beginMove(PageMove move) {}

                            @Override
                            public void endMove(PageMove move) {}
                        })
                        .mappingsFound())
                .isZero();
    }

    /** A walk that has visited the destination when the entries move, and the source afterwards. */
    private static final class WalkDuringMove {
        private final CountDownLatch destinationVisited = new CountDownLatch(1);
        private final CountDownLatch moved = new CountDownLatch(1);
        private final Scenario machine;
        private final List<Long> found = new ArrayList<>();
        private final AtomicBoolean armed = new AtomicBoolean();
        private volatile @Nullable Thread walker;

        WalkDuringMove(UnaryOperator<RmapStrategy> wrapper) {
            machine = Scenario.with(builder(strategy -> new Moving(wrapper.apply(strategy))));
        }

        private final class Moving extends ForwardingStrategy {
            Moving(RmapStrategy strategy) {
                super(strategy);
            }

            @Override
            public void beginMove(PageMove move) {
                super.beginMove(move);
                if (armed.compareAndSet(true, false)) {
                    Folio folio =
                            Objects.requireNonNull(move.source().addressSpace().folioAt(move.from()));
                    Thread started = new Thread(() -> inspect(folio));
                    walker = started;
                    started.start();
                    // With the lock held the walk cannot get that far: then there is nothing to wait for.
                    await(destinationVisited, 300);
                }
            }

            @Override
            public void endMove(PageMove move) {
                super.endMove(move);
                if (walker != null) {
                    moved.countDown();
                }
            }

            @Override
            public WalkOutcome walk(FolioWalk walk) {
                return super.walk(Thread.currentThread() == walker ? new PausingWalk(walk) : walk);
            }
        }

        /** Pauses after the first candidate until the entries have moved. */
        private final class PausingWalk extends ForwardingWalk {
            PausingWalk(FolioWalk walk) {
                super(walk);
            }

            @Override
            public boolean candidate(Vma vma, long address) {
                boolean goOn = super.candidate(vma, address);
                destinationVisited.countDown();
                await(moved, 10_000);
                return goOn;
            }
        }

        private void inspect(Folio folio) {
            machine.manager().rmapWalker().walk(folio, (vma, at) -> found.add(at));
        }

        int mappingsFound() throws InterruptedException {
            machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mremap 3 3 100 3");
            armed.set(true);
            machine.run("0 mremap 100 3 3 3").vmas(0, 1);
            Objects.requireNonNull(walker).join(10_000);
            machine.end();
            return found.size();
        }

        private static void await(CountDownLatch latch, long milliseconds) {
            try {
                latch.await(milliseconds, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
