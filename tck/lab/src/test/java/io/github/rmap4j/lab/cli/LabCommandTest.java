package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The program")
class LabCommandTest {
    @Test
    void needsACommand() {
        Cli.Result result = Cli.run();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines())
                .containsExactly("rmap4j-lab: a command is missing: compare, replay or strategies");
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
}
