package io.github.rmap4j.tck.scenario;

import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.MemoryManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What differs between versions of Linux. */
@DisplayName("Kernel versions")
class KernelVersionTest {
    private static Scenario on(KernelVersion version) {
        return Scenario.with(MemoryManager.builder().strategy("anonvma").kernelVersion(version));
    }

    @Test
    @DisplayName("86 on 6.15: a faulted VMA does not merge into neighbours that are not")
    void mprotectFaultedBetweenUnfaulted() {
        String[] program = {"0 mmap 0 3 r noreserve", "0 mmap 3 3 rw noreserve", "0 mmap 6 3 r noreserve", "0 write 3 3"
        };
        on(KernelVersion.V6_18).run(program).run("0 mprotect 3 3 r").vmas(0, 1).end();
        on(KernelVersion.V6_15).run(program).run("0 mprotect 3 3 r").vmas(0, 3).end();
    }

    @Test
    @DisplayName("an unfaulted VMA merges into a faulted neighbour on all versions, unless that is a fork child's")
    void unfaultedIntoFaulted() {
        for (KernelVersion version : KernelVersion.values()) {
            on(version)
                    .run("0 mmap 0 3 rw", "0 write 0 3", "0 mmap 3 3 rw")
                    .vmas(0, 1)
                    .end();
            on(version)
                    .run("0 mmap 0 3 rw", "0 write 0 3", "0 fork 1", "1 mmap 3 3 rw")
                    .vmas(1, 2)
                    .end();
        }
    }

    @Test
    @DisplayName("41 to 48 give the same counts with the order of 7.0")
    void reuseKeepsCounts() {
        for (KernelVersion version : KernelVersion.values()) {
            Scenario machine = on(version).run("0 mmap 0 1 rw", "0 write 0 1");
            machine.run("0 fork 1", "1 fork 2").slabs(3, 6).run("1 exit").slabs(3, 4);
            machine.run("2 fork 3").slabs(3, 7).run("2 fork 4").slabs(4, 11).end();
        }
    }

    @Test
    @DisplayName("with two idle ancestors 6.18 takes the oldest and 7.0 the newest")
    void reuseOrder() {
        String[] program = {
            "0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "1 fork 2", "2 fork 3", "1 exit", "2 exit", "3 fork 4"
        };
        // Process 4 took the anon_vma of 1 or that of 2: the pages that 4 writes now are looked for below it.
        on(KernelVersion.V6_18).run(program).slabs(4, 9).run("4 write 0 1").end();
        on(KernelVersion.V7_0).run(program).slabs(4, 9).run("4 write 0 1").end();
    }
}
