package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Folio;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Numbers page frames and swap slots in the order in which they are first shown. A frame keeps its number from snapshot to snapshot
 * and loses it when a snapshot does not show its folio any more. Use one object for a sequence of snapshots. Not safe
 * for use by several threads.
 *
 * @since 0.1
 */
public final class FrameIds {
    private Map<Long, Long> knownFrames = new HashMap<>();
    private Map<Long, Long> shownFrames = new HashMap<>();
    private Map<Long, Long> knownSlots = new HashMap<>();
    private Map<Long, Long> shownSlots = new HashMap<>();
    private long next;

    /** No frame has a number yet. */
    public FrameIds() {}

    /** The number of a frame; the pages of a large folio have consecutive ones. */
    long id(Folio folio, int page) {
        long frame = folio.id() + page;
        Long number = shownFrames.get(frame);
        if (number == null) {
            for (int i = 0; i < folio.pages(); i++) {
                show(folio.id() + i);
            }
            number = Objects.requireNonNull(shownFrames.get(frame));
        }
        return number;
    }

    private void show(long frame) {
        Long known = knownFrames.get(frame);
        shownFrames.put(frame, known != null ? known : next++);
    }

    /** The number of a swap slot. */
    long slotId(long slot) {
        return shownSlots.computeIfAbsent(slot, unused -> {
            Long known = knownSlots.get(slot);
            return known != null ? known : next++;
        });
    }

    /** Ends a snapshot. */
    void forgetUnseen() {
        knownFrames = shownFrames;
        shownFrames = new HashMap<>();
        knownSlots = shownSlots;
        shownSlots = new HashMap<>();
    }
}
