package io.github.rmap4j.tck.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Compares a recording with altered copies of itself: every alteration must be reported. */
@DisplayName("Comparison of recordings")
class RecordingComparatorTest {
    private static final String RECORDING = """
        {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[],"pages":[]}}}
        {"op":"0 mmap 0 8 rw","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"0":{"vmas":[[0,8,"rw-p"]],"pages":[]}}}
        {"op":"0 write 0 4","ret":0,"errno":0,"anon_vma":1,"avc":1,\
        "procs":{"0":{"vmas":[[0,8,"rw-p"]],"pages":[[0,4,"anon",0,1,1,0],[6,1,"zero"],[7,1,"file"]]}}}
        {"op":"0 fork 1","ret":0,"errno":0,"anon_vma":2,"avc":3,\
        "procs":{"0":{"vmas":[[0,8,"rw-p"]],"pages":[[0,4,"anon",0,2,0,0],[6,1,"swap",0,0]]},\
        "1":{"vmas":[[0,8,"rw-p"]],"pages":[[0,4,"anon",0,2,0,0],[6,1,"swap",0,0]]}}}
        {"op":"1 write 0 1","ret":0,"errno":0,"anon_vma":2,"avc":3,\
        "procs":{"0":{"vmas":[[0,8,"rw-p"]],"pages":[[0,1,"anon",0,1,1,0],[1,3,"anon",1,2,0,0]]},\
        "1":{"vmas":[[0,8,"rw-p"]],"pages":[[0,1,"anon",4,1,1,0],[1,3,"anon",1,2,0,0]]}}}
        {"op":"0 exit","ret":0,"errno":0,"anon_vma":2,"avc":2,\
        "procs":{"1":{"vmas":[[0,8,"rw-p"]],"pages":[[0,1,"anon",4,1,1,0],[1,3,"anon",1,1,1,0]]}}}
        {"op":"1 munmap 0 8","ret":0,"errno":0,"anon_vma":0,"avc":0,"procs":{"1":{"vmas":[],"pages":[]}}}
        {"op":"1 mmap 0 2 rw","ret":-1,"errno":12,"anon_vma":0,"avc":0,"procs":{"1":{"vmas":[],"pages":[]}}}
        """;

    @Test
    void aCopyIsEqual() throws IOException {
        assertThat(differences(RECORDING)).isEmpty();
    }

    @Test
    void framesMayHaveOtherNumbersOnTheOtherSide() throws IOException {
        String renamed = RECORDING
                .replace("[0,4,\"anon\",0,", "[0,2,\"anon\",700,A],[2,2,\"anon\",40,")
                .replace("[0,1,\"anon\",0,", "[0,1,\"anon\",700,")
                .replace("[1,3,\"anon\",1,", "[1,1,\"anon\",701,A],[2,2,\"anon\",40,")
                .replace("[0,1,\"anon\",4,", "[0,1,\"anon\",0,");
        // The tail of each run is copied to the part that was split off.
        renamed = renamed.replaceAll("A\\],(\\[[^\\]]*,\"anon\",\\d+,(\\d,\\d,\\d)\\])", "$2],$1");
        assertThat(renamed).contains("[0,2,\"anon\",700,2,0,0],[2,2,\"anon\",40,2,0,0]");
        assertThat(differences(renamed)).isEmpty();
    }

    @Test
    void anotherVma() throws IOException {
        assertThat(differences(line(2).replace("[0,8,", "[0,9,")))
                .containsExactly(new Difference(1, "0 mmap 0 8 rw", "VMAs of process 0", "[0-8 rw-p]", "[0-9 rw-p]"));
    }

    @Test
    void otherPermissions() throws IOException {
        assertThat(differences(line(2).replace("rw-p", "r--p")))
                .containsExactly(new Difference(1, "0 mmap 0 8 rw", "VMAs of process 0", "[0-8 rw-p]", "[0-8 r--p]"));
    }

