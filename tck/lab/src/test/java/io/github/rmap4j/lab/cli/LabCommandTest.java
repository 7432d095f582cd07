package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The program")
class LabCommandTest {
    @Test
    void needsACommand() {
        Cli.Result result = Cli.run();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines())
                .containsExactly(
                        "rmap4j-lab: a command is missing: compare, diff, record, replay, tck, strategies or scenarios");
    }

    @Test
    void knowsItsCommands() {
        Cli.Result result = Cli.run("frobnicate");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines()).containsExactly("rmap4j-lab: Unmatched argument at index 0: 'frobnicate'");
    }

    @Test
    void hasHelp() {
        Cli.Result result = Cli.run("--help");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("compare", "replay", "strategies", "0   done", "2   wrong usage");
        assertThat(Cli.run("compare", "--help").out()).contains("--strategies=NAME[,NAME...]", "rmap4j-out");
        assertThat(Cli.run("--version").out()).startsWith("rmap4j-lab ");
    }

    @Test
    void listsStrategies() {
        Cli.Result result = Cli.run("strategies");
        assertThat(result.code()).isZero();
        assertThat(result.outLines()).anyMatch(line -> line.matches("anonvma  .+"));
    }

    @Test
    void listsScenarios() {
        Cli.Result result = Cli.run("scenarios");
        assertThat(result.code()).isZero();
        assertThat(result.outLines().get(0)).matches("scenario:android  .+");
        assertThat(result.outLines()).contains("  apps=0 (integer from 0 to 96)  Apps that are started after boot");
    }

    @Test
    void aBrokenProviderIsOneLine(@TempDir Path folder) throws IOException {
        for (String command : List.of("strategies", "compare", "replay bundled:chromium --strategy x --time")) {
            Cli.Result result = Cli.runWithProvider(folder, "com.example.Missing", command.split(" "));
            assertThat(result.code()).as(command).isEqualTo(1);
            assertThat(result.errLines()).as(command).hasSize(1);
            assertThat(result.err())
                    .startsWith("rmap4j-lab: a strategy on the class path or module path is broken:"
                            + " java.util.ServiceConfigurationError: ")
                    .contains("com.example.Missing");
        }
    }

    @Test
    void lostOutputIsAnError(@TempDir Path folder) throws IOException {
        String program = "program:" + Files.writeString(folder.resolve("tiny.txt"), "0 mmap 0 4 rw\n");
        String out = folder.resolve("out").toString();
        for (List<String> command : List.of(
                List.of("strategies"),
                List.of("scenarios"),
                List.of("--help"),
                List.of("compare", program, "--out", out),
                List.of("replay", program, "--strategy", "anonvma", "--state", "all"),
                List.of("replay", program, "--strategy", "anonvma", "--time"))) {
            Cli.Result result = Cli.runWithoutOutput(command.toArray(String[]::new));
            assertThat(result.code()).as("%s", command).isEqualTo(1);
            assertThat(result.errLines())
                    .as("%s", command)
                    .containsExactly("rmap4j-lab: standard output cannot be written");
        }
    }
}
