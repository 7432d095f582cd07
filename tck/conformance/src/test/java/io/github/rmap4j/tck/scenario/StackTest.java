package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EFAULT;
import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.api.VmFlags.VM_GROWSDOWN;
import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;
import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stacks grow down on a fault, and exec makes one: a VMA that moves down after its first pages are there. */
@DisplayName("Stacks and exec")
class StackTest {
    private static final int STACK_LIMIT_PAGES = 64;

    @RegisterExtension
    final Scenario machine =
            Scenario.with(MemoryManager.builder().strategy("anonvma").stackLimit(STACK_LIMIT_PAGES * PAGE_SIZE));

    @Test
    @DisplayName("A write below a stack prepares it and lets it grow")
    void growsOnWrite() {
        machine.run("0 mmap 1000 2 rw growsdown").slabs(0, 0);
        machine.run("0 write 999 1").layout(0, "999-1002 rw-p").slabs(1, 1).pgoff(0, 999, ARENA_PAGE + 999);
        machine.run("0 write 995 1").layout(0, "995-1002 rw-p").slabs(1, 1).pgoff(0, 995, ARENA_PAGE + 995);
        machine.page(0, 999).index(ARENA_PAGE + 999).walk(1, 1);
        machine.page(0, 995).index(ARENA_PAGE + 995).walk(1, 1);
        machine.entries(0, 994, ".a...a..");
    }

    @Test
    @DisplayName("A read below a stack prepares it, too")
    void growsOnRead() {
        machine.run("0 mmap 1000 2 rw growsdown", "0 read 999 1")
                .layout(0, "999-1002 rw-p")
                .slabs(1, 1);
        machine.entries(0, 999, "z..");
    }

    @Test
    @DisplayName("A child's stack grows by itself")
    void growsInChild() {
        machine.run("0 mmap 1000 2 rw growsdown", "0 write 1001 1", "0 fork 1", "1 write 997 1");
        machine.layout(0, "1000-1002 rw-p").layout(1, "997-1002 rw-p").slabs(2, 3);
        machine.walk(1, 997, 1, 1).walk(1, 1001, 2, 2);
    }

    @Test
    @DisplayName("A stack does not grow beyond its limit")
    void limit() {
        machine.run("0 mmap 1000 2 rw growsdown").fails(EFAULT, "0 write 937 1").layout(0, "1000-1002 rw-p");
        machine.run("0 write 938 1").layout(0, "938-1002 rw-p");
    }

    @Test
    @DisplayName("A stack keeps 256 pages away from an accessible mapping below, but not from an inaccessible one")
    void guardGap() {
        machine.run("0 mmap 1000 2 rw growsdown", "0 mmap 700 1 r").fails(EFAULT, "0 write 956 1");
        machine.run("0 write 957 1").layout(0, "700-701 r--p", "957-1002 rw-p");
        machine.run("0 mprotect 700 1 none", "0 write 950 1").layout(0, "700-701 ---p", "950-1002 rw-p");
    }

    @Test
    @DisplayName("exec drops the old address space and makes a prepared stack")
    void exec() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1")
                .slabs(2, 3)
                .run("1 exec")
                .vmas(1, 1)
                .slabs(2, 2);
        machine.page(0, 0).shared(1).walk(1, 1);
        machine.run("0 exec").vmas(0, 1).slabs(2, 2);
    }

    @Test
    @DisplayName("exec of a vfork child leaves the parent's address space alone")
    void execAfterVfork() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 vfork 1", "1 write 3 1").slabs(1, 1);
        machine.page(0, 3).isNew("page");
        machine.page(1, 3).is("page").exclusive().walk(1, 1);
        machine.run("1 exec").vmas(1, 1).slabs(2, 2).entries(0, 0, "aaaaa");
        machine.page(0, 3).is("page").exclusive().walk(1, 1);
        machine.run("0 exit").slabs(1, 1);
    }

    @Test
    @DisplayName("exec moves the stack down without renumbering its pages")
    void relocation() {
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .build();
        int shift = 20;
        long top = MemoryManager.TASK_SIZE - shift * PAGE_SIZE;
        AddressSpace space =
                manager.createAddressSpace().exec(new ExecLayout(top, 3, 0x555555559000L, 0x7ffff7fff000L));
        manager.verify();

        assertThat(space.vmas()).hasSize(1);
        Vma stack = space.vmas().get(0);
        assertThat(stack.end()).isEqualTo(top);
        // Three pages of arguments and 128 KiB in advance.
        assertThat((stack.end() - stack.start()) / PAGE_SIZE).isEqualTo(3 + 32);
        assertThat(stack.pgoff()).isEqualTo((stack.start() >>> MemoryManager.PAGE_SHIFT) + shift);
        assertThat(stack.flags() & (VM_GROWSDOWN | VM_RAND_READ | VM_SEQ_READ | VmFlags.VM_WRITE))
                .isEqualTo(VM_GROWSDOWN | VmFlags.VM_WRITE);
        assertThat(manager.costs().slab("anon_vma").live()).isEqualTo(1);
        assertThat(manager.costs().slab("anon_vma_chain").live()).isEqualTo(1);

        for (int page = 1; page <= 3; page++) {
            long address = top - page * PAGE_SIZE;
            Folio folio = space.folioAt(address);
            assertThat(folio).isNotNull();
            assertThat(folio.index()).isEqualTo((address >>> MemoryManager.PAGE_SHIFT) + shift);
            List<Long> found = new ArrayList<>();
            WalkCost cost = new WalkCost();
            manager.rmapWalker().walk(folio, (vma, at) -> found.add(at), WalkMode.BLOCK, cost);
            assertThat(found).containsExactly(address);
            assertThat(cost.visited()).isEqualTo(1);
        }
        assertThat(space.folioAt(top - 4 * PAGE_SIZE)).isNull();

        space.exit();
        assertThat(manager.costs().slabs())
                .extracting(CostReport.SlabCost::live)
                .containsOnly(0L);
    }
}
