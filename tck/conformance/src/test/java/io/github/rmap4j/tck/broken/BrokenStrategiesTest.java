package io.github.rmap4j.tck.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.tck.Conformance;
import io.github.rmap4j.tck.ConformanceReport;
import io.github.rmap4j.tck.Rule;
import io.github.rmap4j.tck.RuleResult;
import io.github.rmap4j.tck.Violation;
import io.github.rmap4j.tck.check.RuleBook;
import io.github.rmap4j.tck.interleaving.Interleavings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kit is tested by broken strategies: each is caught by the rule that should catch it, with what it says.
 *
 * <p>{@code -Dbroken.refresh=true} finds out anew by which program that is, and writes the list, to be read before it is
 * committed.
 */
@DisplayName("Broken strategies")
class BrokenStrategiesTest {
    private static final String LIST = "broken-strategies.txt";
    private static final Path FILE = Path.of("src/test/resources/io/github/rmap4j/tck/broken", LIST);
    private static final int MOST_PROGRAMS = 30;

    /** Rules that no strategy can break without breaking another one first. */
    private static final Map<String, String> OF_THE_ENGINE = Map.of(
            "WALK-3", "the engine drops what is offered twice, and looks into the page table before it reports",
            "WALK-6", "the engine does not ask for the walk of a folio that is not mapped, but to restore it",
            "FORK-5", "the engine copies pages",
            "FORK-6", "the engine refuses the fork",
            "ACCOUNTING-2", "the engine counts",
            "ACCOUNTING-3", "the engine forgets what was counted during a verification",
            "CONCURRENCY-6", "the engine copies pages",
            "ERROR-3", "the engine refuses what is not declared");

    /**
     * What catches a broken strategy.
     *
     * @param rule id of the rule that is violated
     * @param replay what is run
     * @param cause id of the rule that explains it
     * @param message what there should be and what there is, on one line; with threads only what is wrong
     */
    private record Catch(String rule, String replay, String cause, String message) {
        static Catch of(String replay, RuleResult.Violated violated) {
            Violation violation = violated.violation();
            // Of a schedule the word says where.
            String what = replay.startsWith("beside:") ? violation.what() : violation.where() + ": " + violation.what();
            // With threads the places differ from run to run.
            String message = violation.replay().startsWith("CONCURRENCY")
                    ? what
                    : what + ": expected " + violation.expected() + ", actual " + violation.actual();
            return new Catch(
                    violated.rule().id(),
                    replay,
                    violation.cause().id(),
                    // Neither stack traces nor identity hash codes are part of the message, nor what the virtual
                    // machine
                    // leaves out of an exception that it has thrown often.
                    message.replaceAll("(?s)\n\\s*at .*", "")
                            .replaceAll("(?s)(ClassCastException).*", "$1")
                            .replaceAll("@[0-9a-f]+", "")
                            .replaceAll("\\s+", " ")
                            .strip());
        }
    }

