package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.MapFlags.MAP_FIXED;
import static io.github.rmap4j.api.MapFlags.MAP_FIXED_NOREPLACE;
import static io.github.rmap4j.api.MapFlags.MAP_GROWSDOWN;
import static io.github.rmap4j.api.MapFlags.MAP_LOCKED;
import static io.github.rmap4j.api.MapFlags.MAP_NONBLOCK;
import static io.github.rmap4j.api.MapFlags.MAP_NORESERVE;
import static io.github.rmap4j.api.MapFlags.MAP_POPULATE;
import static io.github.rmap4j.api.MapFlags.MAP_PRIVATE;
import static io.github.rmap4j.api.MapFlags.MAP_SHARED;
import static io.github.rmap4j.api.MapFlags.MAP_STACK;
import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_DONTDUMP;
import static io.github.rmap4j.api.VmFlags.VM_DONTEXPAND;
import static io.github.rmap4j.api.VmFlags.VM_GROWSDOWN;
import static io.github.rmap4j.api.VmFlags.VM_IO;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_MAYEXEC;
import static io.github.rmap4j.api.VmFlags.VM_MAYREAD;
import static io.github.rmap4j.api.VmFlags.VM_MAYSHARE;
import static io.github.rmap4j.api.VmFlags.VM_MAYWRITE;
import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.api.VmFlags.VM_NOHUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_NORESERVE;
import static io.github.rmap4j.api.VmFlags.VM_PFNMAP;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Creates mappings (do_mmap in mm/mmap.c, __mmap_region in mm/vma.c). */
final class Mmap {
    private static final int ACCESS = Prot.PROT_READ | Prot.PROT_WRITE | Prot.PROT_EXEC;
    private static final long MAY_ALL = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

    private final Machine machine;

    Mmap(Machine machine) {
        this.machine = machine;
    }

    /** Maps a range; the caller holds the mmap lock for writing. */
    long mmap(Mm mm, long address, long length, int prot, int flags, @Nullable MappedFile file, long offset) {
        if (length == 0) {
            throw new ErrnoException(Errno.EINVAL, "the length is 0");
        }
        boolean fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
        long aligned = Mm.pageAlign(length);
        if (length < 0 || aligned <= 0 || aligned > Mm.TASK_SIZE) {
            throw new ErrnoException(Errno.ENOMEM, "the length exceeds the address space");
        }
        if (!Mm.isAligned(offset)) {
            throw new ErrnoException(Errno.EINVAL, "the file offset is not page-aligned: " + offset);
        }
        if (offset < 0 || offset + aligned < 0) {
            throw new ErrnoException(Errno.EOVERFLOW, "the mapping ends behind the largest file offset");
        }
        int kind = flags & (MAP_SHARED | MAP_PRIVATE);
        if (kind != MAP_SHARED && kind != MAP_PRIVATE) {
            throw new ErrnoException(Errno.EINVAL, "exactly one of MAP_SHARED and MAP_PRIVATE is needed");
        }
        if (mm.vmas.size() > machine.settings.maxMapCount()) {
            throw new ErrnoException(Errno.ENOMEM, "the limit on VMAs is reached");
        }
        long start = fixed ? fixedAddress(address, aligned) : unmappedArea(mm, address, aligned);
        if ((flags & MAP_FIXED_NOREPLACE) != 0 && mm.intersection(start, start + aligned) != null) {
            throw new ErrnoException(Errno.EEXIST, "something is mapped in the range");
        }
        long vmFlags = vmFlags(prot, flags, file);
        long pgoff = file != null ? offset >> Mm.PAGE_SHIFT : start >> Mm.PAGE_SHIFT;
        mapRegion(mm, start, start + aligned, vmFlags, pgoff, file);
        return start;
    }

    private static long fixedAddress(long address, long length) {
        if (address < 0 || address > Mm.TASK_SIZE - length) {
            throw new ErrnoException(Errno.ENOMEM, "the range ends behind user space");
        }
        if (!Mm.isAligned(address)) {
            throw new ErrnoException(Errno.EINVAL, "the address is not page-aligned");
        }
        if (address < Mm.MMAP_MIN_ADDR) {
            throw new ErrnoException(Errno.EPERM, "the address lies below mmap_min_addr");
        }
        return address;
    }

