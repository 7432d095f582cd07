package io.github.rmap4j.tck.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.strategy.Contestant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays recordings of a live kernel. The system property {@code recordings.dir} names a folder with more of them,
 * made by other seeds.
 */
@DisplayName("Recordings of Linux")
class RecordingReplayTest {
    private static final String FOLDER = "/io/github/rmap4j/tck/recordings";

    /** Recordings whose names begin like this were made with hugepages-2048kB at madvise and all other sizes at never. */
    private static final String HUGE = "huge-";

    /** For the others hugepages-64kB was at madvise and all other sizes at never. */
    private static final int LARGE_ORDER = 4;

    /** Verifying after every step takes much longer than the replay itself. */
    private static final int OFTEN = 1;

    private static final int SELDOM = 10;

    private static final int RARELY = 50;

    @TestFactory
    Stream<DynamicTest> recordings() throws IOException, URISyntaxException {
        List<Path> files = recordings(shipped());
        assertThat(files).as("recordings beside these tests").hasSizeGreaterThanOrEqualTo(100);
        return replays(files);
    }

    /** Everything is as in Linux, also how many anon_vmas there are. */
    private static final Set<Compare> ALL = EnumSet.allOf(Compare.class);

    /** Processes see what they see in Linux, but other VMAs may merge. */
    private static final Set<Compare> NOTHING_MORE = Set.of();

    static Stream<Arguments> otherStrategies() {
        List<String> none = List.of();
        // Two neighbours were faulted with rights that kept them apart. In Linux the second takes the anon_vma of the
        // first.
        List<String> missed = List.of("wide-2.jsonl.gz step 38 '1 mprotect 23 4 rw', process 1 page 24");
        // Linux merges no VMAs with different anon_vmas, but roots of one base can be united.
        List<String> unitedRoots = List.of(
                "large-4.jsonl.gz step 70 '10 madvise 48 16 hugepage', process 10 page 48",
                "large-swap-1.jsonl.gz step 30 '1 madvise 32 16 hugepage', process 1 page 48",
                "large-swap-1.jsonl.gz step 97 '1 fork 7', process 7 page 48");
        return Stream.of(
                Arguments.of("anonvma-maple", ALL, none, none),
                Arguments.of("lazy,lazy=off", ALL, none, none),
                Arguments.of("lazy-nofork", ALL, none, none),
                Arguments.of("lazy", NOTHING_MORE, missed, none),
                Arguments.of("lazy,copies=parent-anon-vma", NOTHING_MORE, missed, none),
                Arguments.of("lazy-gki", NOTHING_MORE, none, none),
                Arguments.of("lazy,merge=same-base", NOTHING_MORE, none, unitedRoots));
    }

    @ParameterizedTest(name = "{0} replays all recordings")
    @MethodSource("otherStrategies")
    void underOtherStrategies(
            String strategy, Set<Compare> compare, List<String> missedMerges, List<String> furtherMerges)
            throws IOException, URISyntaxException {
        Contestant contestant = Contestant.named(strategy);
        List<String> actuallyMissed = new ArrayList<>();
        List<String> actuallyMerged = new ArrayList<>();
        for (Path file : recordings(shipped())) {
            ReplayOutcome outcome = replay(file, contestant, new RecordingReplay(compare, RARELY));
            outcome.missedMerges().forEach(boundary -> actuallyMissed.add(text(file, boundary)));
            outcome.furtherMerges().forEach(boundary -> actuallyMerged.add(text(file, boundary)));
            assertThat(outcome.differences().stream().filter(difference -> !isShownOtherwise(file, difference)))
                    .as("differences between %s and Linux in %s", strategy, file)
                    .isEmpty();
        }
        assertThat(actuallyMissed).as("missed merges of %s", strategy).isEqualTo(missedMerges);
        assertThat(actuallyMerged).as("further merges of %s", strategy).isEqualTo(furtherMerges);
    }

