package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A process with 1000 touched VMAs of one page forks 1000 children, and child k unmaps all but VMA k. All children stay
 * alive until the end. One operation is the whole case: 1000 forks and 999 000 unmaps.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 10)
@Measurement(iterations = 10)
public class ThousandByThousand extends Timed {
    private static final int N = 1000;

    /** The process before its first fork. */
    public static class Parent extends ManagerState {
        private final AddressSpace[] children = new AddressSpace[N];

        @Setup(Level.Invocation)
        public void map() {
            Pages.mapScattered(process(), N);
        }

        @TearDown(Level.Invocation)
        public void exitChildren() {
            for (AddressSpace child : children) {
                child.exit();
            }
            Pages.unmap(process(), 0, 2 * N);
        }
    }

    @Benchmark
    public void fork_1000x1000(Parent state) {
        for (int k = 0; k < N; k++) {
            AddressSpace child = state.process().fork();
            for (int i = 0; i < N; i++) {
                if (i != k) {
                    Pages.unmap(child, 2L * i, 1);
                }
            }
            state.children[k] = child;
        }
    }
}
