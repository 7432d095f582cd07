package io.github.rmap4j.cowctx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.Slab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Tree of moved ranges")
class RemapTreeTest {
    /** Counts nodes; refuses when it is told to. */
    private static final class Nodes implements Slab<RemapNode> {
        private int live;
        private boolean refusing;

        @Override
        public RemapNode allocate() {
            if (refusing) {
                throw new AllocationRefusedException("nodes");
            }
            live++;
            return new RemapNode();
        }

        @Override
        public void free(RemapNode node) {
            live--;
        }
    }

    /** A mutex without a manager. */
    private static final class PlainMutex implements Mutex {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public void lock() {
            lock.lock();
        }

        @Override
        public boolean tryLock() {
            return lock.tryLock();
        }

        @Override
        public void unlock() {
            lock.unlock();
        }
    }

    private final Nodes nodes = new Nodes();
    private final RemapTree tree = new RemapTree(new RemapNodes(nodes, 0), new PlainMutex());
    private final Map<Long, TreeSet<Long>> model = new TreeMap<>();

    private List<Long> offsets(long first, long last) {
        long[] found = tree.offsets(first, last);
        List<Long> list = new ArrayList<>();
        if (found != null) {
            Arrays.stream(found).forEach(list::add);
        }
        return list;
    }

    private List<Long> expected(long first, long last) {
        TreeSet<Long> union = new TreeSet<>();
        for (long index = first; index <= last; index++) {
            union.addAll(model.getOrDefault(index, new TreeSet<>()));
        }
        return List.copyOf(union);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("every index has exactly the offsets that were added and not removed")
    void agreesWithModel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 4000; step++) {
            long first = random.nextLong(60);
            long last = first + random.nextLong(12);
            long offset = random.nextLong(-3, 4);
            if (offset == 0) {
                offset = 1L << 40;
            }
            boolean add = random.nextInt(100) < (step < 2000 ? 60 : 40);
            if (add) {
                tree.add(first, last, offset);
            } else {
                tree.remove(first, last, offset);
            }
            for (long index = first; index <= last; index++) {
                TreeSet<Long> here = model.computeIfAbsent(index, key -> new TreeSet<>());
                if (add) {
                    here.add(offset);
                } else {
                    here.remove(offset);
                }
            }
            long from = random.nextLong(75);
            long to = from + random.nextLong(5);
            assertThat(offsets(from, to)).as("seed %d step %d", seed, step).isEqualTo(expected(from, to));
        }
        for (long index = 0; index < 80; index++) {
            assertThat(offsets(index, index)).as("index %d", index).isEqualTo(expected(index, index));
        }
        tree.clear();
        assertThat(nodes.live).isZero();
    }

    @Test
    @DisplayName("a reader finds the offset of what stays while a range is taken away from its start")
    void readersBesideSplits() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong missed = new AtomicLong();
        Thread reader = new Thread(() -> {
            while (!over.get()) {
                if (tree.offsets(600, 600) == null) {
                    missed.incrementAndGet();
                }
            }
        });
        tree.add(600, 600, 7);
        reader.start();
        for (int round = 0; round < 2000; round++) {
            tree.add(0, 600, 7);
            for (int index = 0; index < 600; index += 50) {
                tree.remove(index, index + 49, 7);
            }
        }
        over.set(true);
        reader.join();
        assertThat(missed.get()).as("readers that missed the offset").isZero();
    }

    @Test
    @DisplayName("moving to and fro leaves nothing behind, and neighbours with equal offsets are one range")
    void bounded() {
        for (long round = 0; round < 1000; round++) {
            tree.add(round * 4, round * 4 + 3, 7);
        }
        assertThat(tree.size()).isEqualTo(1);
        assertThat(nodes.live).isEqualTo(1);
        for (long round = 0; round < 1000; round++) {
            tree.remove(round * 4, round * 4 + 3, 7);
        }
        assertThat(tree.size()).isZero();
        assertThat(nodes.live).isZero();
    }

    @Test
    @DisplayName("offsets below 0 and indices beyond 2^32 are like others")
    void extremes() {
        long far = 1L << 45;
        tree.add(far, far + 9, -far);
        tree.add(far + 5, far + 5, 3);
        assertThat(offsets(far, far)).containsExactly(-far);
        assertThat(offsets(far + 4, far + 6)).containsExactly(-far, 3L);
        tree.remove(far, far + 9, -far);
        assertThat(offsets(far, far + 9)).containsExactly(3L);
    }

    @Test
    @DisplayName("a refused change has changed nothing, and what is known already needs no memory")
    void refused() {
        tree.add(0, 99, 5);
        for (long index = 0; index < 60; index += 2) {
            tree.add(index, index, 9);
        }
        int live = nodes.live;
        nodes.refusing = true;
        tree.add(10, 20, 5);
        for (long index = 200; ; index += 3) {
            long at = index;
            int before = tree.size();
            try {
                tree.add(at, at, 1);
            } catch (AllocationRefusedException e) {
                assertThat(tree.size()).isEqualTo(before);
                assertThat(offsets(at, at)).isEmpty();
                break;
            }
        }
        assertThat(nodes.live).isEqualTo(live);
        assertThatThrownBy(() -> tree.add(1000, 1000, 1)).isInstanceOf(AllocationRefusedException.class);
    }
}
