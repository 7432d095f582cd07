package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.PageState;
import io.github.rmap4j.tck.program.ProcessState;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the states of one recording, in order, with those of a replay: results, VMAs, and page by page what is
 * mapped, how often, and whether it is the same frame.
 *
 * <p>Frames are compared up to a one-to-one renaming that holds from state to state, so that copying where Linux reuses
 * a frame shows, and the other way round. A frame that no process shows any longer is forgotten. Which pages of files
 * are mapped is not compared, because the kernel maps pages around a fault as it likes; but where one side has an
 * anonymous page the other must have one too.
 *
 * @since 0.1
 */
public final class RecordingComparator {
    private final Set<Compare> compare;
    private final FramePairing frames = new FramePairing();
    private final LayoutComparison layouts = new LayoutComparison();

    /**
     * A comparator for one recording.
     *
     * @param compare what to compare beyond the memory of the processes
     */
    public RecordingComparator(Set<Compare> compare) {
        this.compare = Set.copyOf(compare);
    }

    /**
     * Compares the next state.
     *
     * @param expected the recorded step
     * @param result how the operation ended in the replay
     * @param actual the state of the replay after it
     * @return all differences, empty if there are none
     */
    public List<Difference> compare(RecordedStep expected, StepResult result, StateSnapshot actual) {
        Findings findings = new Findings(expected);
        if (!expected.result().equals(result)) {
            findings.add("result", text(expected.result()), text(result));
        }
        StateSnapshot recorded = expected.state();
        if (compare.contains(Compare.ANON_VMA_COUNTS)) {
            compareSlab(StateSnapshot.ANON_VMA, recorded, actual, findings);
            compareSlab(StateSnapshot.ANON_VMA_CHAIN, recorded, actual, findings);
        }
        if (!recorded.processes().keySet().equals(actual.processes().keySet())) {
            findings.add(
                    "processes",
                    recorded.processes().keySet().toString(),
                    actual.processes().keySet().toString());
        }
        recorded.processes().forEach((number, process) -> {
            ProcessState other = actual.processes().get(number);
            if (other != null) {
                compareProcess(number, process, other, findings);
            }
        });
        // Also where there is nothing to compare with, a frame that is shown is not forgotten.
        recorded.processes().values().forEach(process -> withIds(process).forEach(frames::seeExpected));
        actual.processes().values().forEach(process -> withIds(process).forEach(frames::seeActual));
        frames.forgetUnseen();
        return findings.list;
    }

    /**
     * The merges that were missed in all states so far.
     *
     * @return them, in order; empty with {@link Compare#EXACT_VMAS}
     */
    public List<Boundary> missedMerges() {
        return layouts.missedMerges();
    }

    /**
     * The merges that only the replay has made in all states so far.
     *
     * @return them, in order; empty with {@link Compare#EXACT_VMAS}
     */
    public List<Boundary> furtherMerges() {
        return layouts.furtherMerges();
    }

    private static List<PageState> withIds(ProcessState process) {
        return process.pages().stream().filter(page -> page.kind().hasId()).toList();
    }

    private static void compareSlab(String slab, StateSnapshot expected, StateSnapshot actual, Findings findings) {
        if (expected.slab(slab) != actual.slab(slab)) {
            findings.add(slab + " objects", Long.toString(expected.slab(slab)), Long.toString(actual.slab(slab)));
        }
    }

    private void compareProcess(int number, ProcessState expected, ProcessState actual, Findings findings) {
        if (compare.contains(Compare.EXACT_VMAS)
                ? !expected.vmas().equals(actual.vmas())
                : !layouts.isEqualButForMerges(findings.step, number, expected.vmas(), actual.vmas())) {
            findings.add(
                    "VMAs of process " + number,
                    expected.vmas().toString(),
                    actual.vmas().toString());
        }
        Map<Long, PageState> expectedPages = byNumber(expected);
        Map<Long, PageState> actualPages = byNumber(actual);
        Set<Long> pages = new TreeSet<>(expectedPages.keySet());
        pages.addAll(actualPages.keySet());
        for (long page : pages) {
            PageState wanted = expectedPages.get(page);
            PageState found = actualPages.get(page);
            String where = "page " + page + " of process " + number;
            if (wanted == null || found == null || !sameButFrame(wanted, found)) {
                findings.add(where, text(wanted), text(found));
            }
            if (wanted != null
                    && found != null
                    && wanted.kind() == found.kind()
                    && wanted.kind().hasId()) {
                FramePairing.Mismatch mismatch = frames.pair(wanted, found);
                if (mismatch != null) {
                    findings.add("frame of " + where, mismatch.expected(), mismatch.actual());
                }
            }
        }
    }

    private static boolean sameButFrame(PageState expected, PageState actual) {
        return expected.kind() == actual.kind()
                && expected.mapcount() == actual.mapcount()
                && expected.exclusive() == actual.exclusive()
                && expected.large() == actual.large();
    }

    /** Pages of files count as absent: they are not compared. */
    private static Map<Long, PageState> byNumber(ProcessState process) {
        Map<Long, PageState> pages = new HashMap<>();
        for (PageState page : process.pages()) {
            if (page.kind() != PageState.Kind.FILE) {
                pages.put(page.page(), page);
            }
        }
        return pages;
    }

    private static String text(StepResult result) {
        return "ret " + result.ret() + " errno " + result.errno();
    }

    private static String text(@Nullable PageState page) {
        if (page == null) {
            return "nothing (or a page of a file)";
        }
        String text = page.kind().word();
        if (page.kind() == PageState.Kind.ANON) {
            text += " mapcount " + page.mapcount() + " exclusive " + (page.exclusive() ? 1 : 0) + " large "
                    + page.large();
        }
        return text;
    }

    /** The differences of one step. */
    private static final class Findings {
        private final RecordedStep step;
        private final List<Difference> list = new ArrayList<>();

        Findings(RecordedStep step) {
            this.step = step;
        }

        void add(String what, String expected, String actual) {
            list.add(new Difference(step.step(), step.op(), what, expected, actual));
        }
    }
}
