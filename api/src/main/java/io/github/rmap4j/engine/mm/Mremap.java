package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.MapFlags.MREMAP_DONTUNMAP;
import static io.github.rmap4j.api.MapFlags.MREMAP_FIXED;
import static io.github.rmap4j.api.MapFlags.MREMAP_MAYMOVE;
import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_DONTEXPAND;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_MAYSHARE;
import static io.github.rmap4j.api.VmFlags.VM_PFNMAP;
import static io.github.rmap4j.api.VmFlags.VM_SEALED;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Resizes and moves mappings (mm/mremap.c). Needs the mmap lock for writing. */
final class Mremap {
    private static final int KNOWN_FLAGS = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

    /** A call that is under way (struct vma_remap_struct); lengths are page-aligned. */
    static final class Request {
        private final int flags;
        private long address;
        private long oldLength;
        private long newLength;
        private long newAddress;
        /** Where a locked VMA grew, in the end. */
        private boolean populateExpansion;

        Request(long address, long oldLength, long newLength, int flags, long newAddress) {
            this.address = address;
            this.oldLength = Mm.pageAlign(oldLength);
            this.newLength = Mm.pageAlign(newLength);
            this.flags = flags;
            this.newAddress = newAddress;
        }

        private boolean has(int flag) {
            return (flags & flag) != 0;
        }

        private boolean impliesNewAddress() {
            return has(MREMAP_FIXED | MREMAP_DONTUNMAP);
        }

        private boolean isMoveOnly() {
            return has(MREMAP_FIXED) && oldLength == newLength;
        }

        private long growth() {
            return Math.max(0, newLength - oldLength);
        }
    }

    private final Machine machine;

    Mremap(Machine machine) {
        this.machine = machine;
    }

    private static ErrnoException invalid(String why) {
        return new ErrnoException(Errno.EINVAL, why);
    }

    /** do_mremap. */
    long mremap(Mm mm, Request request) {
        checkParameters(mm, request);
        if (request.isMoveOnly()) {
            return moveAll(mm, request);
        }
        VmaImpl vma = mm.lookup(request.address);
        VmaImpl checked = checkVma(vma, request);
        return request.impliesNewAddress() ? moveTo(mm, checked, request) : resize(mm, checked, request);
    }

    /** check_mremap_params. */
    private void checkParameters(Mm mm, Request request) {
        if ((request.flags & ~KNOWN_FLAGS) != 0) {
            throw invalid("unknown flags: " + request.flags);
        }
        if (!Mm.isAligned(request.address)) {
            throw invalid("the old address is not page-aligned");
        }
        if (request.newLength <= 0 || request.newLength > Mm.TASK_SIZE || request.oldLength < 0) {
            throw invalid("a length is 0 or exceeds the address space");
        }
        if (!request.impliesNewAddress()) {
            return;
        }
        if (request.newAddress < 0 || request.newAddress > Mm.TASK_SIZE - request.newLength) {
            throw invalid("the new range ends behind user space");
        }
        if (!Mm.isAligned(request.newAddress)) {
            throw invalid("the new address is not page-aligned");
        }
        if (!request.has(MREMAP_MAYMOVE)) {
            throw invalid("a new address needs MREMAP_MAYMOVE");
        }
        if (request.has(MREMAP_DONTUNMAP) && request.oldLength != request.newLength) {
            throw invalid("MREMAP_DONTUNMAP cannot change the length");
        }
        // Differences instead of sums: the old range may be as long as a caller likes.
        boolean overlap = request.address < request.newAddress + request.newLength
                && request.newAddress - request.address < request.oldLength;
        if (overlap) {
            throw invalid("the old and the new range overlap");
        }
        // Both ends of both ranges may have to be split before the move, and copying needs room for its own limit.
        if (mm.vmas.size() + 2 >= machine.settings.maxMapCount() - 3) {
            throw new ErrnoException(Errno.ENOMEM, "too close to the limit on VMAs");
        }
    }

    /** check_prep_vma. */
    private static VmaImpl checkVma(@Nullable VmaImpl vma, Request request) {
        if (vma == null) {
            throw new ErrnoException(Errno.EFAULT, "nothing is mapped at the old address");
        }
        if (vma.has(VM_SEALED)) {
            throw new ErrnoException(Errno.EPERM, vma + " is sealed");
        }
        boolean expands = request.newLength > request.oldLength;
        if (!expands && !request.impliesNewAddress()) {
            return vma;
        }
        if (request.oldLength == 0 && !vma.has(VM_SHARED | VM_MAYSHARE)) {
            throw invalid("a private mapping cannot be duplicated");
        }
        if (request.has(MREMAP_DONTUNMAP) && vma.has(VM_DONTEXPAND | VM_PFNMAP)) {
            throw invalid(vma + " is special");
        }
        // A shrinking move unmaps the tail first; only what remains must lie in one VMA.
        long moved = Math.min(request.oldLength, request.newLength);
        if (moved > vma.end - request.address) {
            throw new ErrnoException(Errno.EFAULT, "the old range exceeds " + vma);
        }
        if (expands) {
            request.populateExpansion = vma.has(VM_LOCKED);
            if (vma.has(VM_DONTEXPAND | VM_PFNMAP)) {
                throw new ErrnoException(Errno.EFAULT, vma + " is special and cannot grow");
            }
        }
        return vma;
    }

