package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.recording.Boundary;
import io.github.rmap4j.tck.recording.Difference;
import io.github.rmap4j.tck.recording.Recording;
import io.github.rmap4j.tck.recording.RecordingReplay;
import io.github.rmap4j.tck.recording.ReplayOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Recordings of a live kernel, for strategies with Linux's layout of VMAs. */
final class RecordingTasks {
    private static final String FOLDER = "/io/github/rmap4j/tck/recordings/";
    private static final String SUFFIX = ".jsonl.gz";
    /** What the words that repeat a recording begin with: random programs have the same names. */
    private static final String WORD = "recording:";

    private static final String MEMORY = "LINUX-1";
    private static final String VMAS = "LINUX-2";
    static final List<String> RULES = List.of(MEMORY, VMAS);

    /** Recordings whose names begin like this were made with folios of 2 MiB, others with folios of 64 KiB. */
    private static final String HUGE = "huge-";

    private static final int LARGE_ORDER = 4;

    private RecordingTasks() {}

    static List<Task> of(Subject subject) {
        List<Task> tasks = new ArrayList<>();
        if (subject.capabilities().containsAll(Set.of(Capability.values()))) {
            for (String name : names()) {
                tasks.add(new Task(WORD + name, RULES, () -> replay(name, subject)));
            }
        }
        return tasks;
    }

    /** The recordings, in the order of the file that lists them: a folder of a jar cannot be listed. */
    static List<String> names() {
        try (InputStream in = open("INDEX")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String file) {
        InputStream in = RecordingTasks.class.getResourceAsStream(FOLDER + file);
        if (in == null) {
            throw new IllegalStateException("there is no recording " + file + " in the kit");
        }
        return in;
    }

    private static List<Failure> replay(String name, Subject subject) throws IOException {
        MemoryManager manager = subject.checkedBuilder()
                .hugepages(name.startsWith(HUGE) ? MemoryManager.PMD_ORDER : LARGE_ORDER, HugepagePolicy.MADVISE)
                .build();
        ReplayOutcome outcome;
        try (Recording recording = Recording.read(name, open(name + SUFFIX))) {
            outcome = new RecordingReplay(Set.of(), 0).run(recording, manager);
        } catch (IllegalStateException e) {
            return List.of(failure(MEMORY, name, "replay", "an end", String.valueOf(e.getMessage())));
        }
        List<Failure> failures = new ArrayList<>();
        outcome.differences().stream()
                .filter(difference -> !name.startsWith(HUGE) || !isShownOtherwise(difference))
                .findFirst()
                .ifPresent(first -> failures.add(failure(
                        MEMORY,
                        name,
                        "step " + first.step() + " '" + first.op() + "', " + first.what(),
                        first.expected(),
                        first.actual())));
        boundaries(name, "VMAs that are one in Linux", outcome.missedMerges(), failures);
        boundaries(name, "VMAs that are two in Linux", outcome.furtherMerges(), failures);
        return failures;
    }

    private static void boundaries(String name, String what, List<Boundary> boundaries, List<Failure> failures) {
        if (!boundaries.isEmpty()) {
            Boundary first = boundaries.get(0);
            String where = "step " + first.step() + " '" + first.op() + "', process " + first.process() + " page "
                    + first.page();
            failures.add(failure(VMAS, name, where + ": " + what, "none", boundaries.size() + " in this recording"));
        }
    }

    private static Failure failure(String rule, String name, String what, String expected, String actual) {
        Finding finding = new Finding(Finding.Kind.CHECK, 0, "recording " + name, what, expected, actual);
        return new Failure(rule, finding, null, WORD + name);
    }

    /**
     * /proc/PID/pagemap says of all pages that one entry maps whether the first of them is mapped once, and the recorder
     * cannot tell the huge zero page from nothing.
     */
    private static boolean isShownOtherwise(Difference difference) {
        boolean hugeZeroPage = difference.expected().startsWith("nothing")
                && difference.actual().equals("zero");
        return hugeZeroPage
                || difference.expected().contains(" large ")
                        && withoutExclusive(difference.expected()).equals(withoutExclusive(difference.actual()));
    }

    private static String withoutExclusive(String page) {
        return page.replaceFirst("exclusive [01] large [12]", "large");
    }
}