    @Test
    void twoVmasInsteadOfOne() throws IOException {
        assertThat(differences(line(2).replace("[0,8,\"rw-p\"]", "[0,5,\"rw-p\"],[5,8,\"rw-p\"]")))
                .containsExactly(
                        new Difference(1, "0 mmap 0 8 rw", "VMAs of process 0", "[0-8 rw-p]", "[0-5 rw-p, 5-8 rw-p]"));
    }

    @Test
    void anotherMapcount() throws IOException {
        assertThat(differences(line(6).replace("[1,3,\"anon\",1,1,1,0]", "[1,3,\"anon\",1,2,1,0]")))
                .containsExactly(
                        page(
                                5,
                                "0 exit",
                                1,
                                1,
                                "anon mapcount 1 exclusive 1 large 0",
                                "anon mapcount 2 exclusive 1 large 0"),
                        page(
                                5,
                                "0 exit",
                                2,
                                1,
                                "anon mapcount 1 exclusive 1 large 0",
                                "anon mapcount 2 exclusive 1 large 0"),
                        page(
                                5,
                                "0 exit",
                                3,
                                1,
                                "anon mapcount 1 exclusive 1 large 0",
                                "anon mapcount 2 exclusive 1 large 0"));
    }

    @Test
    void anotherExclusive() throws IOException {
        assertThat(differences(line(6).replace("[0,1,\"anon\",4,1,1,0]", "[0,1,\"anon\",4,1,0,0]")))
                .containsExactly(page(
                        5,
                        "0 exit",
                        0,
                        1,
                        "anon mapcount 1 exclusive 1 large 0",
                        "anon mapcount 1 exclusive 0 large 0"));
    }

    @Test
    void aLargeFolio() throws IOException {
        assertThat(differences(line(6).replace("[0,1,\"anon\",4,1,1,0]", "[0,1,\"anon\",4,1,1,1]")))
                .containsExactly(page(
                        5,
                        "0 exit",
                        0,
                        1,
                        "anon mapcount 1 exclusive 1 large 0",
                        "anon mapcount 1 exclusive 1 large 1"));
    }

    @Test
    void swappedFrames() throws IOException {
        assertThat(differences(line(6).replace(
                                "[0,1,\"anon\",4,1,1,0],[1,3,\"anon\",1,",
                                "[0,1,\"anon\",1,1,1,0],[1,1,\"anon\",4,1,1,0],[2,2,\"anon\",2,")))
                .containsExactly(frame(5, "0 exit", 0, 1, "frame 4, so far 4", "frame 1, so far 1"));
    }

    @Test
    void aCopyWhereTheFrameIsReused() throws IOException {
        assertThat(differences(line(6).replace("[0,1,\"anon\",4,", "[0,1,\"anon\",9,")))
                .containsExactly(frame(5, "0 exit", 0, 1, "frame 4, so far 4", "frame 9, new"));
    }

    @Test
    void aReusedFrameWhereItIsCopied() throws IOException {
        assertThat(differences(line(5).replace("[0,1,\"anon\",4,", "[0,1,\"anon\",0,")))
                .contains(frame(4, "1 write 0 1", 0, 1, "frame 4, new", "frame 0, so far 0"));
    }

    @Test
    void aFrameThatChangesBetweenTwoSteps() throws IOException {
        // Every state by itself is right up to a renaming of frames, but not the same renaming.
        assertThat(differences(line(6).replace("[1,3,\"anon\",1,", "[1,3,\"anon\",50,")))
                .containsExactly(
                        frame(5, "0 exit", 1, 1, "frame 1, so far 1", "frame 50, new"),
                        frame(5, "0 exit", 2, 1, "frame 2, so far 2", "frame 51, new"),
                        frame(5, "0 exit", 3, 1, "frame 3, so far 3", "frame 52, new"));
    }