    /** remap_move: a move that keeps the length may span several VMAs and the gaps between them. */
    private long moveAll(Mm mm, Request whole) {
        if (whole.oldLength > Mm.TASK_SIZE - whole.address) {
            throw new ErrnoException(Errno.EFAULT, "the old range ends behind user space");
        }
        long end = whole.address + whole.oldLength;
        long target = whole.newAddress;
        long lastEnd = 0;
        long result = -1;
        VmaImpl vma = mm.intersection(whole.address, end);
        while (vma != null && vma.start < end) {
            if (result < 0 && whole.address < vma.start) {
                break;
            }
            long from = Math.max(vma.start, whole.address);
            long length = Math.min(end, vma.end) - from;
            long gap = result < 0 ? 0 : vma.start - lastEnd;
            lastEnd = vma.end;
            Request part = new Request(from, length, length, whole.flags, target + gap);
            long moved = moveTo(mm, checkVma(vma, part), part);
            result = result < 0 ? moved : result;
            target = moved + length;
            vma = lastEnd < end ? mm.intersection(lastEnd, end) : null;
        }
        if (result < 0) {
            throw new ErrnoException(Errno.EFAULT, "nothing is mapped at the old address");
        }
        return result;
    }

    /** mremap_at. */
    private long resize(Mm mm, VmaImpl vma, Request request) {
        if (request.newLength == request.oldLength) {
            return request.address;
        }
        if (request.newLength < request.oldLength) {
            unmapTail(mm, request);
            return request.address;
        }
        if (canGrowInPlace(mm, vma, request)) {
            growInPlace(vma, request.growth());
            request.newAddress = request.address;
            return request.address;
        }
        if (!request.has(MREMAP_MAYMOVE)) {
            throw new ErrnoException(Errno.ENOMEM, "there is no room to grow in place");
        }
        request.newAddress = machine.mmap.unmappedArea(mm, 0, request.newLength);
        return move(mm, vma, request);
    }

    private void unmapTail(Mm mm, Request request) {
        machine.munmap.munmap(mm, request.address + request.newLength, request.oldLength - request.newLength);
    }

    private static boolean canGrowInPlace(Mm mm, VmaImpl vma, Request request) {
        long end = vma.end + request.growth();
        return vma.end - request.address == request.oldLength
                && end <= Mm.TASK_SIZE
                && mm.intersection(vma.end, end) == null;
    }

    /** expand_vma_in_place. */
    private void growInPlace(VmaImpl vma, long growth) {
        long charge = vma.has(VM_ACCOUNT) ? growth >> Mm.PAGE_SHIFT : 0;
        machine.charge(charge);
        try {
            if (machine.layout.mergeNew(VmaMerge.extended(vma, growth)) == null) {
                throw new ErrnoException(Errno.ENOMEM, vma + " cannot grow");
            }
        } catch (AllocationRefusedException e) {
            machine.uncharge(charge);
            throw Machine.refused(e);
        } catch (ErrnoException e) {
            machine.uncharge(charge);
            throw e;
        }
    }

    /** mremap_to: the destination is given, or at least hinted at. */
    private long moveTo(Mm mm, VmaImpl found, Request request) {
        VmaImpl vma = found;
        if (request.has(MREMAP_FIXED)) {
            machine.munmap.munmap(mm, request.newAddress, request.newLength);
            vma = again(mm, request);
            if (request.newAddress < Mm.MMAP_MIN_ADDR) {
                throw new ErrnoException(Errno.EPERM, "the new address is below mmap_min_addr");
            }
        }
        if (request.newLength < request.oldLength) {
            unmapTail(mm, request);
            vma = again(mm, request);
            request.oldLength = request.newLength;
        }
        if (!request.has(MREMAP_FIXED)) {
            request.newAddress = machine.mmap.unmappedArea(mm, request.newAddress, request.newLength);
        }
        return move(mm, vma, request);
    }

    /** The VMA at the old address, which an unmapping may have replaced by a part of itself. */
    private static VmaImpl again(Mm mm, Request request) {
        VmaImpl vma = mm.lookup(request.address);
        if (vma == null) {
            throw new ErrnoException(Errno.EFAULT, "nothing is mapped at the old address any more");
        }
        return vma;
    }

