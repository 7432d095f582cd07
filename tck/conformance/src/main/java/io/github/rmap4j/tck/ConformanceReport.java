package io.github.rmap4j.tck;

import io.github.rmap4j.tck.program.MemoryProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What a run has found out about a strategy.
 *
 * @param strategy its name
 * @param results what became of each rule, in the order of the rules page
 * @param problems what makes the run fail beside broken rules: that no rule was checked, or waivers that are not needed
 * @param checks programs and checks that were run
 * @param replayLine makes of the word of a violation the line that shows it again
 * @since 0.1
 */
public record ConformanceReport(
        String strategy,
        List<RuleResult> results,
        List<String> problems,
        int checks,
        UnaryOperator<String> replayLine) {
    /**
     * Copies the lists.
     *
     * @param strategy its name
     * @param results what became of each rule
     * @param problems what makes the run fail beside broken rules
     * @param checks programs and checks that were run
     * @param replayLine makes of the word of a violation the line that shows it again
     */
    public ConformanceReport {
        results = List.copyOf(results);
        problems = List.copyOf(problems);
    }

    /**
     * Whether the strategy conforms.
     *
     * @return true if no rule of level {@link Level#MUST} is broken and there is no problem
     */
    public boolean passed() {
        return problems.isEmpty()
                && violated().stream().noneMatch(result -> result.rule().level() == Level.MUST);
    }

    /**
     * The broken rules.
     *
     * @return those with the shortest programs first
     */
    public List<RuleResult.Violated> violated() {
        return results.stream()
                .filter(RuleResult.Violated.class::isInstance)
                .map(RuleResult.Violated.class::cast)
                .sorted(Comparator.comparingInt(ConformanceReport::length))
                .toList();
    }

    private static int length(RuleResult.Violated result) {
        MemoryProgram program = result.violation().program();
        return program == null ? Integer.MAX_VALUE : program.operations().size();
    }

    /**
     * The result of a rule.
     *
     * @param rule the rule
     * @return its result
     * @throws IllegalArgumentException if the report has none
     */
    public RuleResult result(Rule rule) {
        return results.stream()
                .filter(result -> result.rule().equals(rule))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no result of " + rule));
    }

    /**
     * How a rule was broken, at length.
     *
     * @param violated the result
     * @return several lines without an end of line
     */
    public String explain(RuleResult.Violated violated) {
        Violation violation = violated.violation();
        Rule rule = violated.rule();
        StringBuilder text = new StringBuilder();
        text.append("rule ").append(rule.id()).append(" is violated by ").append(strategy);
        text.append(": ").append(rule.sentence());
        if (!violation.cause().equals(rule)) {
            text.append("\n  the cause is ").append(violation.cause().id());
            text.append(": ").append(violation.cause().sentence());
        }
        MemoryProgram program = violation.program();
        if (program != null) {
            text.append("\n  the shortest program that shows it:");
            program.text().lines().forEach(line -> text.append("\n    ").append(line));
        }
        text.append("\n  at ").append(violation.where()).append(": ").append(violation.what());
        text.append("\n    expected ").append(violation.expected());
        text.append("\n    actual   ").append(violation.actual());
        violation.cause().hints().forEach(hint -> text.append("\n  check: ").append(hint));
        return text.append("\n  replay: ")
                .append(replayLine.apply(violation.replay()))
                .toString();
    }

    /**
     * The whole report: each broken rule at length unless another one is its cause, then the table.
     *
     * @return the text, with an end of line after each line
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (RuleResult.Violated result : violated()) {
            if (result.violation().cause().equals(result.rule())) {
                text.append(explain(result)).append("\n");
                List<String> others = consequences(result.rule());
                if (!others.isEmpty()) {
                    text.append("  it breaks ")
                            .append(String.join(", ", others))
                            .append(", too\n");
                }
                text.append("\n");
            }
        }
        for (RuleResult result : results) {
            text.append(String.format(
                            Locale.ROOT,
                            "%-14s %-6s %-14s %s",
                            result.rule().id(),
                            result.rule().level().word(),
                            result.word(),
                            result.detail())
                    .stripTrailing());
            text.append("\n");
        }
        problems.forEach(problem -> text.append("problem: ").append(problem).append("\n"));
        return text.append(summary()).append("\n").toString();
    }

    private List<String> consequences(Rule cause) {
        List<String> rules = new ArrayList<>();
        for (RuleResult result : results) {
            if (result instanceof RuleResult.Violated violated
                    && violated.violation().cause().equals(cause)
                    && !violated.rule().equals(cause)) {
                rules.add(violated.rule().id());
            }
        }
        return rules;
    }

    /**
     * The last line of the report.
     *
     * @return the verdict, and how many rules there are of each result
     */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s %s: %d passed, %d violated, %d waived, %d not applicable, %d untested; %d programs and checks",
                strategy,
                passed() ? "conforms" : "does not conform",
                count(RuleResult.Passed.class),
                count(RuleResult.Violated.class),
                count(RuleResult.Waived.class),
                count(RuleResult.NotApplicable.class),
                count(RuleResult.Untested.class),
                checks);
    }

    private long count(Class<? extends RuleResult> type) {
        return results.stream().filter(type::isInstance).count();
    }
}
