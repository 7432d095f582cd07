package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In what order walks visit VMAs, and how they end. The order is what lets a walk run beside fork and mremap. */
@DisplayName("Walks")
class WalkTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("VMAs with equal offsets come in the order in which they were linked: the parent before its children")
    void parentBeforeChildren() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1", "0 fork 2", "1 fork 3");
        machine.page(0, 5).order(0, 1, 2, 3).firstHit(1);
        machine.run("0 write 5 1").page(1, 5).order(1, 2, 3).firstHit(2);
    }

    @Test
    @DisplayName("VMAs come by ascending offset")
    void ascendingOffset() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1", "0 fork 2", "0 munmap 0 4", "1 munmap 0 2");
        machine.page(0, 9).order(2, 1, 0);
        machine.page(1, 3).order(2, 1).firstHit(1);
    }

    @Test
    @DisplayName("A VMA whose range has changed comes behind those with an equal offset")
    void changedRangeComesLast() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1", "0 fork 2")
                .page(0, 3)
                .order(0, 1, 2);
        machine.run("0 mprotect 5 5 r").page(0, 3).order(1, 2, 0);
        machine.page(0, 7).order(1, 2, 0);
        machine.run("1 munmap 9 1").page(0, 3).order(2, 0, 1);
        machine.run("0 mprotect 5 5 rw").page(0, 3).order(2, 1, 0);
    }

    @Test
    @DisplayName("A copy that mremap makes comes behind its source")
    void copyComesBehindSource() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1", "0 mremap 0 5 20 5 dontunmap", "0 write 2 1");
        machine.page(0, 22).order(1, 0).walk(3, 2);
        machine.page(0, 2).walk(3, 1).firstHit(1);
    }

    @Test
    @DisplayName("A walk that does not wait is complete when nobody holds a lock")
    void tryWithoutContention() {
        MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
        AddressSpace space = manager.createAddressSpace();
        Folio folio = newFolio(space);
        WalkCost cost = new WalkCost();
        assertThat(manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.TRY, cost))
                .isEqualTo(WalkOutcome.COMPLETE);
        assertThat(cost.hits()).isEqualTo(1);
    }

    @ParameterizedTest(name = "A walk inside of a walk is refused, not waited for: {0}")
    @EnumSource(WalkMode.class)
    void nestedWalk(WalkMode mode) {
        MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
        Folio folio = newFolio(manager.createAddressSpace());
        RmapWalker walker = manager.rmapWalker();
        assertThatThrownBy(() -> walker.walk(folio, (vma, address) -> {
                    walker.walk(folio, (again, there) -> true, mode, null);
                    return true;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a visitor must not start another walk");
        assertThat(walker.walk(folio, (vma, address) -> true)).isEqualTo(WalkOutcome.COMPLETE);
    }

    @Test
    @DisplayName("A walk of a folio that is no longer mapped finds nothing")
    void unmappedFolio() {
        MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
        AddressSpace space = manager.createAddressSpace();
        Folio folio = newFolio(space);
        space.exit();
        WalkCost cost = new WalkCost();
        assertThat(manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost))
                .isEqualTo(WalkOutcome.COMPLETE);
        assertThat(cost.hits()).isZero();
    }

    private static Folio newFolio(AddressSpace space) {
        int prot = Prot.PROT_READ | Prot.PROT_WRITE;
        long address = space.mmap(0, MemoryManager.PAGE_SIZE, prot, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS);
        space.write(address, 1);
        Folio folio = space.folioAt(address);
        assertThat(folio).isNotNull();
        return folio;
    }
}
