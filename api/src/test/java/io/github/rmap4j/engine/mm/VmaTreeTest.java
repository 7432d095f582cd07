package io.github.rmap4j.engine.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmaTreeTest {
    private static final long SPAN_PAGES = 4000;

    private final VmaTree tree = new VmaTree();
    private final TreeMap<Long, VmaImpl> model = new TreeMap<>();

    private static VmaImpl vma(long startPage, long endPage) {
        VmaImpl vma = new VmaImpl();
        vma.start = startPage << Mm.PAGE_SHIFT;
        vma.end = endPage << Mm.PAGE_SHIFT;
        return vma;
    }

    private void insert(long startPage, long endPage) {
        VmaImpl vma = vma(startPage, endPage);
        tree.insert(vma);
        model.put(vma.start, vma);
    }

    private boolean isFree(long startPage, long endPage) {
        Map.Entry<Long, VmaImpl> below = model.lowerEntry(endPage << Mm.PAGE_SHIFT);
        return below == null || below.getValue().end <= startPage << Mm.PAGE_SHIFT;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("random insertions, removals and moved boundaries agree with a TreeMap")
    void agreesWithModel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 6000; step++) {
            boolean grow = random.nextInt(100) < (step < 3000 ? 70 : 30);
            long page = random.nextLong(SPAN_PAGES);
            if (grow) {
                long length = 1 + random.nextLong(3);
                if (isFree(page, page + length)) {
                    insert(page, page + length);
                }
            } else if (!model.isEmpty()) {
                Map.Entry<Long, VmaImpl> entry = model.floorEntry(page << Mm.PAGE_SHIFT);
                VmaImpl vma = (entry != null ? entry : model.firstEntry()).getValue();
                if (random.nextBoolean()) {
                    tree.remove(vma);
                    model.remove(vma.start);
                } else {
                    moveStart(vma, random);
                }
            }
            if (step % 50 == 0) {
                tree.verify();
            }
            check(random.nextLong(SPAN_PAGES) << Mm.PAGE_SHIFT, seed, step);
        }
        List<VmaImpl> remaining = new ArrayList<>(model.values());
        remaining.forEach(tree::remove);
        assertThat(tree.size()).isZero();
        assertThat(tree.first()).isNull();
    }

    private void moveStart(VmaImpl vma, SplittableRandom random) {
        long low = vma.prev != null ? vma.prev.end : 0;
        long pages = (vma.end - low) >> Mm.PAGE_SHIFT;
        long newStart = low + (random.nextLong(pages) << Mm.PAGE_SHIFT);
        long oldStart = vma.start;
        model.remove(oldStart);
        vma.start = newStart;
        tree.startChanged(vma, oldStart);
        model.put(newStart, vma);
    }

    private void check(long address, long seed, int step) {
        Map.Entry<Long, VmaImpl> floor = model.floorEntry(address);
        assertThat(tree.floor(address))
                .as("seed %d step %d", seed, step)
                .isSameAs(floor == null ? null : floor.getValue());
        VmaImpl expected = floor != null && floor.getValue().end > address ? floor.getValue() : null;
        if (expected == null) {
            Map.Entry<Long, VmaImpl> above = model.ceilingEntry(address);
            expected = above == null ? null : above.getValue();
        }
        assertThat(tree.find(address)).as("seed %d step %d", seed, step).isSameAs(expected);
        assertThat(tree.size()).isEqualTo(model.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("the highest gap is the one that a scan finds")
    void highestGap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3000; i++) {
            long page = random.nextLong(SPAN_PAGES);
            long length = 1 + random.nextLong(4);
            if (random.nextInt(3) > 0 && isFree(page, page + length)) {
                insert(page, page + length);
            } else if (!model.isEmpty()) {
                Map.Entry<Long, VmaImpl> entry = model.ceilingEntry(page << Mm.PAGE_SHIFT);
                if (entry != null) {
                    tree.remove(entry.getValue());
                    model.remove(entry.getKey());
                }
            }
            long wanted = (1 + random.nextLong(12)) << Mm.PAGE_SHIFT;
            long high = random.nextLong(SPAN_PAGES) << Mm.PAGE_SHIFT;
            assertThat(tree.highestGap(wanted, 0, high))
                    .as("seed %d step %d", seed, i)
                    .isEqualTo(scan(wanted, high));
        }
    }

    private long scan(long wanted, long high) {
        long end = high;
        for (VmaImpl vma : model.descendingMap().values()) {
            if (end - vma.end >= wanted) {
                return end - wanted;
            }
            end = Math.min(end, vma.start);
        }
        return end >= wanted ? end - wanted : -1;
    }

    @Test
    @DisplayName("removing a VMA that is not there is an error, not a damaged tree")
    void removeUnknown() {
        insert(10, 12);
        VmaImpl stranger = vma(10, 12);
        assertThatThrownBy(() -> tree.remove(stranger)).isInstanceOf(IllegalStateException.class);
        tree.verify();
        assertThat(tree.size()).isEqualTo(1);
    }
}
