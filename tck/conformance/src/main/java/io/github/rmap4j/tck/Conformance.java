package io.github.rmap4j.tck;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.check.RuleRun;
import io.github.rmap4j.tck.check.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Checks one strategy against every rule.
 *
 * <pre>{@code
 * ConformanceReport report = Conformance.of("anonvma").run();
 * System.out.print(report.text());
 * }</pre>
 *
 * <p>Everything random comes from fixed seeds: two runs do the same, but for the schedule of threads. Not safe for use by
 * several threads; a run itself uses all processors.
 *
 * @since 0.1
 */
public final class Conformance {
    private final RmapStrategyProvider provider;
    private final Map<String, Waiver> waivers = new LinkedHashMap<>();
    private int thorough = 1;
    private boolean quick;
    private UnaryOperator<String> replayLine;

    private Conformance(RmapStrategyProvider provider) {
        this.provider = provider;
        replayLine = word -> "rmap4j-lab tck " + provider.name() + " --replay " + word;
    }

    /**
     * Checks a strategy on the class path or module path.
     *
     * @param strategy its name, perhaps with settings ({@link Strategies#find})
     * @return a run that has not begun
     * @throws IllegalArgumentException if there is none of that name; the message lists those there are
     * @throws IllegalStateException if two have the same name
     */
    public static Conformance of(String strategy) {
        return new Conformance(Strategies.find(strategy));
    }

    /**
     * Checks a strategy.
     *
     * @param provider creates it
     * @return a run that has not begun
     * @throws IllegalArgumentException if its name is malformed, or another class on the class path or module path
     *     provides a strategy of that name
     */
    public static Conformance of(RmapStrategyProvider provider) {
        String name = provider.name();
        if (!name.matches("[a-z0-9-]+(:[^:=]+=[^:]*)*")) {
            throw new IllegalArgumentException("strategy name '" + name + "' is not of the form [a-z0-9-]+");
        }
        for (RmapStrategyProvider other : Strategies.available()) {
            if (other.name().equals(name) && !other.getClass().equals(provider.getClass())) {
                throw new IllegalArgumentException("two providers have the name '" + name + "': "
                        + provider.getClass().getName() + " and "
                        + other.getClass().getName());
            }
        }
        return new Conformance(provider);
    }

    /**
     * Lets the strategy break a rule.
     *
     * @param waiver which, and why
     * @return this
     * @throws IllegalArgumentException if the rule has a waiver already
     */
    public Conformance waive(Waiver waiver) {
        if (waivers.put(waiver.rule(), waiver) != null) {
            throw new IllegalArgumentException("two waivers of " + waiver.rule());
        }
        return this;
    }

    /**
     * Runs so many times as many random programs and rounds of threads.
     *
     * @param factor 1 by default
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Conformance thorough(int factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("thorough must be at least 1: " + factor);
        }
        thorough = factor;
        return this;
    }

    /**
     * Runs the programs of the rules only: without random programs, refused allocations, recordings and threads. Meant for
     * the time between two changes, it takes a few seconds.
     *
     * @return this
     */
    public Conformance quick() {
        quick = true;
        return this;
    }

    /**
     * How users repeat a failure.
     *
     * @param line makes a command line of the word that {@link #replay} takes
     * @return this
     */
    public Conformance replayLine(UnaryOperator<String> line) {
        replayLine = line;
        return this;
    }

    /**
     * Checks everything. Takes less than a minute on two processors.
     *
     * @return what was found
     * @throws IllegalArgumentException if the strategy's settings or capabilities do not fit
     */
    public ConformanceReport run() {
        RuleRun run = newRun();
        List<RuleResult> results = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (RuleResult result : quick ? run.runQuick() : run.runAll()) {
            Waiver waiver = waivers.get(result.rule().id());
            if (waiver == null) {
                results.add(result);
            } else if (result instanceof RuleResult.Violated violated) {
                results.add(new RuleResult.Waived(violated.rule(), waiver, violated.violation()));
            } else {
                results.add(result);
                if (quick && result instanceof RuleResult.Untested) {
                    continue;
                }
                problems.add(
                        "the waiver of " + waiver.rule() + " is not needed any more: the rule is " + result.word());
            }
        }
        return report(results, problems, run);
    }

    /**
     * Repeats one failure.
     *
     * @param word what the failure says
     * @return what was found, for the rules that it is about
     * @throws IllegalArgumentException if nothing has that name, or the strategy's settings or capabilities do not fit
     */
    public ConformanceReport replay(String word) {
        RuleRun run = newRun();
        return report(run.replay(word), new ArrayList<>(), run);
    }

    private RuleRun newRun() {
        Subject subject = new Subject(provider, thorough);
        // Settings and capabilities that do not fit show here, before anything is checked.
        subject.manager();
        return new RuleRun(subject);
    }

    private ConformanceReport report(List<RuleResult> results, List<String> problems, RuleRun run) {
        boolean none = run.checks() == 0
                || results.stream()
                                .allMatch(result -> result instanceof RuleResult.Untested
                                        || result instanceof RuleResult.NotApplicable)
                        && !results.isEmpty();
        if (none) {
            problems.add("no rule was checked");
        }
        return new ConformanceReport(provider.name(), results, problems, run.checks(), replayLine);
    }
}
