package io.github.rmap4j.tck.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Machine that executes memory programs")
class ProgramMachineTest {
    private final List<String> refused = new ArrayList<>();
    private final MemoryManager manager = MemoryManager.builder()
            .strategy("anonvma")
            .checking(Checking.ON)
            .maxMapCount(20)
            .faultInjector(refused::contains)
            .build();
    private final ProgramMachine machine = new ProgramMachine(manager);

    @Test
    void processZeroExistsAtTheStart() {
        assertThat(machine.processes()).containsOnlyKeys(0);
        assertThat(machine.manager()).isSameAs(manager);
        assertThat(space(0).vmas()).isEmpty();
    }

    @Test
    void everyKindOfOperationCanBeExecuted() {
        for (String line : MemoryProgramTest.everyOperation()) {
            ProgramMachine fresh = new ProgramMachine(
                    MemoryManager.builder().strategy("anonvma").build());
            Operation operation = MemoryProgram.parseLine("test", 1, line);
            for (int child = 1; child <= operation.process(); child++) {
                fresh.execute(new Operation.Fork(0, child));
            }
            StepResult result = fresh.execute(operation);
            assertThat(result.ret()).as(line).isIn(0, -1);
            assertThat(result.ret() == 0).as(line).isEqualTo(result.errno() == 0);
        }
    }

    @Test
    void mmapPassesItsOptions() {
        run("0 mmap 0 2 rx", "0 mmap 4 2 rw noreserve", "0 mmap 8 2 rw populate", "0 mmap 12 2 rwx growsdown");
        run("0 mmap 16 2 rw shared", "0 mmap 20 2 r file=1:3", "0 mmap 24 2 rw file=1:0 shared", "0 mmap 28 2 none");
        assertFlags(0, VmFlags.VM_READ | VmFlags.VM_EXEC, VmFlags.VM_WRITE | VmFlags.VM_NORESERVE);
        assertFlags(4, VmFlags.VM_NORESERVE, VmFlags.VM_ACCOUNT);
        assertThat(space(0).folioAt(address(8))).isNotNull();
        assertThat(space(0).folioAt(address(4))).isNull();
        assertFlags(12, VmFlags.VM_GROWSDOWN | VmFlags.VM_WRITE, 0);
        assertFlags(16, VmFlags.VM_MAYSHARE, 0);
        assertThat(vma(20).file()).isSameAs(machine.file(1));
        assertThat(vma(20).pgoff()).isEqualTo(3);
        assertFlags(20, 0, VmFlags.VM_MAYSHARE | VmFlags.VM_WRITE);
        assertThat(vma(24).file()).isSameAs(machine.file(1));
        assertFlags(24, VmFlags.VM_MAYSHARE, 0);
        assertThat(vma(28).permissions()).isEqualTo("---p");
    }

    @Test
    void mmapDoesNotReplaceUnlessTold() {
        run("0 mmap 0 4 rw");
        fails(Errno.EEXIST, "0 mmap 3 4 r");
        assertThat(vma(0).end()).isEqualTo(address(4));
        run("0 mmap 3 4 r replace");
        assertThat(vma(0).end()).isEqualTo(address(3));
        assertThat(vma(3).permissions()).isEqualTo("r--p");
    }

    @Test
    void everyStoreWritesAWordOfItsOwn() {
        run("0 mmap 0 4 rw", "0 write 0 3", "0 write 1 1");
        assertThat(machine.words()).isEqualTo(4);
        assertThat(space(0).read(address(0))).isEqualTo(1);
        assertThat(space(0).read(address(1))).isEqualTo(4);
        assertThat(space(0).read(address(2))).isEqualTo(3);
    }

    @Test
    void accessesStopAtTheFirstPageThatFails() {
        run("0 mmap 0 4 rw", "0 mprotect 2 1 none");
        fails(Errno.EFAULT, "0 write 0 4");
        assertThat(machine.words()).isEqualTo(2);
        assertThat(space(0).read(address(3))).isZero();
        fails(Errno.EFAULT, "0 read 1 2");
        run("0 mmap 8 2 rw");
        refused.add("anon_vma");
        refused.add("anon_vma_chain");
        fails(Errno.ENOMEM, "0 write 8 2");
        assertThat(machine.words()).isEqualTo(2);
    }

    @Test
    void filesHoldDifferentWords() {
        MappedFile file = machine.file(7);
        assertThat(machine.file(7)).isSameAs(file);
        assertThat(file.kind()).isEqualTo(MappedFile.Kind.REGULAR);
        List<Long> words = new ArrayList<>();
        for (int id = 0; id < 3; id++) {
            for (int pgoff = 0; pgoff < ProgramMachine.FILE_PAGES; pgoff++) {
                words.add(machine.file(id).content(pgoff));
            }
        }
        assertThat(words)
                .doesNotHaveDuplicates()
                .allSatisfy(word -> assertThat(word).isNegative());
        assertThat(file.content(ProgramMachine.FILE_PAGES)).isZero();
        run("0 mmap 0 2 r file=7:5");
        assertThat(space(0).read(address(1))).isEqualTo(file.content(6));
    }

    @Test
    void mremapMovesOrStays() {
        run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 8 5", "0 mremap 8 5 inplace 7", "0 mremap 8 7 inplace 2");
        assertThat(vma(8).end()).isEqualTo(address(10));
        assertThat(space(0).vmaAt(address(0))).isNull();
        assertThat(space(0).read(address(9))).isEqualTo(2);
        run("0 mremap 8 2 0 2 dontunmap");
        assertThat(space(0).read(address(1))).isEqualTo(2);
        assertThat(space(0).read(address(9))).isZero();
        run("0 mmap 2 1 r");
        fails(Errno.ENOMEM, "0 mremap 0 2 inplace 3");
        fails(Errno.EINVAL, "0 mremap 0 2 1 2");
    }

