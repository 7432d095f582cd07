package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import org.jspecify.annotations.Nullable;

/** Goes through the VMAs of a range without gaps, of which each may be replaced by the change made to it. */
final class VmaWalk {
    /** Changes the part of a VMA that lies in the range. */
    interface Change {
        /**
         * Changes a part.
         *
         * @param vma the VMA
         * @param prev the VMA below the part: the one below {@code vma}, or {@code vma} itself, or the last result
         * @return the VMA that covers the part afterwards
         */
        VmaImpl apply(VmaImpl vma, @Nullable VmaImpl prev, long start, long end);
    }

    private VmaWalk() {}

    /**
     * Changes every VMA of a range.
     *
     * @throws ErrnoException {@code gapError} at the first gap; VMAs below are changed already
     */
    static void forEach(Mm mm, long start, long end, Errno gapError, Change change) {
        VmaImpl vma = mm.lookup(start);
        if (vma == null) {
            throw gap(gapError);
        }
        VmaImpl prev = start > vma.start ? vma : vma.prev;
        long at = start;
        while (true) {
            long to = Math.min(vma.end, end);
            prev = change.apply(vma, prev, at, to);
            at = Math.max(to, prev.end);
            if (at >= end) {
                return;
            }
            VmaImpl next = prev.next;
            if (next == null || next.start > at) {
                throw gap(gapError);
            }
            vma = next;
        }
    }

    private static ErrnoException gap(Errno error) {
        return new ErrnoException(error, "a part of the range is not mapped");
    }
}