    /**
     * CoW contexts merge what anon_vma must keep apart: forked and faulted neighbours. Where that makes room for a folio of
     * 2 MiB, or a VMA faulted that is not in Linux, the rest of the recording follows from it.
     */
    @ParameterizedTest
    @ValueSource(strings = {"cowctx", "cowctx-pruned"})
    void underCowContexts(String strategy) throws IOException, URISyntaxException {
        Contestant contestant = Contestant.named(strategy);
        List<String> missed = new ArrayList<>();
        List<String> different = new ArrayList<>();
        int further = 0;
        for (Path file : recordings(shipped())) {
            ReplayOutcome outcome = replay(file, contestant, new RecordingReplay(NOTHING_MORE, RARELY));
            outcome.missedMerges().forEach(boundary -> missed.add(text(file, boundary)));
            further += outcome.furtherMerges().size();
            outcome.differences().stream()
                    .filter(difference -> !isShownOtherwise(file, difference))
                    .findFirst()
                    .ifPresent(first -> different.add(file.getFileName() + " step " + first.step()));
        }
        assertThat(further).as("further merges").isEqualTo(213);
        // Parts of VMAs that are not faulted in Linux, and so get a fitting page offset when they are moved.
        assertThat(missed)
                .containsExactly(
                        "merge-4.jsonl.gz step 87 '2 mmap 18 4 r', process 2 page 18",
                        "merge-4.jsonl.gz step 143 '2 fork 3', process 3 page 18",
                        "merge-5.jsonl.gz step 76 '3 mremap 2 1 3 1', process 3 page 4",
                        "merge-8.jsonl.gz step 118 '2 mprotect 40 5 r', process 2 page 40",
                        "remap-4.jsonl.gz step 115 '6 mremap 3 1 29 1', process 6 page 29");
        assertThat(different).as("where 2 MiB fit into a merged VMA").containsExactly("huge-20.jsonl.gz step 27");
    }

    private static String text(Path file, Boundary boundary) {
        return String.format(
                "%s step %d '%s', process %d page %d",
                file.getFileName(), boundary.step(), boundary.op(), boundary.process(), boundary.page());
    }

    @TestFactory
    Stream<DynamicTest> moreRecordings() throws IOException {
        String folder = System.getProperty("recordings.dir");
        if (folder == null) {
            return Stream.empty();
        }
        List<Path> files = recordings(Path.of(folder));
        assertThat(files).as("recordings in %s", folder).isNotEmpty();
        return replays(files);
    }

    @Test
    void anOperationThatIsMissingInTheReplayEndsItEarly() throws IOException {
        // The fork of process 1 failed in the replay, as it seems, because it is not in the recording.
        List<Difference> differences = replay("""
            {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,\
            "procs":{"0":{"vmas":[],"pages":[]},\
            "1":{"vmas":[],"pages":[]}}}
            {"op":"1 exit","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            """);
        assertThat(differences).containsExactly(new Difference(0, "start", "processes", "[0, 1]", "[0]"));
    }

    @Test
    void aForkThatSucceedsOnlyInTheReplayIsADifference() throws IOException {
        for (String fork : List.of("fork", "vfork")) {
            String failed = """
                {"op":"0 %s 1","ret":-1,"errno":12,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
                """.formatted(fork);
            List<Difference> differences = replay("""
                {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
                """ + failed + failed);
            assertThat(differences)
                    .containsExactly(
                            new Difference(1, "0 " + fork + " 1", "result", "ret -1 errno 12", "ret 0 errno 0"),
                            new Difference(1, "0 " + fork + " 1", "processes", "[0]", "[0, 1]"));
        }
    }

    @Test
    void aRecordingThatNamesAProcessThatNeverWasIsMalformed() {
        assertThatThrownBy(() -> replay("""
            {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"1 exit","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            """))
                .isInstanceOf(ProgramException.class)
                .hasMessage("'1 exit': there is no process 1 among [0]");
    }

    @Test
    void anOperationThatDoesNotExistNamesItsLine() {
        assertThatThrownBy(() -> replay("""
            {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"0 mlockall","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            """))
                .isInstanceOf(ProgramException.class)
                .hasMessageStartingWith("test:2: expected an operation (mmap,")
                .hasMessageEndingWith("found 'mlockall'");
    }

