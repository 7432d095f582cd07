package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.LayoutChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of ranges that is under way (struct vma_prepare). */
final class VmaChange implements LayoutChange {
    private final VmaImpl vma;

    @Nullable
    VmaImpl adjacent;

    @Nullable
    VmaImpl created;

    @Nullable
    VmaImpl removed;

    @Nullable
    VmaImpl removed2;

    @Nullable
    VmaImpl heir;

    @Nullable
    VmaImpl inheritedFrom;

    private long newStart;
    private long newEnd;
    private long newPgoff;

    /** A change that leaves the range as it is, unless {@link #to} says otherwise. */
    VmaChange(VmaImpl vma) {
        this.vma = vma;
        to(vma.start, vma.end, vma.pgoff);
    }

    /** Sets the range after the change. */
    void to(long start, long end, long pgoff) {
        newStart = start;
        newEnd = end;
        newPgoff = pgoff;
    }

    @Override
    public long newStart() {
        return newStart;
    }

    @Override
    public long newEnd() {
        return newEnd;
    }

    @Override
    public long newPgoff() {
        return newPgoff;
    }

    @Override
    public VmaImpl vma() {
        return vma;
    }

    @Override
    public @Nullable Vma adjacent() {
        return adjacent;
    }

    @Override
    public @Nullable Vma created() {
        return created;
    }

    @Override
    public List<Vma> removed() {
        if (removed == null) {
            return List.of();
        }
        return removed2 == null ? List.of(removed) : List.of(removed, removed2);
    }

    @Override
    public @Nullable Vma heir() {
        return heir;
    }

    @Override
    public @Nullable Vma inheritedFrom() {
        return inheritedFrom;
    }

    /** An unfaulted VMA takes over the anonymous state of a faulted one (dup_anon_vma). */
    void inherit(VmaImpl target, VmaImpl source) {
        if (heir == null && source.isFaulted() && !target.isFaulted()) {
            heir = target;
            inheritedFrom = source;
        }
    }
}
