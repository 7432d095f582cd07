package io.github.rmap4j.cowctx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("Walks of cowctx-pruned")
class PrunedWalkTest {
    private static final long BASE = 0x100000000000L;
    private static final long PAGE = MemoryManager.PAGE_SIZE;

    private MemoryManager manager = manager("cowctx-pruned");

    private static MemoryManager manager(String strategy) {
        return MemoryManager.builder()
                .strategy(strategy)
                .checking(MemoryManager.Checking.ON)
                .build();
    }

    /** A process with pages that it has written, each in a VMA of its own if there is a page between them. */
    private AddressSpace process(int pages, int distance) {
        AddressSpace space = manager.createAddressSpace();
        for (int i = 0; i < pages; i++) {
            map(space, i * distance, 1);
            space.write(address(i * distance), i);
        }
        return space;
    }

    private static void map(AddressSpace space, long page, int pages) {
        space.mmap(
                address(page),
                pages * PAGE,
                Prot.PROT_READ | Prot.PROT_WRITE,
                MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE);
    }

    private static long address(long page) {
        return BASE + page * PAGE;
    }

    /** What a walk costs, after checking that it finds as many mappings as there are. */
    private WalkCost walk(AddressSpace space, long page) {
        Folio folio = Objects.requireNonNull(space.folioAt(address(page)));
        WalkCost cost = new WalkCost();
        WalkOutcome outcome = manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
        assertThat(outcome).isEqualTo(WalkOutcome.COMPLETE);
        assertThat(cost.hits()).isEqualTo(folio.mapcount());
        return cost;
    }

    private long contexts(AddressSpace space, long page) {
        return walk(space, page).contexts();
    }

    private long event(String name) {
        return manager.costs().events().stream()
                .filter(event -> event.name().equals(name))
                .mapToLong(CostReport.EventCost::count)
                .findFirst()
                .orElseThrow();
    }

    private long live(String slab) {
        return manager.costs().slab(slab).live();
    }

    @AfterEach
    void nothingIsLeft() {
        manager.verify();
        List.copyOf(manager.addressSpaces()).forEach(AddressSpace::exit);
        assertThat(live("cow_context")).isZero();
        assertThat(live("cow_summary")).isZero();
        assertThat(live("maple_node (remap_mt)")).isZero();
        assertThat(event("cow_dead_contexts")).isZero();
    }

    @Nested
    @DisplayName("Births")
    class Births {
        @Test
        @DisplayName("a child that is older than the folio is not entered, nor are those behind it")
        void olderChildren() {
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(1, 1);
            for (int i = 0; i < 10; i++) {
                parent.fork();
            }
            map(parent, 10, 1);
            parent.write(address(10), 1);
            parent.fork();
            assertThat(contexts(parent, 10)).isEqualTo(2);
            assertThat(event("cow_older_children")).isEqualTo(1);
            assertThat(contexts(parent, 0)).isEqualTo(12);
        }

        @Test
        @DisplayName("a page used again by its only owner is as young as a new one")
        void reused() {
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(1, 1);
            AddressSpace child = parent.fork();
            child.write(address(0), 2);
            parent.write(address(0), 3);
            assertThat(contexts(parent, 0)).isEqualTo(1);
        }

        @Test
        @DisplayName("without them every child is entered until something is known of it")
        void leftOut() {
            manager = manager("cowctx-pruned:without=births");
            AddressSpace parent = process(1, 1);
            parent.fork();
            map(parent, 10, 1);
            parent.write(address(10), 1);
            parent.fork();
            // The younger child comes first, and then everything is found.
            assertThat(contexts(parent, 10)).isEqualTo(2);
            assertThat(event("cow_older_children")).isZero();
        }
    }

