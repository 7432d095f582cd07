package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_MAYBE_GUARD;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.RmapStrategy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Splits, merges and resizes VMAs (mm/vma.c). Every method needs the mmap lock for writing.
 *
 * <p>A change of ranges runs in the order of vma_prepare and vma_complete: the strategy allocates, then everything that
 * may be refused is done, then the strategy takes its locks, the ranges and the tree change, and the strategy finishes.
 */
final class VmaLayout {
    /** Flags that neither prevent a merge nor get lost by one (VM_STICKY, since 6.18.37). */
    private static final long STICKY = VM_MAYBE_GUARD;

    private final Machine machine;

    VmaLayout(Machine machine) {
        this.machine = machine;
    }

    private RmapStrategy strategy() {
        return machine.strategy;
    }

    /** A new VMA becomes part of the layout (vma_link). */
    void link(VmaImpl vma) {
        Mm mm = vma.mm();
        mm.beginLayoutChange();
        mm.vmas.insert(vma);
        vma.setAttached(true);
        mm.endLayoutChange();
    }

    /** Allocates a VMA; refusals pass. */
    VmaImpl create(Mm mm, long start, long end, long pgoff, long flags, @Nullable MappedFile file) {
        VmaImpl vma = machine.vmas.allocate();
        vma.init(mm, start, end, pgoff, flags, file);
        return vma;
    }

    /**
     * Splits off the part below an address into a new VMA; the given one keeps the part above.
     *
     * @return the new VMA
     */
    VmaImpl splitOffBelow(VmaImpl vma, long address) {
        VmaImpl created = duplicate(vma);
        created.end = address;
        VmaChange change = new VmaChange(vma);
        change.to(address, vma.end, vma.filePgoff(address));
        prepareSplit(change, created);
        strategy().beginChange(change);
        Mm mm = vma.mm();
        machine.hugePmds.splitAt(mm, address);
        mm.beginLayoutChange();
        long oldStart = vma.start;
        vma.pgoff = vma.filePgoff(address);
        vma.start = address;
        mm.vmas.startChanged(vma, oldStart);
        finishSplit(mm, change, created);
        return created;
    }

    /** Splits off the part above an address into a new VMA; the given one keeps the part below. */
    void splitOffAbove(VmaImpl vma, long address) {
        VmaImpl created = duplicate(vma);
        created.pgoff = vma.filePgoff(address);
        created.start = address;
        VmaChange change = new VmaChange(vma);
        change.to(vma.start, address, vma.pgoff);
        prepareSplit(change, created);
        strategy().beginChange(change);
        Mm mm = vma.mm();
        machine.hugePmds.splitAt(mm, address);
        mm.beginLayoutChange();
        vma.end = address;
        finishSplit(mm, change, created);
    }

    static void checkMaySplit(VmaImpl vma) {
        if (!vma.maySplit()) {
            throw new ErrnoException(Errno.EINVAL, vma + " was installed by the kernel and cannot be split");
        }
    }

    private VmaImpl duplicate(VmaImpl vma) {
        checkMaySplit(vma);
        VmaImpl created = machine.vmas.allocate();
        created.initFrom(vma, vma.mm());
        return created;
    }

    private void prepareSplit(VmaChange change, VmaImpl created) {
        change.created = created;
        try {
            machine.preallocateTreeNodes();
            strategy().prepareChange(change);
        } catch (AllocationRefusedException e) {
            machine.free(created);
            throw e;
        }
        created.setFaulted(change.vma().isFaulted());
    }

    private void finishSplit(Mm mm, VmaChange change, VmaImpl created) {
        mm.vmas.insert(created);
        created.setAttached(true);
        mm.endLayoutChange();
        strategy().endChange(change);
    }

    /** split_vma: the map count limit holds. */
    private void checkMapCount(Mm mm) {
        if (mm.vmas.size() >= machine.settings.maxMapCount()) {
            throw new ErrnoException(
                    Errno.ENOMEM, "a split would exceed the limit of " + machine.settings.maxMapCount() + " VMAs");
        }
    }

    /**
     * Gives part of a VMA other attributes: merges it with neighbours that have them, or splits it off (vma_modify).
     *
     * @return the VMA that covers the range afterwards; its attributes are still to be set
     */
    VmaImpl modify(VmaMerge merge) {
        VmaImpl middle = merge.middle;
        if (middle == null) {
            throw new IllegalArgumentException("only a part of a VMA can be modified");
        }
        long start = merge.start;
        long end = merge.end;
        VmaImpl merged = mergeExisting(merge, middle);
        if (merged != null) {
            return merged;
        }
        VmaImpl below = null;
        if (middle.start < start) {
            checkMapCount(middle.mm());
            below = splitOffBelow(middle, start);
        }
        if (middle.end > end) {
            checkMapCount(middle.mm());
            splitOffAboveOrRejoin(middle, end, below);
        }
        return middle;
    }

