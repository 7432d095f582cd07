package io.github.rmap4j.tck.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.tck.program.PageState;
import io.github.rmap4j.tck.program.PageState.Kind;
import io.github.rmap4j.tck.program.ProcessState;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import io.github.rmap4j.tck.program.VmaRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Reader of recordings")
class RecordingTest {
    private static final String START =
            "{\"op\":\"start\",\"ret\":0,\"errno\":0,\"anon_vma\":0,\"avc\":0,\"procs\":{}}";

    @Test
    void everyFieldOfALine() throws IOException {
        String line = """
            {"step":4,"op":"0 fork 1","ret":-1,"errno":12,"anon_vma":2,"avc":3,"slabs":{"cow_ctx":4},"procs":{\
            "0":{"vmas":[[0,16,"rw-p"],[16,17,"---s"]],"pages":[[0,2,"anon",5,3,0,0],[2,1,"anon",9,1,1,0],\
            [3,3,"anon",10,1,1,1],[6,2,"anon",20,1,1,2],[8,2,"swap",7,0],[10,1,"zero"],[11,2,"guard"],[14,1,"file"]],\
            "anonExclusive":[[2,3]]},\
            "12":{"vmas":[],"pages":[]}}}\
            """;
        ProcessState process = new ProcessState(
                List.of(new VmaRange(0, 16, "rw-p"), new VmaRange(16, 17, "---s")),
                List.of(
                        new PageState(0, Kind.ANON, 5, 3, false, 0),
                        new PageState(1, Kind.ANON, 6, 3, false, 0),
                        new PageState(2, Kind.ANON, 9, 1, true, 0),
                        new PageState(3, Kind.ANON, 10, 1, true, 1),
                        new PageState(4, Kind.ANON, 11, 1, true, 2),
                        new PageState(5, Kind.ANON, 12, 1, true, 2),
                        new PageState(6, Kind.ANON, 20, 1, true, 2),
                        new PageState(7, Kind.ANON, 21, 1, true, 2),
                        new PageState(8, Kind.SWAP, 7, 0, false, 0),
                        new PageState(9, Kind.SWAP, 8, 0, false, 0),
                        PageState.of(10, Kind.ZERO),
                        PageState.of(11, Kind.GUARD),
                        PageState.of(12, Kind.GUARD),
                        PageState.of(14, Kind.FILE)),
                List.of(2L, 3L, 4L));
        try (Recording recording = plain(START, line)) {
            assertThat(recording.next().step()).isZero();
            RecordedStep step = recording.next();
            assertThat(step.line()).isEqualTo(2);
            assertThat(step.step()).isEqualTo(1);
            assertThat(step.op()).isEqualTo("0 fork 1");
            assertThat(step.result()).isEqualTo(new StepResult(-1, 12));
            assertThat(step.state().slabs())
                    .containsOnly(Map.entry("anon_vma", 2L), Map.entry("anon_vma_chain", 3L), Map.entry("cow_ctx", 4L));
            assertThat(step.state().processes())
                    .containsOnly(
                            Map.entry(0, process), Map.entry(12, new ProcessState(List.of(), List.of(), List.of())));
            assertThat(recording.next()).isNull();
            assertThat(recording.name()).isEqualTo("test");
        }
    }

    @Test
    void whatAStateWritesCanBeRead() throws IOException {
        StateSnapshot state = new StateSnapshot(
                Map.of(
                        3,
                        new ProcessState(
                                List.of(new VmaRange(1, 9, "r-xp")),
                                List.of(
                                        new PageState(1, Kind.ANON, 4, 2, false, 0),
                                        new PageState(2, Kind.ANON, 5, 2, false, 0),
                                        new PageState(3, Kind.SWAP, 6, 0, false, 0),
                                        PageState.of(4, Kind.ZERO)),
                                List.of(1L, 2L))),
                Map.of("anon_vma", 1L, "anon_vma_chain", 2L, "other", 3L));
        try (Recording recording = plain(START, state.toJsonLine("0 read 1 1", StepResult.OK))) {
            recording.next();
            RecordedStep step = recording.next();
            assertThat(step.op()).isEqualTo("0 read 1 1");
            assertThat(step.result()).isEqualTo(StepResult.OK);
            assertThat(step.state().processes()).isEqualTo(state.processes());
            assertThat(step.state().slabs()).isEqualTo(state.slabs());
        }
    }

