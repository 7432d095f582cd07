package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.account.CacheLinePadding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The address spaces with users (init_mm.mmlist). Each thread lists those it creates in a part of its own, so that forks
 * and exits in unrelated families do not write to the same memory.
 */
final class SpaceList {
    private static final int PARTS = 64;
    /** As many numbers as two cache lines hold. */
    private static final int ID = 32;

    private final Part[] parts = new Part[PARTS];
    /** The one number in the middle of the array: every fork writes it, and nothing that others read may lie beside it. */
    private final AtomicIntegerArray nextId = new AtomicIntegerArray(2 * ID + 1);

    SpaceList() {
        Arrays.setAll(parts, i -> new Part());
    }

    /** A list through {@link Mm#listPrev} and {@link Mm#listNext}, guarded by its monitor. */
    static final class Part extends CacheLinePadding {
        private @Nullable Mm first;

        private synchronized void add(Mm mm) {
            Mm next = first;
            mm.listNext = next;
            if (next != null) {
                next.listPrev = mm;
            }
            first = mm;
        }

        private synchronized void remove(Mm mm) {
            Mm prev = mm.listPrev;
            Mm next = mm.listNext;
            if (prev != null) {
                prev.listNext = next;
            } else {
                first = next;
            }
            if (next != null) {
                next.listPrev = prev;
            }
            mm.listPrev = null;
            mm.listNext = null;
        }

        private synchronized void addTo(List<Mm> list) {
            for (Mm mm = first; mm != null; mm = mm.listNext) {
                list.add(mm);
            }
        }
    }

    /** Numbers count from 0 in the order of creation. */
    int newId() {
        return nextId.getAndIncrement(ID);
    }

    void add(Mm mm) {
        Part part = parts[(int) Thread.currentThread().getId() & (PARTS - 1)];
        mm.listedIn = part;
        part.add(mm);
    }

    /** Takes a space off the list, if it is there. */
    void remove(Mm mm) {
        Part part = mm.listedIn;
        if (part != null) {
            mm.listedIn = null;
            part.remove(mm);
        }
    }

    /** All spaces, in order of creation. */
    List<Mm> all() {
        List<Mm> all = new ArrayList<>();
        for (Part part : parts) {
            part.addTo(all);
        }
        all.sort(Comparator.comparingInt(Mm::id));
        return all;
    }
}
