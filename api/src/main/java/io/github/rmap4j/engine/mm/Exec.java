package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_GROWSDOWN;
import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.spi.AllocationRefusedException;

/** Builds the address space of a new program with its stack (bprm_mm_init and setup_arg_pages in fs/exec.c). */
final class Exec {
    /**
     * No real VMA has both hints: this one is a stack that is still being built, and migration leaves it alone
     * (VM_STACK_INCOMPLETE_SETUP).
     */
    private static final long INCOMPLETE = VM_SEQ_READ | VM_RAND_READ;

    private static final long STACK_FLAGS = VM_GROWSDOWN | Brk.DATA_FLAGS | VM_ACCOUNT;
    /** Room that setup_arg_pages leaves below the arguments. */
    private static final long STACK_EXPANSION = 131072;

    private final Machine machine;

    Exec(Machine machine) {
        this.machine = machine;
    }

    Mm exec(Mm old, ExecLayout layout) {
        Mm mm;
        try {
            mm = machine.createUnlisted();
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
        mm.mergesAny = old.mergesAny;
        try {
            mm.mmapLock.lockWrite();
            try {
                mm.setLayout(layout.brkStart(), layout.mmapBase());
                setUpStack(mm, layout);
            } finally {
                mm.mmapLock.unlockWrite();
            }
        } catch (AllocationRefusedException e) {
            mm.exit();
            throw Machine.refused(e);
        } catch (ErrnoException e) {
            mm.exit();
            throw e;
        }
        // Not before: while the stack is relocated, its pages are not where their index says.
        machine.list(mm);
        return mm;
    }

    private void setUpStack(Mm mm, ExecLayout layout) {
        long top = Mm.TASK_SIZE;
        long bottom = top - Mm.PAGE_SIZE;
        machine.charge(1);
        VmaImpl stack;
        try {
            stack = machine.layout.create(mm, bottom, top, bottom >> Mm.PAGE_SHIFT, STACK_FLAGS | INCOMPLETE, null);
        } catch (AllocationRefusedException e) {
            machine.uncharge(1);
            throw e;
        }
        machine.layout.link(stack);
        for (int i = 0; i < layout.argumentPages(); i++) {
            long page = top - (i + 1) * Mm.PAGE_SIZE;
            machine.fault.expandStack(mm, page);
            if (stack.start > page) {
                throw new ErrnoException(Errno.ENOMEM, "the arguments exceed the stack limit");
            }
            machine.fault.populateWrite(stack, page);
        }
        relocateDown(stack, top - layout.stackTop());
        stack.setFlags(stack.flags() & ~INCOMPLETE);
        long size = Math.min(stack.end - stack.start + STACK_EXPANSION, machine.settings.stackLimit() & Mm.PAGE_MASK);
        machine.fault.expandStack(mm, stack.end - size);
    }

    /** relocate_vma_down: the page offset stays what it was at the first place. */
    private void relocateDown(VmaImpl stack, long shift) {
        if (shift == 0) {
            return;
        }
        long start = stack.start;
        long end = stack.end;
        machine.layout.resize(stack, start - shift, end, stack.pgoff);
        // Nobody can look here yet, and migration sees that the stack is incomplete: no rmap locks are taken.
        machine.movePages.move(stack, stack, MovePages.Merged.NEW_COPY, start, start - shift, end - start);
        machine.zap.freePageTables(stack.mm(), start, end, end - shift, Mm.TASK_SIZE);
        machine.layout.resize(stack, start - shift, end - shift, stack.pgoff);
    }
}
