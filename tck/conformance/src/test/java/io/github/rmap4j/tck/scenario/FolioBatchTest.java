package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * References that folio batches hold: a frame that waits in one is copied by a write of its only user. Every expectation
 * here was asked of Linux 6.18.44.
 */
@DisplayName("Folio batches")
class FolioBatchTest {
    private final ProgramMachine machine = new ProgramMachine(MemoryManager.builder()
            .strategy("anonvma")
            .checking(MemoryManager.Checking.ON)
            .build());

    private void run(String... lines) {
        for (Operation operation :
                MemoryProgram.parse("batches", String.join("\n", lines)).operations()) {
            assertThat(machine.execute(operation).errno()).as(operation.text()).isZero();
            machine.manager().verify();
        }
    }

    /** Runs a last write of process 1 and returns the pages below {@code n} whose frame it did not keep. */
    private List<Integer> copiedBy(String write, int n) {
        AddressSpace space = machine.processes().get(1);
        List<Folio> before = frames(space, n);
        run(write);
        List<Folio> after = frames(space, n);
        return IntStream.range(0, n)
                .filter(page -> before.get(page) != after.get(page))
                .boxed()
                .toList();
    }

    private static List<Folio> frames(AddressSpace space, int n) {
        List<Folio> frames = new ArrayList<>();
        for (int page = 0; page < n; page++) {
            frames.add(space.folioAt(ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE));
        }
        return frames;
    }

    @Test
    @DisplayName("without a batch the last user keeps every frame")
    void noBatch() {
        run("0 mmap 0 40 rw", "0 write 0 40", "0 fork 1", "0 write 0 40");
        assertThat(copiedBy("1 write 0 40", 40)).isEmpty();
    }

    @Test
    @DisplayName("MADV_FREE: the last user copies the frames of the range")
    void lazyFree() {
        run("0 mmap 0 16 rw", "0 write 0 16", "0 madvise 4 8 free", "0 fork 1", "0 write 0 16");
        assertThat(copiedBy("1 write 0 16", 16)).containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    @DisplayName("MADV_FREE: a batch of 31 is full and lets go")
    void fullBatch() {
        run("0 mmap 0 40 rw", "0 write 0 40", "0 madvise 0 40 free", "0 fork 1", "0 write 0 40");
        assertThat(copiedBy("1 write 0 40", 40)).containsExactly(31, 32, 33, 34, 35, 36, 37, 38, 39);
    }

    @ParameterizedTest(name = "{0} drains the batches")
    @ValueSource(
            strings = {"0 madvise 200 2 cold", "0 madvise 200 1 free", "0 mlock 200 2", "0 mmap 100 4 rw populate"})
    void drained(String operation) {
        run("0 mmap 200 32 rw", "0 write 200 32", "0 mmap 0 8 rw", "0 write 0 8", "0 madvise 2 3 free");
        run(operation, "0 fork 1", "0 write 0 8");
        assertThat(copiedBy("1 write 0 8", 8)).isEmpty();
    }

    @ParameterizedTest(name = "{0} does not drain the batches")
    @ValueSource(
            strings = {
                "0 munmap 200 4",
                "0 madvise 200 2 dontneed",
                "0 mprotect 200 2 r",
                "0 mremap 200 2 300 2",
                "0 madvise 200 2 guard_install",
                "0 write 2 3"
            })
    void notDrained(String operation) {
        run("0 mmap 200 32 rw", "0 write 200 32", "0 mmap 0 8 rw", "0 write 0 8", "0 madvise 2 3 free");
        run(operation, "0 fork 1", "0 write 0 8");
        assertThat(copiedBy("1 write 0 8", 8)).containsExactly(2, 3, 4);
    }

    @ParameterizedTest(name = "a locked page that the parent loses by {0} is copied by the child")
    @ValueSource(strings = {"0 write 0 8", "0 munmap 0 8", "0 exit"})
    void munlocked(String operation) {
        run("0 mmap 0 8 rw", "0 write 0 8", "0 mlock 2 3", "0 fork 1", operation);
        assertThat(copiedBy("1 write 0 8", 8)).containsExactly(2, 3, 4);
    }
}
