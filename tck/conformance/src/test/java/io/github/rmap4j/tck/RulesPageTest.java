package io.github.rmap4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.spi.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code RULES.md} says what the catalogue says; {@code -Drules.refresh=true} writes its second half anew. */
@DisplayName("The rules page")
class RulesPageTest {
    private static final Path PAGE = Path.of("RULES.md");
    private static final String START = "<!-- From here on written by RulesPageTest. -->\n";

    @Test
    void equalsTheCatalogue() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START);
        assertThat(start).as("the line before the catalogue").isPositive();
        String expected = page.substring(0, start) + START + catalogue();
        if (Boolean.getBoolean("rules.refresh")) {
            Files.writeString(PAGE, expected);
        } else {
            assertThat(page)
                    .as("RULES.md; run with -Drules.refresh=true to write it")
                    .isEqualTo(expected);
        }
    }

    private static String catalogue() {
        StringBuilder text = new StringBuilder();
        for (Area area : Area.values()) {
            text.append("\n## ").append(area.title()).append("\n\n");
            text.append("| rule | level | | needs | scenarios |\n|---|---|---|---|---|\n");
            Rule.all().stream().filter(rule -> rule.area() == area).forEach(rule -> text.append(row(rule)));
        }
        return text.toString();
    }

    private static String row(Rule rule) {
        String sentence = rule.sentence() + (rule.untested() == null ? "" : " *Untested: " + rule.untested() + "*");
        String needs =
                new TreeSet<>(rule.needs()).stream().map(Capability::word).collect(Collectors.joining(", "));
        return String.format(
                "| %s | %s | %s | %s | %s |%n", rule.id(), rule.level().word(), sentence, needs, scenarios(rule));
    }

    private static String scenarios(Rule rule) {
        List<String> parts = new ArrayList<>();
        for (SpecScenario.Spec spec : SpecScenario.Spec.values()) {
            List<Integer> numbers = rule.scenarios().stream()
                    .filter(scenario -> scenario.spec() == spec)
                    .map(SpecScenario::number)
                    .toList();
            if (!numbers.isEmpty()) {
                parts.add(spec.word() + " " + ranges(numbers));
            }
        }
        return String.join("; ", parts);
    }

    private static String ranges(List<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            int first = numbers.get(i);
            while (i + 1 < numbers.size() && numbers.get(i + 1) == numbers.get(i) + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ", ").append(first);
            if (numbers.get(i) != first) {
                text.append("–").append(numbers.get(i));
            }
        }
        return text.toString();
    }
}