    @Test
    void aManagerThatIsInUseIsRefused() {
        MemoryManager manager = manager();
        manager.createAddressSpace();
        RecordingReplay replay = new RecordingReplay(Set.of(), 0);
        assertThatThrownBy(() -> replay.replay(recording(""), manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the manager has address spaces already");
    }

    @Test
    void theManagerVerifiesItselfAsOftenAsTold() throws IOException {
        String lines = """
            {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"0 munmap 0 1","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"0 munmap 0 2","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"0 munmap 0 3","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            {"op":"0 munmap 0 4","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
            """;
        for (int[] expected : new int[][] {{0, 0}, {1, 4}, {2, 2}, {3, 2}, {9, 1}}) {
            AtomicInteger verified = new AtomicInteger();
            MemoryManager manager = withVerify(verified::incrementAndGet);
            assertThat(new RecordingReplay(Set.of(), expected[0]).replay(recording(lines), manager))
                    .isEmpty();
            assertThat(verified).as("verifyEvery %d", expected[0]).hasValue(expected[1]);
        }
        MemoryManager inconsistent = withVerify(() -> {
            throw new IllegalStateException("a page is lost");
        });
        assertThatThrownBy(() -> new RecordingReplay(Set.of(), 2).replay(recording(lines), inconsistent))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("test step 2 '0 munmap 0 2': a page is lost")
                .hasRootCauseMessage("a page is lost");
    }

    /** A manager whose verify() does something else. */
    private static MemoryManager withVerify(Runnable verify) {
        MemoryManager manager = manager();
        return (MemoryManager) Proxy.newProxyInstance(
                MemoryManager.class.getClassLoader(),
                new Class<?>[] {MemoryManager.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("verify")) {
                        verify.run();
                        return null;
                    }
                    return method.invoke(manager, arguments);
                });
    }

    @Test
    void verifyingCannotBeNegative() {
        assertThatThrownBy(() -> new RecordingReplay(Set.of(), -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("verifyEvery must not be negative: -1");
    }

    private static List<Difference> replay(String lines) throws IOException {
        try (Recording recording = recording(lines)) {
            return new RecordingReplay(EnumSet.allOf(Compare.class), OFTEN).replay(recording, manager());
        }
    }

    private static Recording recording(String lines) throws IOException {
        return Recording.read("test", new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    }

    private static Stream<DynamicTest> replays(List<Path> files) {
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            int verifyEvery = i % 4 == 0 ? OFTEN : SELDOM;
            URI source = file.toUri();
            tests.add(DynamicTest.dynamicTest(
                    file.getFileName().toString(), source, () -> assertReplay(file, verifyEvery)));
        }
        return tests.stream();
    }

    private static void assertReplay(Path file, int verifyEvery) throws IOException {
        RecordingReplay replay = new RecordingReplay(ALL, verifyEvery);
        assertThat(replay(file, Contestant.named("anonvma"), replay).differences().stream()
                        .filter(difference -> !isShownOtherwise(file, difference)))
                .as("differences between the strategy anonvma and Linux in %s", file)
                .isEmpty();
    }

    private static ReplayOutcome replay(Path file, Contestant contestant, RecordingReplay replay) throws IOException {
        try (Recording recording = Recording.open(file)) {
            return replay.run(recording, manager(contestant, isHuge(file) ? MemoryManager.PMD_ORDER : LARGE_ORDER));
        }
    }

    private static boolean isHuge(Path file) {
        return file.getFileName().toString().startsWith(HUGE);
    }

    /**
     * /proc/PID/pagemap says of all pages that one entry maps whether the first of them is mapped once, and the recorder
     * cannot tell the huge zero page from nothing.
     */
    private static boolean isShownOtherwise(Path file, Difference difference) {
        if (!isHuge(file)) {
            return false;
        }
        boolean hugeZeroPage = difference.expected().startsWith("nothing")
                && difference.actual().equals("zero");
        return hugeZeroPage
                || (difference.expected().contains(" large ")
                        && withoutExclusive(difference.expected()).equals(withoutExclusive(difference.actual())));
    }

    private static String withoutExclusive(String page) {
        return page.replaceFirst("exclusive [01] large [12]", "large");
    }

    private static MemoryManager manager() {
        return manager(Contestant.named("anonvma"), LARGE_ORDER);
    }

    private static MemoryManager manager(Contestant contestant, int largeOrder) {
        return contestant
                .builder()
                .checking(Checking.ON)
                .hugepages(largeOrder, HugepagePolicy.MADVISE)
                .build();
    }

    private static Path shipped() throws URISyntaxException {
        URL folder = RecordingReplayTest.class.getResource(FOLDER);
        assertThat(folder).as("resource %s", FOLDER).isNotNull();
        return Path.of(folder.toURI());
    }

    private static List<Path> recordings(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl.gz"))
                    .sorted()
                    .toList();
        }
    }
}
