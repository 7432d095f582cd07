package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.PageState;
import io.github.rmap4j.tck.program.ProcessState;
import io.github.rmap4j.tck.program.StateSnapshot;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The frames of a recording that Linux may copy although their only user writes to them: those that were given
 * MADV_FREE or were locked by mlock.
 *
 * <p>Both, and unlocking, put a folio into a per-CPU batch, which holds a reference to it until the batch is drained,
 * and a write that meets a folio on the LRU with an extra reference copies it instead of reusing it
 * (wp_can_reuse_anon_folio). When a batch is drained depends on whatever else that CPU does. So a recording shows the
 * one or the other, while a replay, which knows no such batches, always reuses the frame.
 */
final class BatchedFrames {
    private final Set<Long> batched = new HashSet<>();
    private StateSnapshot before = new StateSnapshot(Map.of(), Map.of());

    /**
     * Whether a copy where the replay reuses the frame is no difference: the operation is a write to the page, and
     * before it this process alone mapped the frame, which may be in a batch.
     */
    boolean mayCopy(RecordedStep step, int process, long page, long frameBefore) {
        if (!batched.contains(frameBefore) || !covers(step, process, "write", page)) {
            return false;
        }
        ProcessState state = before.processes().get(process);
        return state != null
                && state.pages().stream()
                        .anyMatch(former -> former.page() == page
                                && former.kind() == PageState.Kind.ANON
                                && former.id() == frameBefore
                                && former.mapcount() == 1);
    }

    /** Ends a step. */
    void advance(RecordedStep step) {
        Set<Long> shown = new HashSet<>();
        step.state().processes().forEach((process, state) -> {
            for (PageState page : state.pages()) {
                if (page.kind() == PageState.Kind.ANON) {
                    shown.add(page.id());
                    if (covers(step, process, "mlock", page.page())
                            || (step.op().endsWith(" free") && covers(step, process, "madvise", page.page()))) {
                        batched.add(page.id());
                    }
                }
            }
        });
        batched.retainAll(shown);
        before = step.state();
    }

    private static boolean covers(RecordedStep step, int process, String operation, long page) {
        String[] words = step.op().split(" ");
        if (words.length < 4 || !words[0].equals(Integer.toString(process)) || !words[1].equals(operation)) {
            return false;
        }
        long start = Long.parseLong(words[2]);
        return page >= start && page < start + Long.parseLong(words[3]);
    }
}