    /** arch_get_unmapped_area_topdown: at the hint if there is room, else as high as possible below mmap_base. */
    long unmappedArea(Mm mm, long hint, long length) {
        if (hint >= Mm.PAGE_SIZE) {
            // round_hint_to_min
            long address = Math.max(hint & Mm.PAGE_MASK, Mm.MMAP_MIN_ADDR);
            if (address <= Mm.TASK_SIZE - length) {
                VmaImpl above = mm.vmas.find(address);
                if (above == null || (above.start > address && address + length <= above.startGap())) {
                    return address;
                }
            }
        }
        long found = mm.vmas.highestGap(length, Mm.MMAP_MIN_ADDR, mm.mmapBase);
        if (found < 0) {
            // Anywhere, as a last resort.
            found = mm.vmas.highestGap(length, Mm.MMAP_MIN_ADDR, Mm.TASK_SIZE);
        }
        if (found < 0) {
            throw new ErrnoException(Errno.ENOMEM, "no room for " + length + " bytes");
        }
        return found;
    }

    private static long vmFlags(int prot, int flags, @Nullable MappedFile file) {
        // PROT_READ, PROT_WRITE and PROT_EXEC have the values of VM_READ, VM_WRITE and VM_EXEC.
        long vmFlags = (prot & ACCESS) | MAY_ALL;
        if ((flags & MAP_GROWSDOWN) != 0) {
            if (file != null) {
                throw new ErrnoException(Errno.EINVAL, "only private anonymous memory grows down");
            }
            vmFlags |= VM_GROWSDOWN;
        }
        if ((flags & MAP_LOCKED) != 0) {
            vmFlags |= VM_LOCKED;
        }
        if ((flags & MAP_STACK) != 0) {
            // A huge page would make every small stack cost 2 MiB (calc_vm_flag_bits).
            vmFlags |= VM_NOHUGEPAGE;
        }
        if ((flags & MAP_SHARED) != 0) {
            vmFlags |= VM_SHARED | VM_MAYSHARE;
        }
        if (file != null && file.kind() == MappedFile.Kind.SPECIAL) {
            vmFlags |= VM_DONTEXPAND;
        } else if (file != null && file.kind() == MappedFile.Kind.SPECIAL_PFN) {
            vmFlags = vmFlags & ~(VM_MAYWRITE | VM_MAYEXEC) | VM_DONTEXPAND | VM_IO | VM_PFNMAP | VM_DONTDUMP;
        }
        return (flags & MAP_NORESERVE) != 0 ? vmFlags | VM_NORESERVE : vmFlags;
    }

    /** accountable_mapping: private and writable. */
    private static boolean isAccountable(long vmFlags) {
        return (vmFlags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
    }

    private void mapRegion(Mm mm, long start, long end, long vmFlags, long pgoff, @Nullable MappedFile file) {
        long flags = vmFlags;
        if (machine.settings.commitLimit() != Settings.NO_COMMIT_LIMIT) {
            flags &= ~VM_NORESERVE;
        }
        long charged = 0;
        if (isAccountable(flags)) {
            charged = ((end - start) >> Mm.PAGE_SHIFT) - machine.munmap.accountedPages(mm, start, end);
            machine.charge(charged);
            flags |= VM_ACCOUNT;
        }
        try {
            machine.munmap.unmap(mm, start, end);
            // What was charged for the pages that are replaced now pays for the new ones.
            machine.account(isAccountable(flags) ? ((end - start) >> Mm.PAGE_SHIFT) - charged : 0);
            charged = (end - start) >> Mm.PAGE_SHIFT;
            if ((flags & VM_LOCKED) != 0 && (flags & VM_SPECIAL) != 0) {
                flags &= ~VM_LOCKED;
            }
            if (mm.mergesAny && Ksm.isCompatible(flags)) {
                flags |= VM_MERGEABLE;
            }
            VmaMerge merge = new VmaMerge(mm, start, end, pgoff, flags, file);
            merge.next = mm.vmas.find(start);
            merge.prev = merge.next != null ? merge.next.prev : mm.vmas.last();
            if (machine.layout.mergeNew(merge) == null) {
                machine.layout.link(machine.layout.create(mm, start, end, pgoff, flags, file));
            }
        } catch (AllocationRefusedException e) {
            undoCharge(flags, charged);
            throw Machine.refused(e);
        } catch (ErrnoException e) {
            undoCharge(flags, charged);
            throw e;
        }
    }

    private void undoCharge(long flags, long charged) {
        if (isAccountable(flags)) {
            machine.uncharge(charged);
        }
    }

    /** MAP_POPULATE and MAP_LOCKED; the caller no longer holds the mmap lock. Failures do not undo the mapping. */
    void populateIfAsked(Mm mm, long start, long length, int flags) {
        boolean populate = (flags & MAP_LOCKED) != 0 || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
        if (populate) {
            machine.populate.populateQuietly(mm, start, start + Mm.pageAlign(length));
        }
    }
}
