package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rmap4j.lab.trace.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("compare")
class CompareCommandTest {
    private static final String PROGRAM = """
            0 mmap 0 4 rw
            0 write 0 2
            0 fork 1
            1 write 0 1
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path out;
    private String program;

    @BeforeEach
    void writeProgram() throws IOException {
        out = folder.resolve("deep/out");
        program = "program:" + Files.writeString(folder.resolve("tiny.txt"), PROGRAM);
    }

    @Test
    void writesTheNumbersOfATinyProgram() throws IOException {
        Cli.Result result = Cli.run("compare", program, "--strategies", "anonvma", "--out", out.toString());
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Golden.assertEquals(
                "tiny-stats.csv", Files.readString(out.resolve("stats.csv")).replace(program, "INPUT"));
        assertThat(names(out)).containsExactly("config.json", "report.html", "stats.csv", "stats.json", "times.json");
        assertThat(Files.getPosixFilePermissions(out.resolve("stats.csv")))
                .isEqualTo(Files.getPosixFilePermissions(folder.resolve("tiny.txt")));
    }

    @Test
    void printsOneTableWithTimesLast() {
        Cli.Result result = Cli.run("compare", program, "--out", out.toString());
        List<String> lines = result.outLines();
        assertThat(lines.get(0)).matches("program:\\S+tiny\\.txt +unit +.*anonvma.*");
        assertThat(lines).anyMatch(line -> line.matches("slab\\.anon_vma\\.live +objects +2( .*)?"));
        assertThat(lines).anyMatch(line -> line.matches("walk\\.missed +mappings +0( .*)?"));
        assertThat(lines).anyMatch(line -> line.matches("replay\\.mismatches +events +0( .*)?"));
        assertThat(lines).anyMatch(line -> line.matches("lock\\.mmap_lock\\.writes +acquisitions +2( .*)?"));
        int times = lines.indexOf("(times depend on the machine)");
        assertThat(lines.subList(0, times)).noneMatch(line -> line.startsWith("time."));
        assertThat(lines.subList(times + 1, lines.size() - 1)).isNotEmpty().allMatch(line -> line.startsWith("time."));
        assertThat(lines.get(lines.size() - 1)).isEqualTo("written to " + out);
    }

    @Test
    void theSameInputGivesTheSameFilesButForTheTimes() throws IOException {
        String other = "program:" + Files.writeString(folder.resolve("other.txt"), PROGRAM + "0 munmap 0 1\n");
        String[] command = {"compare", program, other, "--out", out.toString()};
        Cli.run(command);
        List<String> before = contents();
        Cli.run(command);
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    @Timeout(60)
    void aPipeIsReadOnceHoweverManyStrategies() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, PROGRAM);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        Cli.Result result = Cli.run("compare", "program:" + pipe, "--out", out.toString());
        writer.join();
        assertThat(result.err()).isEmpty();
        assertThat(result.outLines()).anyMatch(line -> line.matches("slab\\.anon_vma\\.live +objects +2( .*)?"));
        JsonNode config = JSON.readTree(out.resolve("config.json").toFile());
        assertThat(config.get("inputs").get(0).get("bytes").asInt()).isEqualTo(PROGRAM.length());
    }

    @ParameterizedTest
    @CsvSource({"program:x,program:x", "program:-,perf:-", "bundled:chromium,bundled:chromium"})
    void theSameInputTwiceIsWrongUsage(String one, String two) {
        Cli.Result result = Cli.run("compare", one, two, "--out", out.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines()).containsExactly("rmap4j-lab: the same input twice: " + two);
        assertThat(out).doesNotExist();
    }

    private List<String> contents() throws IOException {
        return List.of(
                Files.readString(out.resolve("config.json")),
                Files.readString(out.resolve("stats.json")),
                Files.readString(out.resolve("stats.csv")),
                Files.readString(out.resolve("report.html")));
    }

    @Test
    void theConfigurationHasEveryDefaultAndTheCommand() throws IOException {
        Path quoted = folder.resolve("it's here");
        Cli.run("compare", program, "--out", quoted.toString());
        JsonNode config = JSON.readTree(quoted.resolve("config.json").toFile());
        assertThat(config.get("command").asText())
                .isEqualTo("rmap4j-lab compare " + program + " --out '" + folder + "/it'\\''s here'");
        assertThat(config.get("inputs").get(0).get("name").asText()).isEqualTo(program);
        assertThat(config.get("inputs").get(0).get("bytes").asInt()).isEqualTo(PROGRAM.length());
        assertThat(config.get("inputs").get(0).get("sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(config.get("strategies").findValuesAsText("name")).contains("anonvma");
        assertThat(config.get("manager").get("maxMapCount").asText()).isEqualTo("65530");
        assertThat(config.get("out").asText()).isEqualTo(quoted.toString());
    }

    @Test
    void everyNumberHasUnitAndDescription() throws IOException {
        Cli.run("compare", program, "--out", out.toString());
        for (String file : List.of("stats.json", "times.json")) {
            JsonNode stats = JSON.readTree(out.resolve(file).toFile());
            assertThat(stats).isNotEmpty();
            for (JsonNode measurement : stats) {
                assertThat(measurement.get("metrics")).isNotEmpty();
                for (JsonNode metric : measurement.get("metrics")) {
                    assertThat(metric.get("value").isNumber()).isTrue();
                    assertThat(metric.get("unit").asText()).isNotBlank();
                    assertThat(metric.get("description").asText()).isNotBlank();
                }
            }
        }
    }

    @Test
    void withoutInputTheBundledTraceIsReplayed() throws IOException {
        Cli.Result result = Cli.run("compare", "--strategies", "anonvma,all", "--out", out.toString());
        assertThat(result.code()).isZero();
        assertThat(result.outLines().get(0)).startsWith("bundled:chromium ");
        JsonNode stats = JSON.readTree(out.resolve("stats.json").toFile()).get(0);
        assertThat(value(stats, "replay.mismatches")).isZero();
        assertThat(value(stats, "walk.missed")).isZero();
        assertThat(value(stats, "walk.folios")).isGreaterThan(30_000);
        assertThat(stats.get("remarks")
                        .get("page fault that the mapping does not allow")
                        .get("first"))
                .hasSize(5);
        JsonNode times = JSON.readTree(out.resolve("times.json").toFile()).get(0);
        assertThat(value(times, "time.fork")).isPositive();
    }

    private static long value(JsonNode measurement, String metric) {
        return measurement.get("metrics").get(metric).get("value").asLong();
    }

    @Test
    void aStrategyThatMissesMappingsFails() throws IOException {
        String provider = BlindStrategy.Provider.class.getName();
        Cli.Result result = Cli.runWithProvider(
                folder, provider, "compare", program, "--strategies", "anonvma,blind", "--out", out.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .containsExactly(
                        "rmap4j-lab: " + program + " under blind: walks missed 4 mappings; the strategy is defective");
        assertThat(result.outLines()).anyMatch(line -> line.matches("walk\\.missed +mappings +0 +4"));
        assertThat(names(out)).hasSize(5);
    }

    @Test
    void aScenarioIsComparedLikeAnyInput() throws IOException {
        String input = "scenario:android?scale=1000&apps=24";
        String[] command = {"compare", input, "--strategies", "anonvma", "--out", out.toString()};
        Cli.Result result = Cli.run(command);
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.outLines().get(0)).startsWith(input + " ");
        JsonNode stats = JSON.readTree(out.resolve("stats.json").toFile()).get(0);
        assertThat(value(stats, "walk.missed")).isZero();
        assertThat(value(stats, "replay.operations")).isGreaterThan(5_000);
        JsonNode config = JSON.readTree(out.resolve("config.json").toFile());
        assertThat(config.get("command").asText()).contains(" '" + input + "' ");
        JsonNode parameters = config.get("inputs").get(0).get("parameters");
        assertThat(parameters.get("apps").asInt()).isEqualTo(24);
        assertThat(parameters.get("second-level").asText()).isEqualTo("0.08");
        List<String> before = contents();
        Cli.run(command);
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void mismatchesAndLostEventsAreTold() throws IOException {
        Traces trace = new Traces().fault(7, "0x1000", "0x6").line(7, "PERF_RECORD_LOST lost 3");
        String input = "perf:" + Files.writeString(folder.resolve("trace"), trace.text());
        Cli.Result result = Cli.run("compare", input, "--strategies", "anonvma", "--out", out.toString());
        assertThat(result.code()).isZero();
        assertThat(result.errLines())
                .containsExactly(
                        input + " under anonvma: mismatch: page fault where nothing is mapped: 1",
                        input + " under anonvma: remark: events lost by perf: 3");
    }

    @Test
    void aFailureWritesNothing() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.txt"), "0 frob\n");
        Cli.Result result = Cli.run("compare", program, "program:" + bad, "--out", out.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(1);
        assertThat(result.err()).startsWith("rmap4j-lab: " + bad + ":1: expected an operation ");
        assertThat(out).doesNotExist();
    }

    @Test
    void aDirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Cli.Result result = Cli.run("compare", program, "--out", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .containsExactly("rmap4j-lab: " + file + ": cannot be written: NotDirectoryException: " + file);
        // Before anything is replayed.
        assertThat(Cli.run("compare", "perf:/none", "--out", file + "/deep").err())
                .isEqualTo("rmap4j-lab: " + file + "/deep: cannot be written: NotDirectoryException: " + file + "\n");
    }

    @Test
    void whereFilesCannotBeReplacedThereAreNoTimesOfAnEarlierRun() throws IOException {
        Cli.run("compare", program, "--out", out.toString());
        Files.delete(out.resolve("stats.csv"));
        Files.createDirectories(out.resolve("stats.csv/not-empty"));
        Cli.Result result = Cli.run("compare", program, "--out", out.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("rmap4j-lab: " + out + ": cannot be written: ");
        assertThat(names(out)).containsExactly("config.json", "report.html", "stats.csv", "stats.json");
    }

    @Test
    void anUnknownStrategyIsWrongUsage() {
        Cli.Result result = Cli.run("compare", program, "--strategies", "anonvma,nope", "--out", out.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines()).hasSize(1);
        assertThat(result.err()).startsWith("rmap4j-lab: no strategy 'nope'; available: [anonvma");
        assertThat(out).doesNotExist();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
