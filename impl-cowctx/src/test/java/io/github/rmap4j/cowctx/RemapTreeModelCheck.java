package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.Slab;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A reader beside two writers, in all interleavings of their accesses that Lincheck tries: what was there before and stays
 * is seen, whatever is split, joined and removed around it.
 */
@DisplayName("Tree of moved ranges, by model checking")
@Param(name = "index", gen = IntGen.class, conf = "0:7")
@Param(name = "offset", gen = IntGen.class, conf = "1:2")
public class RemapTreeModelCheck {
    private static final long STAYS = 9;

    /** Nodes are not what this is about. */
    private static final class Nodes implements Slab<RemapNode> {
        @Override
        public RemapNode allocate() {
            return new RemapNode();
        }

        @Override
        public void free(RemapNode node) {}
    }

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

    private final RemapTree tree = new RemapTree(new RemapNodes(new Nodes(), 0), new PlainMutex());

    public RemapTreeModelCheck() {
        tree.add(0, 7, STAYS);
    }

    @Operation
    public void add(
            @Param(name = "index") int first, @Param(name = "index") int last, @Param(name = "offset") int offset) {
        tree.add(Math.min(first, last), Math.max(first, last), offset);
    }

    @Operation
    public void remove(
            @Param(name = "index") int first, @Param(name = "index") int last, @Param(name = "offset") int offset) {
        tree.remove(Math.min(first, last), Math.max(first, last), offset);
    }

    /** True in every sequential run, so that anything else is no linearization. */
    @Operation
    public boolean isSeen(@Param(name = "index") int first, @Param(name = "index") int last) {
        long[] offsets = tree.offsets(Math.min(first, last), Math.max(first, last));
        return offsets != null && Arrays.stream(offsets).anyMatch(offset -> offset == STAYS);
    }

    @Operation
    public boolean isVisitedThroughout() {
        long[] next = {0};
        tree.forEach(0, 7, (first, last, offset) -> {
            if (offset == STAYS && first <= next[0]) {
                next[0] = Math.max(next[0], last + 1);
            }
            return true;
        });
        return next[0] == 8;
    }

    @Test
    @DisplayName("keeps what stays visible")
    void model() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(1)
                .iterations(Integer.getInteger("lincheck.iterations", 8))
                .invocationsPerIteration(600)
                .check(getClass());
    }
}