    @Nested
    @DisplayName("What walks learn")
    class Learning {
        @Test
        @DisplayName(
                "1000 children that each keep another page: the first walk enters all, the others only who maps it")
        void thousand() {
            int n = 1000;
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(n, 2);
            for (int i = 0; i < n; i++) {
                AddressSpace child = parent.fork();
                if (i > 0) {
                    child.munmap(address(0), 2L * i * PAGE);
                }
                if (i < n - 1) {
                    child.munmap(address(2 * (i + 1)), 2L * (n - 1 - i) * PAGE);
                }
            }
            assertThat(contexts(parent, 0)).isEqualTo(n + 1);
            // The child that maps the first page was not entered in vain so far.
            assertThat(contexts(parent, 2)).isEqualTo(3);
            for (int i = 2; i < n; i++) {
                assertThat(contexts(parent, 2L * i)).as("page %d", i).isEqualTo(2);
            }
            assertThat(event("cow_surveys")).isEqualTo(n);
            assertThat(live("cow_summary")).as("two ranges are enough").isZero();
        }

        @Test
        @DisplayName("a leaf that has copied most pages is known page by page, and never left out where it maps one")
        void scattered() {
            int pages = 640;
            AddressSpace parent = process(pages, 1);
            Random random = new Random(7);
            List<AddressSpace> leaves = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                AddressSpace leaf = parent.fork();
                leaves.add(leaf);
                for (int page = 0; page < pages; page++) {
                    if (random.nextInt(20) > 0) {
                        leaf.write(address(page), i);
                    }
                }
            }
            long first = contextsOfAll(parent, pages);
            long second = contextsOfAll(parent, pages);
            assertThat(second).isEqualTo(mappings(parent, pages));
            assertThat(first).isLessThan(second + 5L * leaves.size());
            assertThat(live("cow_summary")).isPositive();
            leaves.forEach(AddressSpace::exit);
            assertThat(live("cow_summary")).as("goes with the leaves").isZero();
        }

        @Test
        @DisplayName("a page that was swapped out may come back, and so it may be inherited")
        void swapped() {
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(3, 1);
            AddressSpace child = parent.fork();
            child.munmap(address(0), PAGE);
            parent.reclaim(address(1), PAGE);
            assertThat(contexts(parent, 0)).isEqualTo(2);
            // The child is known to have lost page 0, but not page 1.
            assertThat(contexts(parent, 0)).isEqualTo(1);
            child.read(address(1));
            parent.read(address(1));
            assertThat(walk(parent, 1).hits()).isEqualTo(2);
        }

        @Test
        @DisplayName("a moved page is known by its index")
        void moved() {
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(1, 1);
            map(parent, 10, 4);
            parent.write(address(12), 1);
            AddressSpace child = parent.fork();
            child.mremap(
                    address(10), 4 * PAGE, 4 * PAGE, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, address(100));
            child.write(address(0), 2);
            assertThat(contexts(parent, 0)).isEqualTo(2);
            assertThat(contexts(parent, 0)).isEqualTo(1);
            assertThat(walk(parent, 12).hits()).isEqualTo(2);
        }

        @Test
        @DisplayName("a child that knows to have lost a page may still have children that map it")
        void grandchildren() {
            manager = manager("cowctx-pruned:without=stops");
            AddressSpace parent = process(1, 1);
            AddressSpace child = parent.fork();
            AddressSpace grandchild = child.fork();
            child.write(address(0), 2);
            parent.write(address(0), 3);
            assertThat(walk(grandchild, 0).hits()).isEqualTo(1);
            assertThat(walk(grandchild, 0).contexts()).isEqualTo(1);
        }

        private long contextsOfAll(AddressSpace space, int pages) {
            return sum(pages, page -> (int) contexts(space, page));
        }

        private long mappings(AddressSpace space, int pages) {
            return sum(pages, page -> (int) walk(space, page).hits());
        }

