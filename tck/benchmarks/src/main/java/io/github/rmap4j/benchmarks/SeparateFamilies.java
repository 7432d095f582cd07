package io.github.rmap4j.benchmarks;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * Threads that work on unrelated processes of one manager. An operation is a fork, eight writes of the child and eight
 * of the parent that copy pages, an mremap, four munmaps, and the child's exit. Throughput is the sum over threads.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Measurement(iterations = 20, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-XX:+UseParallelGC", "-XX:+UseCondCardMark", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class SeparateFamilies extends Timed {
    private static final int VMAS = 16;
    private static final int VMA_PAGES = 4;
    /** From one VMA to the next, in pages. */
    private static final int STRIDE = 8;

    private static final int MOVED_TO = 4096;

    /** The manager that all threads share. */
    @State(Scope.Benchmark)
    public static class Shared extends ManagerState {}

    /** A thread's parent process: 16 touched VMAs of 4 pages. */
    @State(Scope.Thread)
    public static class Family {
        private AddressSpace parent;

        @Setup(Level.Trial)
        public void create(Shared shared) {
            parent = createParent(shared.manager());
        }
    }

    static AddressSpace createParent(MemoryManager manager) {
        AddressSpace parent = manager.createAddressSpace();
        for (int i = 0; i < VMAS; i++) {
            Pages.map(parent, STRIDE * i, VMA_PAGES);
            Pages.touch(parent, STRIDE * i, VMA_PAGES);
        }
        return parent;
    }

    @Benchmark
    @Threads(1)
    public void families_1_thread(Shared shared, Family family) {
        operate(family.parent);
    }

    @Benchmark
    @Threads(2)
    public void families_2_threads(Shared shared, Family family) {
        operate(family.parent);
    }

    static void operate(AddressSpace parent) {
        AddressSpace child = parent.fork();
        for (int i = 0; i < 8; i++) {
            child.write(Pages.address(STRIDE * i), 2);
            parent.write(Pages.address(STRIDE * i + 1), 3);
        }
        child.mremap(
                Pages.address(0),
                VMA_PAGES * Pages.PAGE,
                VMA_PAGES * Pages.PAGE,
                MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED,
                Pages.address(MOVED_TO));
        for (int i = 8; i < 12; i++) {
            Pages.unmap(child, STRIDE * i, VMA_PAGES);
        }
        child.exit();
    }
}
