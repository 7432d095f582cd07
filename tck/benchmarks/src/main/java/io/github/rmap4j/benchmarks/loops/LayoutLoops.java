package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A VMA of 16 touched pages that is split and merged again, or moved there and back; each call is one operation. */
public class LayoutLoops extends Timed {
    private static final int PAGES = 16;
    private static final int ELSEWHERE = 64;
    private static final int CALLS = 2000;
    private static final int MOVE = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;

    /** The VMA, new for each thousand rounds. */
    public static class SixteenPages extends ManagerState {
        @Setup(Level.Invocation)
        public void mapAndTouch() {
            Pages.map(process(), 0, PAGES);
            Pages.touch(process(), 0, PAGES);
        }

        @TearDown(Level.Invocation)
        public void unmap() {
            Pages.unmap(process(), 0, PAGES);
        }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void mprotect_split_merge(SixteenPages state) {
        AddressSpace process = state.process();
        long middle = Pages.address(4);
        for (int i = 0; i < CALLS; i += 2) {
            process.mprotect(middle, 4 * Pages.PAGE, Prot.PROT_READ);
            process.mprotect(middle, 4 * Pages.PAGE, Pages.RW);
        }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void mremap_move_16(SixteenPages state) {
        for (int i = 0; i < CALLS; i += 2) {
            move(state.process(), 0, ELSEWHERE);
            move(state.process(), ELSEWHERE, 0);
        }
    }

    private static void move(AddressSpace process, int from, int to) {
        process.mremap(Pages.address(from), PAGES * Pages.PAGE, PAGES * Pages.PAGE, MOVE, Pages.address(to));
    }
}
