package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A new child writes to the only page of each of N inherited VMAs; each write is one operation. */
public class CowLoops extends Timed {
    /** A process with scattered VMAs and one child, new for each invocation. */
    public abstract static class Family extends ManagerState {
        private final int vmas;
        private AddressSpace child;

        Family(int vmas) {
            this.vmas = vmas;
        }

        @Override
        protected void fill() {
            Pages.mapScattered(process(), vmas);
        }

        @Setup(Level.Invocation)
        public void forkChild() {
            child = process().fork();
        }

        @TearDown(Level.Invocation)
        public void exitChild() {
            child.exit();
        }

        void childWrites() {
            for (int i = 0; i < vmas; i++) {
                child.write(Pages.address(2L * i), 2);
            }
        }
    }

    public static class Vmas100 extends Family {
        public Vmas100() {
            super(100);
        }
    }

    public static class Vmas1000 extends Family {
        public Vmas1000() {
            super(1000);
        }
    }

    public static class Vmas4000 extends Family {
        public Vmas4000() {
            super(4000);
        }
    }

    @Benchmark
    @OperationsPerInvocation(100)
    public void cow_fault_100_vmas(Vmas100 state) {
        state.childWrites();
    }

    @Benchmark
    @OperationsPerInvocation(1000)
    public void cow_fault_1000_vmas(Vmas1000 state) {
        state.childWrites();
    }

    @Benchmark
    @OperationsPerInvocation(4000)
    public void cow_fault_4000_vmas(Vmas4000 state) {
        state.childWrites();
    }
}
