package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EINVAL;
import static io.github.rmap4j.api.MapFlags.MAP_ANONYMOUS;
import static io.github.rmap4j.api.MapFlags.MAP_PRIVATE;
import static io.github.rmap4j.api.MapFlags.MREMAP_DONTUNMAP;
import static io.github.rmap4j.api.MapFlags.MREMAP_MAYMOVE;
import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Prot;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where mappings go when nobody says exactly where. */
@DisplayName("Placement")
class PlacementTest {
    private static final long A = Scenario.address(0);
    private static final long MMAP_MIN_ADDR = 0x10000;

    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private long mmap(long hint, int pages) {
        AddressSpace space = machine.space(0);
        return space.mmap(hint, pages * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    }

    @Test
    @DisplayName("Without a hint each mapping goes right below the one before, and merges")
    void topDown() {
        long first = mmap(0, 3);
        assertThat(mmap(0, 2)).isEqualTo(first - 2 * PAGE_SIZE);
        assertThat(mmap(0, 1)).isEqualTo(first - 3 * PAGE_SIZE);
        machine.vmas(0, 1);
        machine.space(0).munmap(first - 2 * PAGE_SIZE, 2 * PAGE_SIZE);
        assertThat(mmap(0, 3)).as("no hole is large enough").isEqualTo(first - 6 * PAGE_SIZE);
        assertThat(mmap(0, 2)).as("the hole fits").isEqualTo(first - 2 * PAGE_SIZE);
        machine.vmas(0, 1);
    }

    @Test
    @DisplayName("A hint is rounded down to a page and taken if there is room")
    void hint() {
        assertThat(mmap(A, 4)).isEqualTo(A);
        assertThat(mmap(A + 10 * PAGE_SIZE + 1, 1)).isEqualTo(A + 10 * PAGE_SIZE);
        assertThat(mmap(A + 20 * PAGE_SIZE + 4095, 1)).isEqualTo(A + 20 * PAGE_SIZE);
        assertThat(mmap(A + 6 * PAGE_SIZE, 4)).isEqualTo(A + 6 * PAGE_SIZE);
        machine.layout(0, "0-4 rw-p", "6-11 rw-p", "20-21 rw-p");
    }

    @Test
    @DisplayName("A hint without room is ignored")
    void hintWithoutRoom() {
        long elsewhere = mmap(0, 1);
        assertThat(mmap(A, 4)).isEqualTo(A);
        assertThat(mmap(A + PAGE_SIZE, 1)).isEqualTo(elsewhere - PAGE_SIZE);
        assertThat(mmap(A - PAGE_SIZE, 2)).isEqualTo(elsewhere - 3 * PAGE_SIZE);
        assertThat(mmap(1, 1)).isEqualTo(elsewhere - 4 * PAGE_SIZE);
        assertThat(mmap(0x7ffffffff000L, 1)).isEqualTo(elsewhere - 5 * PAGE_SIZE);
        assertThat(mmap(-PAGE_SIZE, 1)).isEqualTo(elsewhere - 6 * PAGE_SIZE);
        assertThat(mmap(PAGE_SIZE, 1)).isEqualTo(MMAP_MIN_ADDR);
        assertThat(machine.space(0).mapCount()).isEqualTo(3);
    }

    @Test
    @DisplayName("mremap that must move in order to grow finds a place like mmap, and takes the pages along")
    void mremapMoves() {
        long elsewhere = mmap(0, 1);
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 4 1 r");
        long word = machine.space(0).read(A + 3 * PAGE_SIZE);
        long moved = machine.space(0).mremap(A, 4 * PAGE_SIZE, 6 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
        assertThat(moved).isEqualTo(elsewhere - 6 * PAGE_SIZE);
        assertThat(machine.space(0).read(moved + 3 * PAGE_SIZE)).isEqualTo(word);
        machine.layout(
                0,
                "4-5 r--p",
                (moved - A) / PAGE_SIZE + "-" + ((moved - A) / PAGE_SIZE + 6) + " rw-p",
                (elsewhere - A) / PAGE_SIZE + "-" + ((elsewhere - A) / PAGE_SIZE + 1) + " rw-p");
        machine.slabs(1, 1);
    }

    @Test
    @DisplayName("DONTUNMAP takes its address as a hint, which must be aligned")
    void dontunmapHint() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        int flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
        long hint = A + 50 * PAGE_SIZE;
        machine.callFails(EINVAL, 0, "mremap", space -> space.mremap(A, 4 * PAGE_SIZE, 4 * PAGE_SIZE, flags, hint + 1));
        assertThat(machine.space(0).mremap(A, 4 * PAGE_SIZE, 4 * PAGE_SIZE, flags, hint))
                .isEqualTo(hint);
        machine.layout(0, "0-4 rw-p", "50-54 rw-p").entries(0, 0, "....").entries(0, 50, "aaaa");
    }
}
