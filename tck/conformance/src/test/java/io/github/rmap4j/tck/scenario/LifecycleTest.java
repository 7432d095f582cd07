package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Users of an address space come and go; the last one takes everything with it. */
@DisplayName("The life of an address space")
class LifecycleTest {
    private static final int RW = Prot.PROT_READ | Prot.PROT_WRITE;
    private static final long PAGE = MemoryManager.PAGE_SIZE;
    private static final long A = Scenario.address(0);

    private final MemoryManager manager = MemoryManager.builder()
            .strategy("anonvma")
            .checking(MemoryManager.Checking.ON)
            .build();

    static Stream<Arguments> operations() {
        return Stream.of(
                operation("mmap", s -> s.mmap(A, PAGE, RW, MapFlags.MAP_PRIVATE)),
                operation(
                        "mmap of a file",
                        s -> s.mmap(A, PAGE, RW, MapFlags.MAP_PRIVATE, MappedFile.of(MappedFile.Kind.REGULAR, "f"), 0)),
                operation("munmap", s -> s.munmap(A, PAGE)),
                operation("mprotect", s -> s.mprotect(A, PAGE, RW)),
                operation("mremap", s -> s.mremap(A, PAGE, PAGE, 0, 0)),
                operation("madvise", s -> s.madvise(A, PAGE, Advice.DONTNEED)),
                operation("mlock", s -> s.mlock(A, PAGE)),
                operation("munlock", s -> s.munlock(A, PAGE)),
                operation("mseal", s -> s.mseal(A, PAGE)),
                operation("mbind", s -> s.mbind(A, PAGE, 1)),
                operation("brk", s -> s.brk(0)),
                operation("read", s -> s.read(A)),
                operation("write", s -> s.write(A, 1)),
                operation("fork", AddressSpace::fork),
                operation("share", AddressSpace::share),
                operation("exec", s -> s.exec(ExecLayout.standard())),
                operation("exit", AddressSpace::exit));
    }

    private static Arguments operation(String name, Consumer<AddressSpace> operation) {
        return arguments(name, operation);
    }

    @ParameterizedTest(name = "{0} throws after the last user has left")
    @MethodSource("operations")
    void afterExit(String name, Consumer<AddressSpace> operation) {
        AddressSpace space = manager.createAddressSpace();
        space.mmap(A, PAGE, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED);
        space.write(A, 1);
        AddressSpace user = space.share();
        space.exit();
        assertThat(user.isAlive()).isTrue();
        assertThat(user.read(A)).isEqualTo(1);
        user.exit();
        assertThat(space.isAlive()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> operation.accept(space));
        assertThat(manager.addressSpaces()).isEmpty();
        assertThat(manager.costs().slabs())
                .extracting(CostReport.SlabCost::live)
                .containsOnly(0L);
    }

    @Test
    @DisplayName("Address spaces are numbered in order of creation and listed while they live")
    void numbers() {
        AddressSpace first = manager.createAddressSpace();
        AddressSpace second = first.fork();
        AddressSpace third = manager.createAddressSpace();
        assertThat(manager.addressSpaces()).containsExactly(first, second, third);
        assertThat(manager.addressSpaces()).extracting(AddressSpace::id).containsExactly(0, 1, 2);
        second.exit();
        assertThat(manager.addressSpaces()).containsExactly(first, third);
        assertThat(third.fork().id()).isEqualTo(3);
    }

    @Test
    @DisplayName("A VMA is attached until it is unmapped or merged away")
    void attached() {
        AddressSpace space = manager.createAddressSpace();
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED;
        space.mmap(A, 2 * PAGE, RW, flags);
        Vma whole = space.vmas().get(0);
        space.mprotect(A + PAGE, PAGE, Prot.PROT_READ);
        Vma low = space.vmas().get(0);
        Vma high = space.vmas().get(1);
        assertThat(whole).as("one half is the VMA that was split").isIn(low, high);
        assertThat(space.vmaAt(A)).isSameAs(low);
        assertThat(space.vmaAt(A + 2 * PAGE - 1)).isSameAs(high);
        assertThat(space.vmaAt(A + 2 * PAGE)).isNull();
        assertThat(low.isAttached() && high.isAttached()).isTrue();
        space.mprotect(A + PAGE, PAGE, RW);
        assertThat(low.isAttached()).isTrue();
        assertThat(low.end()).isEqualTo(A + 2 * PAGE);
        assertThat(high.isAttached()).isFalse();
        space.munmap(A, 2 * PAGE);
        assertThat(low.isAttached()).isFalse();
        space.exit();
    }

    @Test
    @DisplayName("Thousands of VMAs come, merge and go in any order")
    void manyVmas() {
        AddressSpace space = manager.createAddressSpace();
        int count = 3000;
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED;
        // 1009 is prime to the count, so each number comes once, in an order that jumps about.
        for (int i = 0; i < count; i++) {
            long address = A + 2 * (i * 1009L % count) * PAGE;
            space.mmap(address, PAGE, RW, flags);
            space.write(address, address);
        }
        manager.verify();
        assertThat(space.mapCount()).isEqualTo(count);
        for (int i = 0; i < count; i += 3) {
            space.munmap(A + 2 * (i * 1013L % count) * PAGE, PAGE);
        }
        manager.verify();
        assertThat(space.mapCount()).isEqualTo(count * 2 / 3);
        AddressSpace child = space.fork();
        for (int i = 0; i < count; i++) {
            long address = A + 2 * (i * 1009L % count) * PAGE;
            if (space.vmaAt(address) != null) {
                assertThat(child.read(address)).isEqualTo(address);
            } else {
                space.mmap(address, 2 * PAGE, RW, flags);
            }
        }
        manager.verify();
        assertThat(space.vmas()).isSortedAccordingTo((a, b) -> Long.compare(a.start(), b.start()));
        space.mmap(A, 2L * count * PAGE, Prot.PROT_READ, flags);
        assertThat(space.mapCount()).isEqualTo(1);
        manager.verify();
        child.exit();
        space.exit();
        assertThat(manager.costs().slabs())
                .extracting(CostReport.SlabCost::live)
                .containsOnly(0L);
    }
}