    /** Splits off the part above an address; if that is refused, undoes the split that made {@code below}. */
    void splitOffAboveOrRejoin(VmaImpl vma, long address, @Nullable VmaImpl below) {
        try {
            splitOffAbove(vma, address);
        } catch (AllocationRefusedException e) {
            if (below != null) {
                rejoin(below, vma);
            }
            throw e;
        }
    }

    /** Undoes a split: the upper part takes the lower one back. Needs no memory. */
    private void rejoin(VmaImpl below, VmaImpl vma) {
        VmaChange change = new VmaChange(vma);
        change.removed = below;
        change.to(below.start, vma.end, below.pgoff);
        strategy().prepareChange(change);
        strategy().beginChange(change);
        Mm mm = vma.mm();
        mm.beginLayoutChange();
        detach(mm, below);
        setRange(vma, below.start, vma.end, below.pgoff);
        mm.endLayoutChange();
        strategy().endChange(change);
        free(below);
    }

    /**
     * Sets the flags of a range of a VMA (vma_modify_flags and vm_flags_reset).
     *
     * @param previous the VMA below, or the one just modified
     * @return the VMA that covers the range
     */
    VmaImpl modifyFlags(VmaImpl vma, @Nullable VmaImpl previous, long start, long end, long flags) {
        VmaMerge merge = VmaMerge.modified(vma, previous, start, end);
        merge.flags = flags;
        VmaImpl result = modify(merge);
        result.setFlags(flags | result.flags() & STICKY);
        return result;
    }

    private boolean attributesMatch(VmaMerge merge, VmaImpl neighbour) {
        return neighbour.policy == merge.policy
                && ((neighbour.flags() ^ merge.flags) & ~STICKY) == 0
                && neighbour.file == merge.file;
    }

    private boolean canMergeLeft(VmaMerge merge) {
        VmaImpl prev = merge.prev;
        return prev != null
                && prev.end == merge.start
                && attributesMatch(merge, prev)
                && prev.pgoff + prev.pages() == merge.pgoff
                && strategy().mayMerge(merge.into(prev));
    }

    private boolean canMergeRight(VmaMerge merge) {
        VmaImpl next = merge.next;
        return next != null
                && next.start == merge.end
                && attributesMatch(merge, next)
                && next.pgoff == merge.pgoff + merge.pages()
                && strategy().mayMerge(merge.into(next));
    }

    /**
     * vma_merge_existing_range.
     *
     * @return the VMA that took the range over, or null if nothing merges
     */
    private @Nullable VmaImpl mergeExisting(VmaMerge merge, VmaImpl middle) {
        boolean leftSide = merge.start == middle.start;
        boolean rightSide = merge.end == middle.end;
        if ((merge.flags & VM_SPECIAL) != 0 || (!leftSide && !rightSide)) {
            return null;
        }
        VmaImpl prev = leftSide && canMergeLeft(merge) ? merge.prev : null;
        merge.next = rightSide ? middle.next : null;
        VmaImpl next = rightSide && canMergeRight(merge) ? merge.next : null;
        if (prev != null && next != null && !strategy().mayUnite(prev, next)) {
            next = null;
        }
        if (prev == null && next == null) {
            return null;
        }
        boolean removeMiddle = leftSide && rightSide;
        if (removeMiddle && middle.hasClose()) {
            return null;
        }
        if (prev != null && next != null && next.hasClose()) {
            next = null;
        }
        if (prev != null && next != null) {
            VmaChange change = new VmaChange(prev);
            change.removed = middle;
            change.removed2 = next;
            change.inherit(prev, next.isFaulted() ? next : middle);
            return commit(merge, change, prev, prev.start, next.end, prev.pgoff, middle.end);
        }
        if (prev != null) {
            VmaChange change = new VmaChange(prev);
            if (removeMiddle) {
                change.removed = middle;
            } else {
                change.adjacent = middle;
            }
            change.inherit(prev, middle);
            return commit(merge, change, prev, prev.start, merge.end, prev.pgoff, merge.end);
        }
        VmaImpl target = Objects.requireNonNull(next);
        if (removeMiddle) {
            VmaChange change = new VmaChange(target);
            change.removed = middle;
            change.inherit(target, middle);
            return commit(merge, change, target, middle.start, target.end, target.pgoff - merge.pages(), target.start);
        }
        // The part goes from the end of middle to the start of next: middle is what vma_prepare calls the VMA.
        VmaChange change = new VmaChange(middle);
        change.adjacent = target;
        change.inherit(target, middle);
        return commit(merge, change, target, middle.start, merge.start, middle.pgoff, merge.start);
    }