    @Test
    void mergedFrames() throws IOException {
        assertThat(differences(
                        line(3).replace("[0,4,\"anon\",0,1,1,0]", "[0,3,\"anon\",0,1,1,0],[3,1,\"anon\",0,1,1,0]")))
                .contains(frame(2, "0 write 0 4", 3, 0, "frame 3, new", "frame 0, so far 0"));
    }

    @Test
    void splitFrames() throws IOException {
        String split = line(4).replaceFirst("\\[0,4,\"anon\",0,2,0,0\\](?=.*\\],\"pages\":\\[\\[0,4)", "X");
        assertThat(split).contains("X");
        assertThat(differences(split.replace("X", "[0,4,\"anon\",10,2,0,0]")))
                .contains(frame(3, "0 fork 1", 0, 0, "frame 0, so far 0", "frame 10, new"));
    }

    @Test
    void aForgottenFrameMayComeBackUnderTheSameNumber() throws IOException {
        String more = RECORDING + """
            {"op":"1 write 0 1","ret":0,"errno":0,"anon_vma":1,"avc":1,\
            "procs":{"1":{"vmas":[],"pages":[[0,1,"anon",2,1,1,0]]}}}
            """;
        assertThat(differences(more, more.replace("[0,1,\"anon\",2,", "[0,1,\"anon\",1,")))
                .isEmpty();
    }

    @Test
    void aFrameThatAnotherProcessStillHasIsNotForgotten() throws IOException {
        String lines = """
            {"op":"start","ret":0,"errno":0,"anon_vma":0,"avc":0,\
            "procs":{"0":{"vmas":[],"pages":[[0,1,"anon",0,2,0,0]]},\
            "1":{"vmas":[],"pages":[[0,1,"anon",0,2,0,0]]}}}
            {"op":"0 munmap 0 1","ret":0,"errno":0,"anon_vma":0,"avc":0,\
            "procs":{"0":{"vmas":[],"pages":[]},\
            "1":{"vmas":[],"pages":[[0,1,"anon",0,1,1,0]]}}}
            """;
        assertThat(differences(lines, lines.replace("[0,1,\"anon\",0,1,1,0]", "[0,1,\"anon\",1,1,1,0]")))
                .containsExactly(frame(1, "0 munmap 0 1", 0, 1, "frame 0, so far 0", "frame 1, new"));
    }

    @Test
    void swapSlotsAndFramesHaveNumbersOfTheirOwn() throws IOException {
        assertThat(differences(RECORDING.replace("\"swap\",0,", "\"swap\",2,"))).isEmpty();
        assertThat(differences(line(4).replaceFirst("\"swap\",0,", "\"swap\",1,")))
                .containsExactly(frame(3, "0 fork 1", 6, 1, "frame 0, so far 1", "frame 0, new"));
    }

    @Test
    void anotherKindOfPage() throws IOException {
        assertThat(differences(line(3).replace("[6,1,\"zero\"]", "[6,1,\"guard\"]")))
                .containsExactly(page(2, "0 write 0 4", 6, 0, "zero", "guard"));
        assertThat(differences(line(3).replace("[6,1,\"zero\"],", "")))
                .containsExactly(page(2, "0 write 0 4", 6, 0, "zero", "nothing (or a page of a file)"));
        assertThat(differences(line(3).replace("[6,1,\"zero\"]", "[5,2,\"zero\"]")))
                .containsExactly(page(2, "0 write 0 4", 5, 0, "nothing (or a page of a file)", "zero"));
    }

    @Test
    void whichPagesOfFilesArePresentDoesNotMatter() throws IOException {
        assertThat(differences(line(3).replace(",[7,1,\"file\"]", ""))).isEmpty();
        assertThat(differences(line(3).replace("[6,1,\"zero\"]", "[5,1,\"file\"],[6,1,\"zero\"]")))
                .isEmpty();
        assertThat(differences(line(3).replace("[7,1,\"file\"]", "[7,1,\"anon\",60,1,1,0]")))
                .containsExactly(page(
                        2,
                        "0 write 0 4",
                        7,
                        0,
                        "nothing (or a page of a file)",
                        "anon mapcount 1 exclusive 1 large 0"));
    }

