package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;

/** Tears an address space down (exit_mmap in mm/mmap.c). */
final class ExitMmap {
    private final Machine machine;

    ExitMmap(Machine machine) {
        this.machine = machine;
    }

    /** The caller holds the mmap lock for writing, or nobody else knows the space. */
    void exit(Mm mm) {
        VmaImpl first = mm.vmas.first();
        for (VmaImpl vma = first; vma != null; vma = vma.next) {
            machine.zap.zap(vma, vma.start, vma.end, ZapPages.Markers.DROP);
        }
        mm.beginLayoutChange();
        mm.vmas.clear();
        mm.forgetLastFound();
        mm.endLayoutChange();
        VmaImpl vma = first;
        while (vma != null) {
            VmaImpl next = vma.next;
            vma.setAttached(false);
            machine.strategy.vmaUnlinked(vma);
            vma.setFaulted(false);
            if (vma.has(VM_ACCOUNT)) {
                machine.uncharge(vma.pages());
            }
            machine.free(vma);
            vma = next;
        }
        machine.ksm.releaseGone();
        machine.strategy.spaceExited(mm);
    }
}
