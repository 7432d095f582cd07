package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("lab diff")
class DiffCommandTest {
    private static final String INPUT = "scenario:wide-fork?children=3&vmas=2&pages=1";

    @TempDir
    private Path folder;

    private Path before;
    private Path now;

    @BeforeEach
    void compare() {
        before = compared("before", INPUT, "anonvma,lazy");
        now = compared("now", INPUT, "anonvma,lazy");
    }

    private Path compared(String name, String input, String strategies) {
        Path out = folder.resolve(name);
        assertThat(Cli.run("compare", input, "--strategies", strategies, "--out", out.toString())
                        .code())
                .isZero();
        return out;
    }

    private Cli.Result diff(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "diff";
        arguments[1] = before.toString();
        arguments[2] = now.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Cli.run(arguments);
    }

    private static void replace(Path file, String old, String fresh) throws IOException {
        String text = Files.readString(file);
        assertThat(text).containsPattern(old);
        Files.writeString(file, text.replaceFirst(old, fresh));
    }

    @Test
    @DisplayName("of two runs of one command finds nothing")
    void same() {
        Cli.Result result = diff();
        assertThat(result.err()).isEmpty();
        assertThat(result.outLines()).singleElement().asString().matches("[0-9]+ numbers are the same");
        assertThat(result.code()).isZero();
    }

    @Test
    @DisplayName("shows what changed, the largest change first, and ends with 3")
    void changed() throws IOException {
        Path stats = now.resolve("stats.json");
        replace(stats, "(?s)(\"slab.anon_vma.live\" : \\{\\s*\"value\" : )8", "$110");
        replace(stats, "(?s)(\"replay.operations\" : \\{\\s*\"value\" : )[0-9]+", "$11");
        replace(stats, "(?s)(\"replay.mismatches\" : \\{\\s*\"value\" : )0", "$12");
        Cli.Result result = diff();
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.outLines().get(0)).matches("\\Q" + INPUT + "\\E under anonvma +unit +before +now +change");
        assertThat(result.outLines().get(1)).matches("replay.mismatches +events +0 +2 +from 0");
        assertThat(result.outLines().get(2)).matches("replay.operations +operations +[0-9]+ +1 +-9[0-9]\\.[0-9] %");
        assertThat(result.outLines().get(3)).matches("slab.anon_vma.live +objects +8 +10 +\\+25.0 %");
        assertThat(result.outLines().get(4)).matches("[0-9]+ numbers are the same");
        assertThat(diff("--threshold", "25").outLines())
                .noneMatch(line -> line.startsWith("slab.anon_vma.live"))
                .anyMatch(line -> line.endsWith("numbers are the same or differ by no more than 25 %"));
    }

    @Test
    @DisplayName("says what only one of them has")
    void added() throws IOException {
        replace(now.resolve("stats.json"), "slab.anon_vma.peak\"", "slab.anon_vma.high\"");
        assertThat(diff().outLines())
                .anyMatch(line -> line.matches("slab.anon_vma.high +objects +- +[0-9]+ +new"))
                .anyMatch(line -> line.matches("slab.anon_vma.peak +objects +[0-9]+ +- +gone"));
    }

    @Test
    @DisplayName("says which strategies, inputs and settings are not the same")
    void incomparable() throws IOException {
        now = compared("fewer", INPUT, "lazy");
        replace(now.resolve("config.json"), "\"sha256\" : \"[0-9a-f]{6}", "\"sha256\" : \"000000");
        Cli.Result result = diff();
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.outLines())
                .anyMatch(line -> line.startsWith("input " + INPUT + " is another one: SHA-256 "))
                .contains(INPUT + " under anonvma is in the first only");
    }

    @Test
    @DisplayName("names the file and the line of what is no comparison")
    void malformed() throws IOException {
        Path stats = now.resolve("stats.json");
        Files.writeString(stats, "[\n{]");
        Cli.Result result = diff();
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("rmap4j-lab: " + stats + ":2: expected JSON that compare has written, found ");
        Files.writeString(stats, "[]");
        assertThat(diff().errLines())
                .containsExactly(
                        "rmap4j-lab: " + stats + ": expected a list of runs, as compare writes it, found none");
        Files.writeString(stats, "[{\"input\":\"a\",\"strategy\":\"b\",\"metrics\":{\"c\":{\"value\":\"1\"}}}]");
        assertThat(diff().errLines())
                .containsExactly("rmap4j-lab: " + stats
                        + ": expected a number 'value' for each metric, as compare writes it, found none");
        Files.delete(stats);
        assertThat(diff().errLines())
                .containsExactly("rmap4j-lab: " + stats + ": cannot be read: NoSuchFileException: compare writes it");
    }

    @Test
    @DisplayName("refuses a threshold below 0 and a missing directory")
    void usage() {
        assertThat(diff("--threshold", "-1").code()).isEqualTo(2);
        assertThat(Cli.run("diff", before.toString()).code()).isEqualTo(2);
    }
}