    @Test
    void compressionIsRecognisedByContent(@TempDir Path folder) throws IOException {
        Path plain = Files.writeString(folder.resolve("plain.gz"), START);
        Path compressed = Files.write(folder.resolve("compressed"), gzip(START + "\n"));
        for (Path file : List.of(plain, compressed)) {
            try (Recording recording = Recording.open(file)) {
                assertThat(recording.next().op()).isEqualTo("start");
                assertThat(recording.next()).isNull();
                assertThat(recording.name()).isEqualTo(file.getFileName().toString());
            }
        }
    }

    @Test
    void aFileThatIsMissing(@TempDir Path folder) {
        assertThatThrownBy(() -> Recording.open(folder.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileThatIsCutOff() throws IOException {
        byte[] whole = gzip(START + "\n" + operation("0 exit") + "\n");
        byte[] part = Arrays.copyOf(whole, whole.length - 30);
        assertThatThrownBy(() -> readAll(Recording.read("cut.gz", new ByteArrayInputStream(part))))
                .isInstanceOf(RecordingException.class)
                .hasMessageMatching("cut\\.gz:[12]: cannot be read: Unexpected end of ZLIB input stream")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aFileWithADamagedHeader() {
        byte[] damaged = {0x1f, (byte) 0x8b, 99, 0, 0, 0, 0, 0, 0, 0};
        assertThatThrownBy(() -> Recording.read("bad.gz", new ByteArrayInputStream(damaged)))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith("bad.gz:1: damaged gzip header: ");
    }

    @Test
    void anEmptyFile() {
        assertThatThrownBy(() -> readAll(Recording.read("empty", new ByteArrayInputStream(new byte[0]))))
                .isInstanceOf(RecordingException.class)
                .hasMessage("empty:1: expected operation 'start', found the end of the file");
    }

    @TestFactory
    Stream<DynamicTest> badLines() {
        return Stream.of(
                bad("", "expected a JSON object, found "),
                bad("[1]", "expected a JSON object, found [1]"),
                bad("{\"op\":\"0 exit\",", "not a JSON object: "),
                bad(START + " 1", "not a JSON object: Trailing token"),
                bad("{\"op\":\"a\",\"op\":\"b\"}", "not a JSON object: Duplicate field"),
                bad(operation("start"), "operation 'start' belongs into line 1 and only there, found 'start'"),
                bad("{\"ret\":0}", "there is no \"op\""),
                bad("{\"op\":7}", "expected a string in \"op\", found 7"),
                bad("{\"op\":\"0 exit\"}", "there is no \"ret\""),
                bad(replaced("\"ret\":0", "\"ret\":1"), "expected a number from -1 to 0 as ret, found 1"),
                bad(replaced("\"ret\":0", "\"ret\":\"0\""), "expected a number from -1 to 0 as ret, found \"0\""),
                bad(replaced("\"ret\":0", "\"ret\":0.5"), "expected a number from -1 to 0 as ret, found 0.5"),
                bad(replaced("\"ret\":0", "\"ret\":-1"), "ret -1 and errno 0 contradict each other"),
                bad(replaced("\"errno\":0", "\"errno\":14"), "ret 0 and errno 14 contradict each other"),
                bad(replaced("\"anon_vma\":0,", ""), "there is no \"anon_vma\""),
                bad(
                        replaced("\"avc\":0", "\"avc\":-1"),
                        "expected a number from 0 to 9223372036854775807 as avc, found -1"),
                bad(replaced("\"avc\":0", "\"avc\":0,\"slabs\":3"), "expected an object in \"slabs\", found 3"),
                bad(replaced("\"procs\":{", "\"procs\":[],\"x\":{"), "expected an object in \"procs\", found []"),
                bad(replaced("\"0\":", "\"init\":"), "expected the number of a process, found \"init\""),
                bad(replaced("{\"vmas\":[],\"pages\":[]}", "5"), "expected an object in \"0\", found 5"),
                bad(replaced("\"vmas\":[],", ""), "there is no \"vmas\""),
                bad(replaced("\"vmas\":[]", "\"vmas\":{}"), "expected an array in \"vmas\", found {}"),
                badVma("[0,1]", "expected [start, end, permissions] in \"vmas\", found [0,1]"),
                badVma("[0,1,2]", "expected [start, end, permissions] in \"vmas\", found [0,1,2]"),
                badVma("{\"a\":0,\"b\":1,\"c\":\"rw-p\"}", "expected [start, end, permissions] in \"vmas\", found {"),
                badVma("[3,3,\"rw-p\"]", "expected VMAs that are not empty, in ascending order, found [3,3,\"rw-p\"]"),
                badVma(
                        "[0,4,\"rw-p\"],[3,5,\"rw-p\"]",
                        "expected VMAs that are not empty, in ascending order, found [3,5,\"rw-p\"]"),
                badPages("7", "expected [start, length, kind, ...] in \"pages\", found 7"),
                badPages("[0,1]", "expected [start, length, kind, ...] in \"pages\", found [0,1]"),
                badPages("[0,1,\"none\"]", "expected the kind of a page, found \"none\""),
                badPages("[0,1,\"zero\",1]", "expected 3 fields of a run of kind \"zero\", found [0,1,\"zero\",1]"),
                badPages(
                        "[0,1,\"anon\",1,1,1]",
                        "expected 7 fields of a run of kind \"anon\", found [0,1,\"anon\",1,1,1]"),
                badPages("[0,1,\"anon\",1,1,2,0]", "expected a number from 0 to 1 as exclusive, found 2"),
                badPages("[0,1,\"anon\",1,1,1,3]", "expected a number from 0 to 2 as large, found 3"),
                badPages("[0,1,\"swap\",1,1]", "expected a number from 0 to 0 as exclusive of a swap entry, found 1"),
                badPages("[-1,1,\"zero\"]", "expected a number from 0 to 68719476736 as start of a run, found -1"),
                badPages(
                        "[0,68719476737,\"zero\"]",
                        "expected a number from 0 to 68719476736 as length of a run, found 68719476737"),
                badPages(
                        "[0,0,\"zero\"]",
                        "expected runs of pages that are not empty, in ascending order, found [0,0,\"zero\"]"),
                badPages(
                        "[0,3,\"zero\"],[2,1,\"file\"]",
                        "expected runs of pages that are not empty, in ascending order, found [2,1,\"file\"]"),
                badPages(
                        "[0,68719476736,\"zero\"]",
                        "expected at most 2097152 pages in a line, found [0,68719476736,\"zero\"]"),
                badPages(
                        "[0,2097152,\"zero\"],[2097152,1,\"zero\"]",
                        "expected at most 2097152 pages in a line, found [2097152,1,\"zero\"]"),
                bad(
                        replaced("\"pages\":[]", "\"pages\":[],\"anonExclusive\":[[1,2097152],[1,1]]"),
                        "expected at most 2097152 pages in a line, found [1,1]"),
                bad(
                        replaced("\"pages\":[]", "\"pages\":[],\"anonExclusive\":[{\"a\":1,\"b\":2}]"),
                        "expected [start, length] in \"anonExclusive\", found {\"a\":1,\"b\":2}"),
                bad(
                        replaced("\"pages\":[]", "\"pages\":[],\"anonExclusive\":[[1]]"),
                        "expected [start, length] in \"anonExclusive\", found [1]"));
    }

    @Test
    void theFirstLineIsTheStart() {
        assertThatThrownBy(() -> readAll(plain(operation("0 exit"))))
                .isInstanceOf(RecordingException.class)
                .hasMessage("test:1: operation 'start' belongs into line 1 and only there, found '0 exit'");
    }

    private static String operation(String op) {
        return "{\"op\":\"" + op
                + "\",\"ret\":0,\"errno\":0,\"anon_vma\":0,\"avc\":0,\"procs\":{\"0\":{\"vmas\":[],\"pages\":[]}}}";
    }

    private static String replaced(String part, String by) {
        String whole = operation("0 exit");
        assertThat(whole).contains(part);
        return whole.replace(part, by);
    }

    private static DynamicTest badVma(String vmas, String message) {
        return bad(replaced("\"vmas\":[]", "\"vmas\":[" + vmas + "]"), message);
    }

    private static DynamicTest badPages(String pages, String message) {
        return bad(replaced("\"pages\":[]", "\"pages\":[" + pages + "]"), message);
    }

    private static DynamicTest bad(String line, String message) {
        return DynamicTest.dynamicTest(
                line.isEmpty() ? "empty line" : line,
                () -> assertThatThrownBy(() -> readAll(plain(START, line)))
                        .isInstanceOf(RecordingException.class)
                        .hasMessageStartingWith("test:2: " + message));
    }

    private static void readAll(Recording recording) throws IOException {
        try (recording) {
            while (recording.next() != null) {
                assertThat(recording.name()).isNotEmpty();
            }
        }
    }

    private static Recording plain(String... lines) throws IOException {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        return Recording.read("test", new ByteArrayInputStream(bytes));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