        private long sum(int pages, IntUnaryOperator ofPage) {
            long sum = 0;
            for (int page = 0; page < pages; page++) {
                sum += ofPage.applyAsInt(page);
            }
            return sum;
        }
    }

    @Nested
    @DisplayName("Folios that are moved down")
    class Rehoming {
        @Test
        @DisplayName("a folio that only a grandchild maps is found at once when it was walked before")
        void onlyMapper() {
            AddressSpace parent = process(1, 1);
            AddressSpace child = parent.fork();
            AddressSpace grandchild = child.fork();
            parent.write(address(0), 1);
            child.write(address(0), 2);
            assertThat(contexts(grandchild, 0)).isEqualTo(3);
            assertThat(event("cow_lowered_folios")).isEqualTo(1);
            assertThat(contexts(grandchild, 0)).isEqualTo(1);
            AddressSpace late = grandchild.fork();
            assertThat(walk(late, 0).hits()).isEqualTo(2);
        }

        @Test
        @DisplayName("a folio that a child and its children map goes to the child, and uncles are not visited any more")
        void subtree() {
            AddressSpace parent = process(1, 1);
            AddressSpace child = parent.fork();
            child.fork();
            child.fork();
            for (int i = 0; i < 20; i++) {
                parent.fork().write(address(0), i);
            }
            parent.write(address(0), 100);
            contexts(child, 0);
            assertThat(contexts(child, 0)).isEqualTo(3);
        }

        @Test
        @DisplayName("verification leaves everything where it is")
        void verification() {
            AddressSpace parent = process(1, 1);
            AddressSpace child = parent.fork();
            parent.munmap(address(0), PAGE);
            manager.verify();
            assertThat(event("cow_lowered_folios")).isZero();
            assertThat(contexts(child, 0)).isEqualTo(2);
            assertThat(event("cow_lowered_folios")).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("Dead contexts")
    class Dead {
        @Test
        @DisplayName("a chain of 100 generations leaves nothing behind but the context that folios name")
        void chain() {
            AddressSpace last = process(10, 1);
            for (int i = 0; i < 100; i++) {
                AddressSpace next = last.fork();
                last.exit();
                last = next;
            }
            assertThat(live("cow_context"))
                    .as("the first, named by ten folios, and the last")
                    .isEqualTo(2);
            for (int page = 0; page < 10; page++) {
                assertThat(contexts(last, page)).isEqualTo(1);
            }
            assertThat(live("cow_context")).as("after walks have moved them").isEqualTo(1);
        }

        @Test
        @DisplayName("a daemon that forks its successor for 3000 generations keeps its size")
        void daemon() {
            AddressSpace last = process(2, 1);
            long most = 0;
            for (int i = 0; i < 3000; i++) {
                AddressSpace next = last.fork();
                next.write(address(0), i);
                last.exit();
                last = next;
                most = Math.max(most, live("cow_context"));
            }
            assertThat(most).isLessThanOrEqualTo(4);
        }

        @Test
        @DisplayName("the children of a dead one are found below its parent")
        void children() {
            AddressSpace parent = process(4, 1);
            AddressSpace middle = parent.fork();
            List<AddressSpace> children = List.of(middle.fork(), middle.fork(), middle.fork());
            middle.exit();
            assertThat(live("cow_context")).isEqualTo(4);
            assertThat(walk(parent, 0).hits()).isEqualTo(4);
            children.get(1).write(address(0), 1);
            assertThat(walk(parent, 0).hits()).isEqualTo(3);
        }

        @Test
        @DisplayName("a dead root with several children stays: they may share what is swapped out")
        void root() {
            AddressSpace root = process(1, 1);
            AddressSpace one = root.fork();
            AddressSpace other = root.fork();
            root.reclaim(address(0), PAGE);
            root.exit();
            assertThat(live("cow_context")).isEqualTo(3);
            one.read(address(0));
            other.read(address(0));
            assertThat(walk(one, 0).hits()).isEqualTo(2);
            other.exit();
            assertThat(walk(one, 0).hits()).isEqualTo(1);
        }
    }
}
