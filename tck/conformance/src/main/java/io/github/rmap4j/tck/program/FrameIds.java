package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Folio;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Numbers page frames in the order in which they are first shown. A frame keeps its number from snapshot to snapshot
 * and loses it when a snapshot does not show its folio any more. Use one object for a sequence of snapshots. Not safe
 * for use by several threads.
 *
 * @since 0.1
 */
public final class FrameIds {
    private Map<Folio, Long> known = new IdentityHashMap<>();
    private Map<Folio, Long> shown = new IdentityHashMap<>();
    private long next;

    /** No frame has a number yet. */
    public FrameIds() {}

    /** The number of a frame; the pages of a large folio have consecutive ones. */
    long id(Folio folio, int page) {
        Long first = shown.get(folio);
        if (first == null) {
            first = known.get(folio);
            if (first == null) {
                first = next;
                next += folio.pages();
            }
            shown.put(folio, first);
        }
        return first + page;
    }

    /** Ends a snapshot. */
    void forgetUnseen() {
        known = shown;
        shown = new IdentityHashMap<>();
    }
}
