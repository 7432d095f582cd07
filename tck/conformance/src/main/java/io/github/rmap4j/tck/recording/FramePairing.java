package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.PageState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which frame of one side is which of the other: a one-to-one relation that grows with the frames that are seen, and
 * holds for a frame as long as every state shows it somewhere.
 */
final class FramePairing {
    private final Map<Frame, Frame> toActual = new HashMap<>();
    private final Map<Frame, Frame> toExpected = new HashMap<>();
    private final Set<Frame> expectedSeen = new HashSet<>();
    private final Set<Frame> actualSeen = new HashSet<>();

    /** A frame or swap slot; the two have numbers of their own. */
    record Frame(PageState.Kind kind, long id) {
        static Frame of(PageState page) {
            return new Frame(page.kind(), page.id());
        }
    }

    /** What does not fit when two pages should have the same frame. */
    record Mismatch(
            Frame recorded,
            @Nullable Frame partnerOfRecorded,
            Frame present,
            @Nullable Frame partnerOfPresent) {
        String expected() {
            return describe(recorded, partnerOfRecorded);
        }

        String actual() {
            return describe(present, partnerOfPresent);
        }

        private static String describe(Frame frame, @Nullable Frame partner) {
            return "frame " + frame.id() + (partner == null ? ", new" : ", so far " + partner.id());
        }
    }

    /** A page of the recorded state has this frame. */
    void seeExpected(PageState page) {
        expectedSeen.add(Frame.of(page));
    }

    /** A page of the actual state has this frame. */
    void seeActual(PageState page) {
        actualSeen.add(Frame.of(page));
    }

    /**
     * Pairs the frames of two pages of equal kind. After a mismatch they count as paired, so that one wrong frame is
     * not reported again in every state that follows.
     */
    @Nullable
    Mismatch pair(PageState expected, PageState actual) {
        Frame recorded = Frame.of(expected);
        Frame present = Frame.of(actual);
        Frame partnerOfRecorded = toActual.put(recorded, present);
        Frame partnerOfPresent = toExpected.put(present, recorded);
        if (present.equals(partnerOfRecorded) && recorded.equals(partnerOfPresent)) {
            return null;
        }
        if (partnerOfRecorded == null && partnerOfPresent == null) {
            return null;
        }
        // Drop the former pairs; what is left must stay one-to-one.
        if (partnerOfRecorded != null && !partnerOfRecorded.equals(present)) {
            toExpected.remove(partnerOfRecorded, recorded);
        }
        if (partnerOfPresent != null && !partnerOfPresent.equals(recorded)) {
            toActual.remove(partnerOfPresent, present);
        }
        return new Mismatch(recorded, partnerOfRecorded, present, partnerOfPresent);
    }

    /** Ends a state: forgets the frames that it did not show. */
    void forgetUnseen() {
        toActual.keySet().retainAll(expectedSeen);
        toExpected.keySet().retainAll(actualSeen);
        expectedSeen.clear();
        actualSeen.clear();
    }
}