    private static Map<String, Catch> list() throws IOException {
        Map<String, Catch> list = new LinkedHashMap<>();
        try (InputStream in = Objects.requireNonNull(BrokenStrategiesTest.class.getResourceAsStream(LIST))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.split(" \\| ", 5);
                    list.put(words[0], new Catch(words[1], words[2], words[3], words[4]));
                }
            }
        }
        return list;
    }

    @TestFactory
    @DisplayName("are caught by the rule that should catch them")
    Stream<DynamicTest> areCaught() throws IOException {
        if (Boolean.getBoolean("broken.refresh")) {
            refresh();
        }
        Map<String, Catch> list = list();
        return BrokenStrategies.all().stream()
                .map(broken -> DynamicTest.dynamicTest(broken.name(), () -> {
                    Catch expected = list.get(broken.name());
                    assertThat(expected)
                            .as("a line for '%s' in %s", broken.name(), LIST)
                            .isNotNull();
                    assertThat(expected.rule()).isEqualTo(broken.rule());
                    assertThat(Conformance.of(broken.base())
                                    .replay(expected.replay())
                                    .passed())
                            .as("%s passes %s", broken.base(), expected.replay())
                            .isTrue();
                    assertThat(caught(broken, expected.replay())).contains(expected);
                }));
    }

    @Test
    @DisplayName("are more than sixty, and there is a line for each")
    void areMany() throws IOException {
        List<String> names =
                BrokenStrategies.all().stream().map(BrokenStrategy::name).toList();
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(60);
        assertThat(list().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    @DisplayName("show every rule that a strategy can break")
    void showEveryRule() {
        Set<String> shown = BrokenStrategies.all().stream()
                .map(BrokenStrategy::rule)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown).doesNotContainAnyElementsOf(OF_THE_ENGINE.keySet());
        shown.addAll(OF_THE_ENGINE.keySet());
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        RuleBook.shipped().rules().stream().map(Rule::id).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "anonvma: a change that does not happen is not undone, MERGE-1/4!6",
        "anonvma: mremap takes no lock of the reverse map, beside:come-home+walk-moved@a9b8"
    })
    @DisplayName("are explained as the page of the rules shows")
    void examplesOfThePage(String name, String replay) throws IOException {
        BrokenStrategy broken = BrokenStrategies.all().stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .orElseThrow();
        String text = Conformance.of(broken.provider())
                .replayLine(word -> "rmap4j-lab tck acme --replay " + word)
                .replay(replay)
                .text();
        String explained = text.substring(0, text.indexOf("\n\n")).replace("by broken:", "by acme:");
        assertThat(Files.readString(Path.of("RULES.md"))).contains(explained);
    }

    private static Optional<Catch> caught(BrokenStrategy broken, String replay) {
        return violation(broken, replay).map(violated -> Catch.of(replay, violated));
    }

    private static Optional<RuleResult.Violated> violation(BrokenStrategy broken, String replay) {
        ConformanceReport report = Conformance.of(broken.provider()).replay(replay);
        return report.violated().stream()
                .filter(violated -> violated.rule().id().equals(broken.rule()))
                .findFirst();
    }

    /** The first program of the rule that notices, one that shows the rule itself if there is one. */
    private static Optional<Catch> firstCaught(BrokenStrategy broken) {
        List<Catch> caught = new ArrayList<>();
        List<String> words = new ArrayList<>(List.of(broken.rule()));
        for (int program = 1; program <= MOST_PROGRAMS; program++) {
            words.add(broken.rule() + "/" + program);
        }
        if (broken.rule().startsWith("REFUSAL")) {
            for (String program :
                    List.of("PREPARE-1/1", "FORK-1/1", "FORK-2/1", "SPLIT-1/1", "MERGE-2/1", "MOVE-1/1")) {
                for (int n = 1; n < 20; n++) {
                    words.add(program + "!" + n);
                }
            }
        } else if (broken.rule().startsWith("LINUX")) {
            words.addAll(List.of(
                    "recording:mixed-1",
                    "recording:fork-1",
                    "recording:merge-1",
                    "recording:swap-1",
                    "recording:swap-2"));
        }
        if (broken.rule().equals("CONCURRENCY-8")) {
            return Interleavings.stories().stream()
                    .map(story -> violation(broken, "beside:" + story.name()))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .flatMap(violated -> caught(broken, violated.violation().replay()));
        }
        for (String word : words) {
            try {
                if (Conformance.of(broken.base()).replay(word).passed()) {
                    caught(broken, word).ifPresent(caught::add);
                }
            } catch (IllegalArgumentException e) {
                // There is no such program.
                continue;
            }
            if (caught.stream().anyMatch(found -> found.cause().equals(broken.rule()))) {
                break;
            }
        }
        return caught.stream()
                .filter(found -> found.cause().equals(broken.rule()))
                .findFirst()
                .or(() -> caught.stream().findFirst())
                .or(() -> elsewhere(broken));
    }

    /** What a program of another rule shows. */
    private static Optional<Catch> elsewhere(BrokenStrategy broken) {
        Conformance conformance = Conformance.of(broken.provider());
        ConformanceReport report = conformance.run();
        report.violated()
                .forEach(violated -> System.out.println("  " + broken.name() + " violates "
                        + violated.rule().id() + " as "
                        + violated.violation().cause().id() + " by "
                        + violated.violation().replay()));
        return report.violated().stream()
                .filter(violated -> violated.rule().id().equals(broken.rule()))
                .findFirst()
                .flatMap(violated -> caught(broken, violated.violation().replay()));
    }

    private static void refresh() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "# A broken strategy, the rule that catches it, what is run, the rule that explains it, and what it says.");
        for (BrokenStrategy broken : BrokenStrategies.all()) {
            long begin = System.nanoTime();
            firstCaught(broken)
                    .ifPresentOrElse(
                            caught -> lines.add(String.join(
                                    " | ",
                                    broken.name(),
                                    caught.rule(),
                                    caught.replay(),
                                    caught.cause(),
                                    caught.message())),
                            () -> System.out.println("NOT CAUGHT " + broken));
            System.out.println((System.nanoTime() - begin) / 1_000_000 + " ms " + lines.get(lines.size() - 1));
        }
        Files.createDirectories(Objects.requireNonNull(FILE.getParent()));
        Files.write(FILE, lines);
    }
}