    /** move_vma. */
    private long move(Mm mm, VmaImpl vma, Request request) {
        if (mm.vmas.size() >= machine.settings.maxMapCount() - 3) {
            throw new ErrnoException(Errno.ENOMEM, "too close to the limit on VMAs");
        }
        if (vma.start != request.address || vma.end != request.address + request.oldLength) {
            VmaLayout.checkMaySplit(vma);
        }
        // Walks look for KSM pages only where they were merged.
        machine.ksm.unmerge(vma, request.address, request.address + request.oldLength);
        long charge = 0;
        if (vma.has(VM_ACCOUNT)) {
            charge = (request.has(MREMAP_DONTUNMAP) ? request.newLength : request.growth()) >> Mm.PAGE_SHIFT;
            machine.charge(charge);
        }
        Copy copy;
        try {
            copy = copyVma(mm, vma, request);
        } catch (AllocationRefusedException e) {
            machine.uncharge(charge);
            throw Machine.refused(e);
        }
        machine.movePages.move(
                copy.source, copy.destination, copy.merged, request.address, request.newAddress, request.oldLength);
        if (request.has(MREMAP_DONTUNMAP)) {
            completeDontUnmap(copy, request);
        } else {
            unmapSource(mm, copy.source, request.address, request.oldLength);
        }
        return request.newAddress;
    }

    /** Where pages leave and where they go. */
    private record Copy(VmaImpl source, VmaImpl destination, MovePages.Merged merged) {}

    /** copy_vma; refusals pass. */
    private Copy copyVma(Mm mm, VmaImpl vma, Request request) {
        long start = request.newAddress;
        long end = start + request.newLength;
        long pgoff = vma.filePgoff(request.address);
        if (vma.isAnonymous() && !vma.isFaulted()) {
            // No page has an index yet, so the VMA may get the offset that fits its new place.
            pgoff = start >> Mm.PAGE_SHIFT;
        }
        long oldStart = vma.start;
        VmaMerge merge = VmaMerge.copied(vma, start, end, pgoff);
        merge.next = mm.vmas.find(start);
        merge.prev = merge.next != null ? merge.next.prev : mm.vmas.last();
        VmaImpl merged = machine.layout.mergeNew(merge);
        if (merged != null) {
            // An unfaulted VMA that is moved next to itself merges with itself.
            boolean withItself = oldStart >= merged.start && oldStart < merged.end;
            return new Copy(withItself ? merged : vma, merged, MovePages.Merged.INTO_EXISTING);
        }
        VmaImpl copy = machine.vmas.allocate();
        copy.initFrom(vma, mm);
        copy.start = start;
        copy.end = end;
        copy.pgoff = pgoff;
        try {
            machine.strategy.vmaCopied(vma, copy);
        } catch (AllocationRefusedException e) {
            machine.free(copy);
            throw e;
        }
        copy.setFaulted(vma.isFaulted());
        machine.layout.link(copy);
        return new Copy(vma, copy, MovePages.Merged.NEW_COPY);
    }

    /** dontunmap_complete: the old VMA stays, empty. */
    private void completeDontUnmap(Copy copy, Request request) {
        VmaImpl old = copy.source;
        old.setFlags(old.flags() & ~VM_LOCKED);
        boolean whole = request.address == old.start && request.address + request.oldLength == old.end;
        if (whole && copy.destination != old) {
            machine.strategy.vmaUnlinked(old);
            old.setFaulted(false);
        }
    }

    /**
     * unmap_source_vma. The charge goes with the pages, so the source must not be uncharged: it loses VM_ACCOUNT for the
     * time being, and what remains of it gets the flag back.
     */
    private void unmapSource(Mm mm, VmaImpl source, long start, long length) {
        if (length == 0) {
            // A shared mapping was duplicated.
            return;
        }
        boolean accounted = source.has(VM_ACCOUNT);
        boolean restBelow = source.start < start;
        boolean restAbove = source.end > start + length;
        if (accounted) {
            source.setFlags(source.flags() & ~VM_ACCOUNT);
        }
        try {
            machine.munmap.unmap(mm, start, start + length);
        } catch (ErrnoException e) {
            // The source stays, empty; the pages have moved, so the call succeeds, as in Linux.
            machine.account(accounted ? length >> Mm.PAGE_SHIFT : 0);
            return;
        }
        if (accounted && restBelow) {
            account(mm.previous(start));
        }
        if (accounted && restAbove) {
            account(mm.find(start + length));
        }
    }

    private static void account(@Nullable VmaImpl rest) {
        if (rest != null) {
            rest.setFlags(rest.flags() | VM_ACCOUNT);
        }
    }

    /** Faults the new part of a locked VMA in; the caller no longer holds the mmap lock. */
    void populateExpansion(Mm mm, Request request) {
        if (request.populateExpansion) {
            machine.populate.populateQuietly(
                    mm, request.newAddress + request.oldLength, request.newAddress + request.newLength);
        }
    }
}