    @Test
    void anotherErrno() throws IOException {
        assertThat(differences(line(8).replace("\"errno\":12", "\"errno\":17")))
                .containsExactly(new Difference(7, "1 mmap 0 2 rw", "result", "ret -1 errno 12", "ret -1 errno 17"));
    }

    @Test
    void successInsteadOfFailure() throws IOException {
        assertThat(differences(line(8).replace("\"ret\":-1,\"errno\":12", "\"ret\":0,\"errno\":0")))
                .containsExactly(new Difference(7, "1 mmap 0 2 rw", "result", "ret -1 errno 12", "ret 0 errno 0"));
    }

    @Test
    void otherCounts() throws IOException {
        String changed = line(4).replace("\"anon_vma\":2,\"avc\":3", "\"anon_vma\":3,\"avc\":4");
        assertThat(differences(changed))
                .containsExactly(
                        new Difference(3, "0 fork 1", "anon_vma objects", "2", "3"),
                        new Difference(3, "0 fork 1", "anon_vma_chain objects", "3", "4"));
        assertThat(differences(RECORDING, changed, EnumSet.noneOf(Compare.class)))
                .isEmpty();
    }

    @Test
    void aProcessTooMany() throws IOException {
        assertThat(differences(line(6).replace("\"procs\":{", "\"procs\":{\"0\":{\"vmas\":[],\"pages\":[]},")))
                .containsExactly(new Difference(5, "0 exit", "processes", "[1]", "[0, 1]"));
    }

    @Test
    void aDifferenceReadsWell() {
        assertThat(new Difference(3, "0 fork 1", "anon_vma objects", "2", "3"))
                .hasToString("step 3 '0 fork 1', anon_vma objects:\n    expected 2\n    actual   3");
    }

    private static Difference page(int step, String op, int page, int process, String expected, String actual) {
        return new Difference(step, op, "page " + page + " of process " + process, expected, actual);
    }

    private static Difference frame(int step, String op, int page, int process, String expected, String actual) {
        return new Difference(step, op, "frame of page " + page + " of process " + process, expected, actual);
    }

    /** An editor of one line of the recording. */
    private static LineOf line(int number) {
        return new LineOf(RECORDING.lines().toList(), number - 1);
    }

    private record LineOf(List<String> lines, int index) {
        String replace(String part, String by) {
            assertThat(lines.get(index)).contains(part);
            return with(lines.get(index).replace(part, by));
        }

        String replaceFirst(String regex, String by) {
            return with(lines.get(index).replaceFirst(regex, by));
        }

        private String with(String line) {
            List<String> changed = new ArrayList<>(lines);
            changed.set(index, line);
            return String.join("\n", changed);
        }
    }

    private static List<Difference> differences(String actual) throws IOException {
        return differences(RECORDING, actual);
    }

    private static List<Difference> differences(String expected, String actual) throws IOException {
        return differences(expected, actual, EnumSet.allOf(Compare.class));
    }

    private static List<Difference> differences(String expected, String actual, Set<Compare> compare)
            throws IOException {
        List<Difference> differences = new ArrayList<>();
        RecordingComparator comparator = new RecordingComparator(compare);
        try (Recording left = recording(expected);
                Recording right = recording(actual)) {
            for (RecordedStep step = left.next(); step != null; step = left.next()) {
                RecordedStep other = right.next();
                assertThat(other).as("as many lines").isNotNull();
                differences.addAll(comparator.compare(step, other.result(), other.state()));
            }
        }
        return differences;
    }

    private static Recording recording(String lines) throws IOException {
        return Recording.read("test", new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    }
}