    @Test
    void sealsPoliciesAndLocks() {
        run("0 mmap 0 9 rw", "0 mbind 0 3 5", "0 mlock 3 3", "0 mseal 6 3");
        assertThat(space(0).vmas()).hasSize(3);
        assertFlags(3, VmFlags.VM_LOCKED, 0);
        assertFlags(6, VmFlags.VM_SEALED, 0);
        fails(Errno.EPERM, "0 munmap 6 1");
        run("0 munlock 3 3", "0 mbind 0 3 0");
        assertThat(space(0).vmas()).hasSize(2);
    }

    @Test
    void brkSetsTheLengthOfTheHeap() {
        run("0 brk 3");
        Vma heap = space(0).vmas().get(0);
        long start = heap.start();
        assertThat(heap.end() - start).isEqualTo(3 * MemoryManager.PAGE_SIZE);
        // The child's heap begins where the parent's does, although the child finds it in use.
        run("0 fork 1", "1 brk 1");
        Vma inherited = space(1).vmas().get(0);
        assertThat(inherited.start()).isEqualTo(start);
        assertThat(inherited.end()).isEqualTo(start + MemoryManager.PAGE_SIZE);
        run("1 exec", "1 brk 2", "1 brk 0", "0 brk 0");
        assertThat(space(0).vmas()).isEmpty();
        assertThat(space(1).vmas()).hasSize(1);
        fails(Errno.ENOMEM, "0 brk 34359738368");
    }

    @Test
    void aVforkChildUsesTheSpaceUntilItCallsExec() {
        run("0 mmap 0 1 rw", "0 vfork 1", "1 write 0 1");
        assertThat(space(1)).isSameAs(space(0));
        run("1 exec");
        assertThat(space(1)).isNotSameAs(space(0));
        assertThat(space(1).vmas()).hasSize(1);
        assertThat(space(0).read(address(0))).isEqualTo(1);
        run("0 vfork 2", "0 exit", "2 read 0 1");
        AddressSpace last = space(2);
        run("2 exit");
        assertThat(last.isAlive()).isFalse();
        assertThat(machine.processes()).containsOnlyKeys(1);
    }

    @Test
    void threadsEndWithTheirProcess() {
        run("0 mmap 0 1 rw", "0 thread", "0 thread", "0 fork 1");
        AddressSpace parent = space(0);
        AddressSpace child = space(1);
        run("1 exit");
        assertThat(child.isAlive()).isFalse();
        run("0 exec");
        assertThat(parent.isAlive()).isFalse();
        run("0 thread", "0 exit");
        assertThat(manager.addressSpaces()).isEmpty();
    }

    @Test
    void aForkThatFailsMakesNoProcess() {
        run("0 mmap 0 1 rw", "0 write 0 1");
        refused.add("vm_area_struct");
        fails(Errno.ENOMEM, "0 fork 1");
        assertThat(machine.processes()).containsOnlyKeys(0);
        fails(Errno.ENOMEM, "0 exec");
        assertThat(space(0).read(address(0))).isEqualTo(1);
        refused.clear();
        run("0 fork 1", "0 exec");
    }

    @Test
    void aProcessThatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> run("3 read 0 1"))
                .isInstanceOf(ProgramException.class)
                .hasMessage("'3 read 0 1': there is no process 3 among [0]");
        run("0 fork 1", "0 exit");
        assertThatThrownBy(() -> run("0 exit"))
                .isInstanceOf(ProgramException.class)
                .hasMessage("'0 exit': there is no process 0 among [1]");
    }

    @Test
    void aNumberInUseIsAnError() {
        run("0 fork 1");
        assertThatThrownBy(() -> run("0 fork 1"))
                .isInstanceOf(ProgramException.class)
                .hasMessage("'0 fork 1': process 1 exists already");
        assertThatThrownBy(() -> run("1 vfork 0"))
                .isInstanceOf(ProgramException.class)
                .hasMessage("'1 vfork 0': process 0 exists already");
        assertThat(manager.addressSpaces()).hasSize(2);
        run("1 exit", "0 fork 1");
    }

    private void run(String... lines) {
        for (String line : lines) {
            assertThat(machine.execute(MemoryProgram.parseLine("test", 1, line)))
                    .as(line)
                    .isEqualTo(StepResult.OK);
            manager.verify();
        }
    }

    private void fails(Errno errno, String line) {
        assertThat(machine.execute(MemoryProgram.parseLine("test", 1, line)))
                .as(line)
                .isEqualTo(new StepResult(-1, errno.number()));
        manager.verify();
    }

    private AddressSpace space(int process) {
        AddressSpace space = machine.processes().get(process);
        assertThat(space).as("process %d", process).isNotNull();
        return space;
    }

    private Vma vma(int page) {
        Vma vma = space(0).vmaAt(address(page));
        assertThat(vma).as("VMA at page %d", page).isNotNull();
        return vma;
    }

    private void assertFlags(int page, long set, long clear) {
        assertThat(vma(page).flags() & (set | clear))
                .as("flags at page %d", page)
                .isEqualTo(set);
    }

    private static long address(int page) {
        return ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE;
    }
}
