package io.github.rmap4j.engine.rmap;

import io.github.rmap4j.engine.mm.Mm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The address spaces in which a walk has found mappings, and how often entries had moved in them before it looked. */
final class VisitedSpaces {
    private static final int INITIAL = 16;

    private @Nullable Mm[] spaces = new @Nullable Mm[INITIAL];
    private int[] moves = new int[INITIAL];
    private int size;

    void clear() {
        // An exited space must not stay in memory because somebody was there once.
        Arrays.fill(spaces, 0, size, null);
        size = 0;
    }

    int size() {
        return size;
    }

    void add(Mm space, int movesBefore) {
        if (size == moves.length) {
            spaces = Arrays.copyOf(spaces, 2 * size);
            moves = Arrays.copyOf(moves, 2 * size);
        }
        spaces[size] = space;
        moves[size++] = movesBefore;
    }

    boolean haveNotMoved() {
        for (int i = 0; i < size; i++) {
            Mm space = spaces[i];
            if (space != null && space.moveSequence() != moves[i]) {
                return false;
            }
        }
        return true;
    }
}
