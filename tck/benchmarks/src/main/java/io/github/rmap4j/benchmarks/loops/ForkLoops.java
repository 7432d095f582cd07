package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One fork of a process with N touched VMAs of one page each, or with one VMA of many touched pages. The child exits
 * outside of the measured part.
 */
public class ForkLoops extends Timed {
    /** A process that forks one child at a time. */
    public abstract static class Parent extends ManagerState {
        private AddressSpace child;

        AddressSpace fork() {
            child = process().fork();
            return child;
        }

        @TearDown(Level.Invocation)
        public void exitChild() {
            child.exit();
        }
    }

    /** A parent with touched VMAs of one page. */
    public abstract static class ScatteredParent extends Parent {
        private final int vmas;

        ScatteredParent(int vmas) {
            this.vmas = vmas;
        }

        @Override
        protected void fill() {
            Pages.mapScattered(process(), vmas);
        }
    }

    public static class Vmas1 extends ScatteredParent {
        public Vmas1() {
            super(1);
        }
    }

    public static class Vmas100 extends ScatteredParent {
        public Vmas100() {
            super(100);
        }
    }

    public static class Vmas1000 extends ScatteredParent {
        public Vmas1000() {
            super(1000);
        }
    }

    public static class Vmas4000 extends ScatteredParent {
        public Vmas4000() {
            super(4000);
        }
    }

    public static class Pages65536 extends Parent {
        @Override
        protected void fill() {
            Pages.map(process(), 0, 65536);
            Pages.touch(process(), 0, 65536);
        }
    }

    @Benchmark
    public AddressSpace fork_1_vmas(Vmas1 state) {
        return state.fork();
    }

    @Benchmark
    public AddressSpace fork_100_vmas(Vmas100 state) {
        return state.fork();
    }

    @Benchmark
    public AddressSpace fork_1000_vmas(Vmas1000 state) {
        return state.fork();
    }

    @Benchmark
    public AddressSpace fork_4000_vmas(Vmas4000 state) {
        return state.fork();
    }

    @Benchmark
    public AddressSpace fork_65536_pages(Pages65536 state) {
        return state.fork();
    }
}
