package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.MergeQuery;
import org.jspecify.annotations.Nullable;

/** A range that may be merged with its neighbours (struct vma_merge_struct). */
final class VmaMerge implements MergeQuery {
    final Mm mm;
    long start;
    long end;
    long pgoff;
    long flags;
    int policy;

    @Nullable
    MappedFile file;

    @Nullable
    VmaImpl prev;

    @Nullable
    VmaImpl next;
    /** The VMA that the range is part of, if it exists already. */
    @Nullable
    VmaImpl middle;
    /** Whose anonymous state the range has; see {@link #origin}. */
    private @Nullable VmaImpl source;

    private Origin origin = Origin.NEW;
    private @Nullable VmaImpl target;

    VmaMerge(Mm mm, long start, long end, long pgoff, long flags, @Nullable MappedFile file) {
        this.mm = mm;
        this.start = start;
        this.end = end;
        this.pgoff = pgoff;
        this.flags = flags;
        this.file = file;
    }

    /** A range with the attributes of a VMA (VMG_VMA_STATE). */
    private static VmaMerge like(VmaImpl vma, long start, long end, long pgoff) {
        VmaMerge merge = new VmaMerge(vma.mm(), start, end, pgoff, vma.flags(), vma.file);
        merge.policy = vma.policy;
        merge.source = vma;
        return merge;
    }

    /** Part of a VMA whose attributes change. */
    static VmaMerge modified(VmaImpl middle, @Nullable VmaImpl prev, long start, long end) {
        VmaMerge merge = like(middle, start, end, middle.filePgoff(start));
        merge.middle = middle;
        merge.prev = prev;
        merge.origin = Origin.MODIFIED;
        return merge;
    }

    /** The destination of pages that mremap will move. */
    static VmaMerge copied(VmaImpl from, long start, long end, long pgoff) {
        VmaMerge merge = like(from, start, end, pgoff);
        merge.origin = Origin.COPIED;
        return merge;
    }

    /** The range behind a VMA into which mremap grows it (vma_merge_extend). */
    static VmaMerge extended(VmaImpl vma, long delta) {
        VmaMerge merge = like(vma, vma.end, vma.end + delta, vma.filePgoff(vma.end));
        merge.prev = vma;
        merge.next = vma.next;
        merge.origin = Origin.EXTENDED;
        return merge;
    }

    long pages() {
        return (end - start) >> Mm.PAGE_SHIFT;
    }

    @Nullable
    VmaImpl sourceVma() {
        return source;
    }

    VmaMerge into(VmaImpl newTarget) {
        target = newTarget;
        return this;
    }

    @Override
    public Vma target() {
        if (target == null) {
            throw new IllegalStateException("no target is being considered");
        }
        return target;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public @Nullable Vma source() {
        return source;
    }
}
