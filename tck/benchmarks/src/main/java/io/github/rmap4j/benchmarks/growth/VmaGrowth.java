package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.benchmarks.Pages;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Operations at random places of an address space with many VMAs. */
public class VmaGrowth extends Growth {
    /** New VMAs appear in gaps. */
    public static class Gaps extends VmaState {
        @TearDown(Level.Invocation)
        public void unmapNew() {
            for (int i = 0; i < BATCH; i++) {
                Pages.unmap(process(), page(i) + 2, 1);
            }
            nextBatch();
        }
    }

    /** VMAs go away; they are back before their next turn. */
    public static class Removed extends VmaState {
        @TearDown(Level.Invocation)
        public void mapAgain() {
            for (int i = 0; i < BATCH; i++) {
                Pages.map(process(), page(i), 1);
            }
            nextBatch();
        }
    }

    /** VMAs that change from one protection to the other, turn by turn. */
    public static class Protected extends VmaState {
        private int prot = Prot.PROT_READ;

        @TearDown(Level.Invocation)
        public void advance() {
            nextBatch();
            if (isFirstBatch()) {
                prot = prot == Pages.RW ? Prot.PROT_READ : Pages.RW;
            }
        }
    }

    /** VMAs that have held a page before, but hold none when their turn comes. */
    public static class Emptied extends VmaState {
        @Override
        protected void fill() {
            super.fill();
            for (int i = 0; i < vmas; i++) {
                Pages.touch(process(), (long) STRIDE * i, 1);
                process().madvise(Pages.address((long) STRIDE * i), Pages.PAGE, Advice.DONTNEED);
            }
        }

        @TearDown(Level.Invocation)
        public void dropPages() {
            for (int i = 0; i < BATCH; i++) {
                process().madvise(Pages.address(page(i)), Pages.PAGE, Advice.DONTNEED);
            }
            nextBatch();
        }
    }

    /** VMAs that do not change. */
    public static class Still extends VmaState {
        @TearDown(Level.Invocation)
        public void advance() {
            nextBatch();
        }
    }

    @Benchmark
    @OperationsPerInvocation(VmaState.BATCH)
    public void mmap(Gaps state) {
        for (int i = 0; i < VmaState.BATCH; i++) {
            Pages.map(state.process(), state.page(i) + 2, 1);
        }
    }

    @Benchmark
    @OperationsPerInvocation(VmaState.BATCH)
    public void munmap(Removed state) {
        for (int i = 0; i < VmaState.BATCH; i++) {
            Pages.unmap(state.process(), state.page(i), 1);
        }
    }

    @Benchmark
    @OperationsPerInvocation(VmaState.BATCH)
    public void mprotect(Protected state) {
        for (int i = 0; i < VmaState.BATCH; i++) {
            state.process().mprotect(Pages.address(state.page(i)), Pages.PAGE, state.prot);
        }
    }

    @Benchmark
    @OperationsPerInvocation(VmaState.BATCH)
    public void fault(Emptied state) {
        for (int i = 0; i < VmaState.BATCH; i++) {
            Pages.touch(state.process(), state.page(i), 1);
        }
    }

    @Benchmark
    @OperationsPerInvocation(VmaState.BATCH)
    public void find(Still state, Blackhole sink) {
        for (int i = 0; i < VmaState.BATCH; i++) {
            sink.consume(state.process().vmaAt(Pages.address(state.page(i))));
        }
    }
}
