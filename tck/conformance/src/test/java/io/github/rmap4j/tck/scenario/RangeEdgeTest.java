package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses and lengths at the ends of what is possible. */
@DisplayName("Ranges at the edge")
class RangeEdgeTest {
    private static final long PAGE = MemoryManager.PAGE_SIZE;

    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("mremap of length 0 duplicates a shared mapping and leaves everything else alone")
    void duplicateOfSharedMapping() {
        machine.run("0 mmap 0 4 rw shared", "0 mmap 10 4 rw", "0 write 10 4");
        machine.call(0, "mremap 1 0 -> 1 page", space -> space.mremap(address(1), 0, PAGE, MapFlags.MREMAP_MAYMOVE, 0));
        machine.entries(0, 10, "aaaa").vmas(0, 3).run("0 write 0 4");
    }

    @Test
    @DisplayName("mremap that shrinks checks the range it unmaps")
    void shrinkBeyondUserSpace() {
        machine.run("0 mmap 0 2 rw", "0 mmap 10 1 rw", "0 write 10 1");
        long tooLong = MemoryManager.TASK_SIZE;
        machine.callFails(Errno.EINVAL, 0, "shrink", space -> space.mremap(address(0), tooLong, PAGE, 0, 0));
        machine.callFails(
                Errno.EINVAL, 0, "shrink", space -> space.mremap(address(0), Long.MAX_VALUE & -PAGE, PAGE, 0, 0));
        machine.entries(0, 10, "a").layout(0, "0-2 rw-p", "10-11 rw-p");
    }

    @Test
    @DisplayName("addresses behind user space are not those in front of it")
    void noAliases() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        for (int bit = 47; bit < 64; bit++) {
            long alias = address(0) ^ (1L << bit);
            machine.callFails(Errno.EFAULT, 0, "read bit " + bit, space -> space.read(alias));
            machine.callFails(Errno.EFAULT, 0, "write bit " + bit, space -> space.write(alias, 7));
            assertThat(machine.space(0).folioAt(alias)).isNull();
        }
        machine.page(0, 0).wrote("word");
    }

    @Test
    @DisplayName("mremap does not move below mmap_min_addr")
    void belowMinimum() {
        machine.run("0 mmap 0 1 rw");
        int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        machine.callFails(
                Errno.EPERM, 0, "mremap to 0x1000", space -> space.mremap(address(0), PAGE, PAGE, flags, 0x1000));
    }

    @Test
    @DisplayName("an exec that exceeds the commit limit charges nothing")
    void execAtTheCommitLimit() {
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .commitLimit(0)
                .build();
        AddressSpace space = manager.createAddressSpace();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> space.exec(ExecLayout.standard()))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
        }
        assertThat(manager.addressSpaces()).containsExactly(space);
        space.exit();
    }

    @Test
    @DisplayName("a folio of which many locked mappings go at once is still known to be in use by the batches")
    void manyBatchReferences() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 mprotect 0 1 r");
        for (int child = 1; child <= 20; child++) {
            machine.run("0 fork " + child);
        }
        machine.page(0, 0).isNew("frame");
        for (int child = 1; child <= 20; child++) {
            machine.run(child + " mlock 0 1");
        }
        for (int child = 1; child <= 20; child++) {
            machine.run(child + " exit");
        }
        machine.run("0 mprotect 0 1 rw", "0 write 0 1");
        machine.page(0, 0).isNew("copy").exclusive();
    }
}
