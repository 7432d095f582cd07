package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Address space that is reserved, never used and given back: mmap of PROT_NONE with MAP_NORESERVE, and munmap. */
public class ReservationGrowth extends Growth {
    private static final int FLAGS = MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED | MapFlags.MAP_NORESERVE;

    /** A process without memory. */
    public static class Empty extends ManagerState {
        /** Length in MiB. */
        @Param({"1", "1024", "1048576"})
        public long mebibytes;
    }

    @Benchmark
    public void reserve_release(Empty state) {
        long length = state.mebibytes << 20;
        state.process().mmap(Pages.address(0), length, Prot.PROT_NONE, FLAGS);
        state.process().munmap(Pages.address(0), length);
    }
}
