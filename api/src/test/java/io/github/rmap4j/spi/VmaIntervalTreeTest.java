package io.github.rmap4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkPurpose;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmaIntervalTreeTest {
    private static final class Entry {
        final VmaIntervalNode chain;
        final long first;
        final long last;
        final int inserted;

        Entry(long first, long last, int inserted) {
            this.first = first;
            this.last = last;
            this.inserted = inserted;
            chain = new VmaIntervalNode() {};
            chain.setVma(new PlainVma(first, last));
        }
    }

    private final VmaIntervalTree tree = new VmaIntervalTree();
    /** In the order in which a walk must meet them: by first offset, then by insertion. */
    private final List<Entry> model = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("overlapping entries come in order of offset, equal ones in order of insertion")
    void agreesWithScan(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 3000; step++) {
            if (model.isEmpty() || random.nextInt(100) < (step < 1500 ? 60 : 40)) {
                long first = random.nextLong(60);
                Entry entry = new Entry(first, first + random.nextLong(10), step);
                tree.insert(entry.chain);
                model.add(entry);
                model.sort(Comparator.<Entry>comparingLong(e -> e.first).thenComparingInt(e -> e.inserted));
            } else {
                Entry entry = model.remove(random.nextInt(model.size()));
                tree.remove(entry.chain);
            }
            if (step % 20 == 0) {
                tree.verify();
            }
            long from = random.nextLong(70);
            long to = from + random.nextLong(5);
            List<VmaIntervalNode> expected = model.stream()
                    .filter(e -> e.first <= to && e.last >= from)
                    .map(e -> e.chain)
                    .toList();
            assertThat(overlapping(from, to)).as("seed %d step %d", seed, step).isEqualTo(expected);
        }
        assertThat(tree.isEmpty()).isEqualTo(model.isEmpty());
    }

    private List<VmaIntervalNode> overlapping(long from, long to) {
        List<VmaIntervalNode> found = new ArrayList<>();
        CountingWalk walk = new CountingWalk();
        for (VmaIntervalNode chain = tree.first(from, to, walk);
                chain != null;
                chain = VmaIntervalTree.next(chain, from, to, walk)) {
            found.add(chain);
        }
        assertThat(walk.nodes).isGreaterThanOrEqualTo(found.size());
        return found;
    }

    /** Only counts nodes. */
    private static final class CountingWalk implements FolioWalk {
        private int nodes;

        @Override
        public Folio folio() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long index() {
            return 0;
        }

        @Override
        public long lastIndex() {
            return 0;
        }

        @Override
        public WalkPurpose purpose() {
            return WalkPurpose.INSPECT;
        }

        @Override
        public WalkMode mode() {
            return WalkMode.BLOCK;
        }

        @Override
        public boolean isSplitting() {
            return false;
        }

        @Override
        public boolean candidate(Vma vma, long address) {
            return true;
        }

        @Override
        public boolean candidate(AddressSpace space, long address) {
            return true;
        }

        @Override
        public boolean candidate(AddressSpace space, long address, Vma likely) {
            return true;
        }

        @Override
        public int moves(AddressSpace space) {
            return 0;
        }

        @Override
        public boolean candidate(AddressSpace space) {
            return true;
        }

        @Override
        public void indexNode() {
            nodes++;
        }

        @Override
        public void context() {}
    }

    private record PlainVma(long pgoff, long last) implements Vma {
        @Override
        public long start() {
            return pgoff << 12;
        }

        @Override
        public long end() {
            return (last + 1) << 12;
        }

        @Override
        public long flags() {
            return 0;
        }

        @Override
        public @Nullable MappedFile file() {
            return null;
        }

        @Override
        public boolean isFaulted() {
            return true;
        }

        @Override
        public boolean isAttached() {
            return true;
        }

        @Override
        public AddressSpace addressSpace() {
            throw new UnsupportedOperationException();
        }
    }
}
