package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("tck")
class TckCommandTest {
    @Test
    void printsATable() {
        Cli.Result result = Cli.run("tck", "anonvma", "--quick");
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.outLines()).contains("WALK-1         must   passed");
        assertThat(result.outLines().get(result.outLines().size() - 1)).startsWith("anonvma conforms: ");
    }

    @Test
    void findsWhatABlindStrategyBreaks(@TempDir Path folder) throws IOException {
        Cli.Result result =
                Cli.runWithProvider(folder, BlindStrategy.Provider.class.getName(), "tck", "blind", "--quick");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.outLines().get(0))
                .isEqualTo(
                        "rule WALK-1 is violated by blind: A walk reports every page-table entry that maps the folio.");
        assertThat(result.out()).contains("replay: rmap4j-lab tck blind --replay WALK-1/1");
        Cli.Result again = Cli.runWithProvider(
                folder, BlindStrategy.Provider.class.getName(), "tck", "blind", "--replay", "WALK-1/1");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.outLines()).contains("WALK-1         must   violated");
    }

    @Test
    void readsWaivers(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("waivers"), "# known\n\nWALK-1 README.md it was so once\n");
        Cli.Result result = Cli.run("tck", "anonvma", "--quick", "--waivers", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.outLines())
                .contains("problem: the waiver of WALK-1 is not needed any more: the rule is passed");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertUsage("no strategy 'acme'", "tck", "acme");
        assertUsage("there is nothing to replay called 'x'", "tck", "anonvma", "--replay", "x");
        assertUsage("thorough must be at least 1: 0", "tck", "anonvma", "--thorough", "0");
        assertUsage("nowhere cannot be read", "tck", "anonvma", "--waivers", "nowhere");
        assertUsage("Missing required parameter: 'NAME'", "tck");
    }

    private static void assertUsage(String message, String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).startsWith("rmap4j-lab: " + message);
    }
}