    /**
     * vma_merge_new_range and vma_expand.
     *
     * @return the VMA that took the range over, or null if nothing merges
     */
    @Nullable
    VmaImpl mergeNew(VmaMerge merge) {
        if ((merge.flags & VM_SPECIAL) != 0) {
            return null;
        }
        VmaImpl prev = canMergeLeft(merge) ? merge.prev : null;
        VmaImpl next = canMergeRight(merge) ? merge.next : null;
        if (prev != null && next != null && !strategy().mayUnite(prev, next)) {
            next = null;
        }
        if (prev != null && next != null && next.hasClose()) {
            next = null;
        }
        VmaImpl source = merge.origin() == MergeQuery.Origin.COPIED ? merge.sourceVma() : null;
        if (prev != null) {
            VmaChange change = new VmaChange(prev);
            if (next != null) {
                change.removed = next;
                change.inherit(prev, next);
            }
            if (source != null) {
                change.inherit(prev, source);
            }
            return commit(merge, change, prev, prev.start, next != null ? next.end : merge.end, prev.pgoff, 0);
        }
        if (next != null) {
            VmaChange change = new VmaChange(next);
            if (source != null) {
                change.inherit(next, source);
            }
            return commit(merge, change, next, merge.start, next.end, merge.pgoff, 0);
        }
        return null;
    }

    /** Like {@link #mergeNew}, but only the VMA below may grow (just_expand of brk). */
    @Nullable
    VmaImpl expandPrevious(VmaMerge merge) {
        merge.next = null;
        return mergeNew(merge);
    }

    /**
     * commit_merge: gives {@code change.vma()} a range, moves the start of the adjacent VMA to {@code boundary}, and
     * takes removed VMAs out of the layout.
     */
    private VmaImpl commit(
            VmaMerge merge, VmaChange change, VmaImpl target, long start, long end, long pgoff, long boundary) {
        Mm mm = merge.mm;
        change.to(start, end, pgoff);
        strategy().prepareChange(change);
        try {
            machine.preallocateTreeNodes();
        } catch (AllocationRefusedException e) {
            strategy().abortChange(change);
            throw e;
        }
        if (change.heir != null) {
            change.heir.setFaulted(true);
        }
        long sticky = stickyFlags(merge, change);
        strategy().beginChange(change);
        if (change.adjacent != null) {
            machine.hugePmds.splitAt(mm, boundary);
        }
        mm.beginLayoutChange();
        detach(mm, change.removed);
        detach(mm, change.removed2);
        VmaImpl vma = change.vma();
        VmaImpl adjacent = change.adjacent;
        if (adjacent != null && boundary > adjacent.start) {
            moveStart(adjacent, boundary);
            setRange(vma, start, end, pgoff);
        } else {
            setRange(vma, start, end, pgoff);
            if (adjacent != null) {
                moveStart(adjacent, boundary);
            }
        }
        target.setFlags(target.flags() | sticky);
        mm.endLayoutChange();
        strategy().endChange(change);
        free(change.removed);
        free(change.removed2);
        return target;
    }

    private static long stickyFlags(VmaMerge merge, VmaChange change) {
        long sticky = merge.flags;
        if (merge.middle != null) {
            sticky |= merge.middle.flags();
        }
        if (change.removed != null) {
            sticky |= change.removed.flags();
        }
        if (change.removed2 != null) {
            sticky |= change.removed2.flags();
        }
        return sticky & STICKY;
    }

    private void detach(Mm mm, @Nullable VmaImpl vma) {
        if (vma != null) {
            mm.vmas.remove(vma);
            vma.setAttached(false);
        }
    }

    private void free(@Nullable VmaImpl vma) {
        if (vma != null) {
            vma.setFaulted(false);
            machine.free(vma);
        }
    }

    /** vma_set_range, with the tree kept right. */
    void setRange(VmaImpl vma, long start, long end, long pgoff) {
        VmaTree tree = vma.mm().vmas;
        long oldStart = vma.start;
        long oldEnd = vma.end;
        vma.start = start;
        vma.end = end;
        vma.pgoff = pgoff;
        if (start != oldStart) {
            tree.startChanged(vma, oldStart);
        }
        if (end < oldEnd) {
            tree.gapGrewBehind(vma);
        }
    }

    private void moveStart(VmaImpl vma, long start) {
        setRange(vma, start, vma.end, vma.pgoff + ((start - vma.start) >> Mm.PAGE_SHIFT));
    }

    /** Changes the range of one VMA without a merge: stack growth, relocation, shrinking. */
    void resize(VmaImpl vma, long start, long end, long pgoff) {
        VmaChange change = new VmaChange(vma);
        change.to(start, end, pgoff);
        strategy().prepareChange(change);
        strategy().beginChange(change);
        Mm mm = vma.mm();
        machine.hugePmds.splitAt(mm, start);
        machine.hugePmds.splitAt(mm, end);
        mm.beginLayoutChange();
        setRange(vma, start, end, pgoff);
        mm.endLayoutChange();
        strategy().endChange(change);
    }
}
