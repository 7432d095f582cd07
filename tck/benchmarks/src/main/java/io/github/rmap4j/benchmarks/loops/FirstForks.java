package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The first fork of a process, which pays for what its strategy has put off until then. Parent and child are new for each
 * invocation, and made and ended outside of the measured part.
 */
public class FirstForks extends Timed {
    /** A process that has not forked yet. */
    public abstract static class Childless extends ManagerState {
        private AddressSpace parent;
        private AddressSpace child;

        abstract void fill(AddressSpace space);

        @Setup(Level.Invocation)
        public void createParent() {
            parent = manager().createAddressSpace();
            fill(parent);
        }

        AddressSpace fork() {
            child = parent.fork();
            return child;
        }

        @TearDown(Level.Invocation)
        public void exitBoth() {
            child.exit();
            parent.exit();
        }
    }

    public static class Vmas1000 extends Childless {
        @Override
        void fill(AddressSpace space) {
            Pages.mapScattered(space, 1000);
        }
    }

    public static class Pages65536 extends Childless {
        @Override
        void fill(AddressSpace space) {
            Pages.map(space, 0, 65536);
            Pages.touch(space, 0, 65536);
        }
    }

    @Benchmark
    public AddressSpace first_fork_1000_vmas(Vmas1000 state) {
        return state.fork();
    }

    @Benchmark
    public AddressSpace first_fork_65536_pages(Pages65536 state) {
        return state.fork();
    }
}
