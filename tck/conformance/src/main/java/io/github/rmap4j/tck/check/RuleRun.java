package io.github.rmap4j.tck.check;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.Rule;
import io.github.rmap4j.tck.RuleResult;
import io.github.rmap4j.tck.Violation;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One run of the kit: does everything, and says for each rule what became of it. */
public final class RuleRun {
    /** Of the random programs that fail alike only the first is shrunk, and of all no more than so many. */
    private static final int MOST_RANDOM = 12;

    private static final String NOT_QUICK = "not part of a quick run";
    /** The rule that a strategy breaks which does not return. */
    private static final String ENDLESS = "ERROR-2";

    private final Subject subject;
    private final RuleBook book;
    private final Map<String, Integer> passes = new HashMap<>();
    private final Map<String, String> nothingToCheck = new HashMap<>();
    /** Rules whose own programs or checks fail. */
    private final Set<String> broken = new HashSet<>();

    /** The words of programs by which mappings are missed. */
    private final Set<String> missing = new HashSet<>();

    private final Map<String, Violation> violations = new HashMap<>();
    private boolean endless;
    private int checks;

    /** What a task has come to. */
    private record Outcome(List<Failure> failures, @Nullable String nothing) {}

    /** A failure, and the rule that it was to show. */
    private record Shown(@Nullable String rule, Failure failure) {}

    /**
     * A run that has not begun.
     *
     * @param subject the strategy
     */
    public RuleRun(Subject subject) {
        this(subject, RuleBook.shipped());
    }

    RuleRun(Subject subject, RuleBook book) {
        this.subject = subject;
        this.book = book;
    }

    /**
     * Runs everything.
     *
     * @return what became of each rule
     */
    public List<RuleResult> runAll() {
        List<Task> parallel = new ArrayList<>(DirectedTasks.of(book, subject));
        parallel.addAll(CheckTasks.of(book, RuleChecks.SINGLE_THREADED, subject));
        parallel.addAll(SearchTasks.of(subject));
        parallel.addAll(RefusalTasks.of(book, subject));
        parallel.addAll(RecordingTasks.of(subject));
        parallel.addAll(InterleavingTasks.of(subject));
        run(parallel, Runtime.getRuntime().availableProcessors());
        if (endless) {
            RuleChecks.THREADED.keySet().forEach(rule -> leaveOut(rule, "given up, for something else did not end"));
        } else {
            // These have threads of their own.
            run(CheckTasks.of(book, RuleChecks.THREADED, subject), 1);
        }
        return book.rules().stream().map(this::result).toList();
    }

    /**
     * Runs the programs of the rules, and the checks that take no time.
     *
     * @return what became of each rule
     */
    public List<RuleResult> runQuick() {
        List<Task> tasks = new ArrayList<>(DirectedTasks.of(book, subject));
        tasks.addAll(CheckTasks.of(book, RuleChecks.SINGLE_THREADED, subject));
        run(tasks, Runtime.getRuntime().availableProcessors());
        RuleChecks.THREADED.keySet().forEach(rule -> leaveOut(rule, NOT_QUICK));
        RefusalTasks.RULES.forEach(rule -> leaveOut(rule, NOT_QUICK));
        RecordingTasks.RULES.forEach(rule -> leaveOut(rule, NOT_QUICK));
        leaveOut(InterleavingTasks.RULE, NOT_QUICK);
        return book.rules().stream().map(this::result).toList();
    }

    private void leaveOut(String rule, String reason) {
        nothingToCheck.put(rule, reason);
    }

    /**
     * Runs what a failure names.
     *
     * @param replay the word of the failure
     * @return what became of the rules that it is about
     * @throws IllegalArgumentException if there is no such thing
     */
    public List<RuleResult> replay(String replay) {
        List<Task> tasks = new ArrayList<>(DirectedTasks.of(book, subject));
        tasks.addAll(CheckTasks.of(book, RuleChecks.SINGLE_THREADED, subject));
        tasks.addAll(CheckTasks.of(book, RuleChecks.THREADED, subject));
        tasks.addAll(RecordingTasks.of(subject));
        tasks.removeIf(task -> !task.replay().equals(replay));
        if (tasks.isEmpty()) {
            tasks.addAll(SearchTasks.named(subject, replay));
        }
        if (tasks.isEmpty()) {
            tasks.addAll(RefusalTasks.named(book, subject, replay));
        }
        if (tasks.isEmpty()) {
            tasks.addAll(InterleavingTasks.named(subject, replay));
        }
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to replay called '" + replay
                    + "': expected a rule (WALK-4), a program of one (WALK-1/2), with a refused allocation"
                    + " (WALK-1/2!3), a recording (recording:fork-1), two threads under a schedule (beside:fork+walk@a17) or a random"
                    + " program (mixed-17)");
        }
        run(tasks, 1);
        Set<String> touched = new HashSet<>(passes.keySet());
        touched.addAll(violations.keySet());
        touched.addAll(nothingToCheck.keySet());
        return book.rules().stream()
                .filter(rule -> touched.contains(rule.id()))
                .map(this::result)
                .toList();
    }

    /**
     * How much was done.
     *
     * @return programs and checks that were run so far
     */
    public int checks() {
        return checks;
    }

    private void run(List<Task> tasks, int threads) {
        TaskRunner runner = new TaskRunner(threads, TaskRunner.MOST_SECONDS);
        List<Callable<Outcome>> work = new ArrayList<>();
        tasks.forEach(task -> work.add(() -> outcome(task)));
        List<Outcome> outcomes = runner.runAll(
                work,
                i -> new Outcome(List.of(endless(tasks.get(i))), null),
                i -> new Outcome(List.of(), "given up, for something else did not end"));
        checks += outcomes.size();
        List<Shown> failures = new ArrayList<>();
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < tasks.size(); i++) {
            collect(tasks.get(i), outcomes.get(i), failures, kinds);
        }
        List<Callable<Failure>> shrinking = new ArrayList<>();
        failures.forEach(shown -> shrinking.add(() -> shrink(shown.failure())));
        List<Failure> shrunk = runner.runAll(
                shrinking, i -> failures.get(i).failure(), i -> failures.get(i).failure());
        for (int i = 0; i < shrunk.size(); i++) {
            record(failures.get(i).rule(), shrunk.get(i));
        }
        for (int i = 0; i < shrunk.size(); i++) {
            explain(failures.get(i).rule(), shrunk.get(i));
        }
    }

    /** A mapping that a check without a program misses is probably the one that the shortest program misses. */
    private void explain(@Nullable String rule, Failure failure) {
        Violation own = rule == null ? null : violations.get(rule);
        if (own == null || failure.program() != null || !isMissed(failure.finding())) {
            return;
        }
        violations.values().stream()
                .filter(violation -> missing.contains(violation.replay()))
                .min(Comparator.comparingInt(RuleRun::length))
                .ifPresent(shortest -> violations.put(rule, shortest));
    }

    private static boolean isMissed(Finding finding) {
        return finding.kind() == Finding.Kind.MISSED || finding.kind() == Finding.Kind.MISSED_AT_EDGE;
    }

    private static Outcome outcome(Task task) throws Exception {
        try {
            return new Outcome(task.failures().call(), null);
        } catch (NothingToCheckException e) {
            return new Outcome(List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static Failure endless(Task task) {
        Finding finding = new Finding(Finding.Kind.CHECK, 0, "'" + task.replay() + "'", "the run", "an end", "no end");
        return new Failure(ENDLESS, finding, null, task.replay());
    }

    /** Keeps the first failure of each rule, and of the random programs the first of each kind. */
    private void collect(Task task, Outcome outcome, List<Shown> failures, Set<String> kinds) {
        if (outcome.nothing() != null) {
            task.rules().forEach(rule -> nothingToCheck.put(rule, outcome.nothing()));
            return;
        }
        Set<String> holding = new HashSet<>(task.rules());
        for (Failure failure : outcome.failures()) {
            String rule = failure.rule() != null || task.rules().isEmpty()
                    ? failure.rule()
                    : task.rules().get(0);
            if (ENDLESS.equals(rule)) {
                holding.clear();
                endless = true;
            }
            if (rule != null && (rule.equals("LEAK-1") || !isAtTheEnd(failure))) {
                holding.remove(rule);
                if (broken.add(rule)) {
                    failures.add(new Shown(rule, failure));
                }
            } else if (kinds.size() < MOST_RANDOM && kinds.add(kind(failure))) {
                failures.add(new Shown(null, failure));
            }
        }
        holding.forEach(rule -> passes.merge(rule, 1, Integer::sum));
    }

    /** Accesses and exits after a program, and what is left then, say nothing about what it was to show. */
    private static boolean isAtTheEnd(Failure failure) {
        MemoryProgram program = failure.program();
        return failure.rule() == null
                && program != null
                && failure.finding().step() >= program.operations().size();
    }

    private static String kind(Failure failure) {
        MemoryProgram program = failure.program();
        Finding finding = failure.finding();
        if (program == null || finding.step() >= program.operations().size()) {
            return finding.kind().name();
        }
        Operation last = program.operations().get(finding.step());
        return finding.kind() + " " + last.getClass().getSimpleName();
    }

    private Failure shrink(Failure failure) {
        MemoryProgram program = failure.program();
        return program == null || failure.rule() != null
                ? failure
                : new FailureShrinker(subject).shrink(program, failure.finding(), failure.replay());
    }

    private void record(@Nullable String rule, Failure failure) {
        Rule cause = book.rule(cause(rule, failure));
        Finding finding = failure.finding();
        if (failure.program() != null && isMissed(finding)) {
            missing.add(failure.replay());
        }
        Violation violation = new Violation(
                cause,
                finding.where(),
                finding.what(),
                finding.expected(),
                finding.actual(),
                failure.program(),
                failure.replay());
        if (rule != null) {
            keepShorter(rule, violation);
        }
        keepShorter(cause.id(), violation);
    }

    /**
     * The rule that the shrunk program breaks, if its own programs say so, too, or nothing better is known; otherwise the rule
     * whose program failed.
     */
    private String cause(@Nullable String rule, Failure failure) {
        MemoryProgram program = failure.program();
        if (failure.rule() != null || program == null) {
            return Objects.requireNonNullElse(failure.rule(), rule == null ? "WALK-1" : rule);
        }
        String simplest = Attribution.ruleOf(failure.finding(), program);
        return rule == null || broken.contains(simplest) ? simplest : rule;
    }

    private void keepShorter(String rule, Violation violation) {
        violations.merge(rule, violation, (old, fresh) -> length(fresh) < length(old) ? fresh : old);
    }

    private static int length(Violation violation) {
        MemoryProgram program = violation.program();
        return program == null ? Integer.MAX_VALUE : program.operations().size();
    }

    private RuleResult result(Rule rule) {
        Violation violation = violations.get(rule.id());
        if (violation != null) {
            return new RuleResult.Violated(rule, violation);
        }
        int passed = passes.getOrDefault(rule.id(), 0);
        if (passed > 0) {
            return new RuleResult.Passed(rule, passed);
        }
        Set<Capability> undeclared = undeclared(rule);
        if (!undeclared.isEmpty()) {
            return new RuleResult.NotApplicable(rule, undeclared);
        }
        String reason = rule.untested() != null ? rule.untested() : nothingToCheck.get(rule.id());
        return new RuleResult.Untested(rule, reason == null ? "the kit has no program for it" : reason);
    }

    private Set<Capability> undeclared(Rule rule) {
        Set<Capability> needed = EnumSet.noneOf(Capability.class);
        needed.addAll(rule.needs());
        book.programs(rule).forEach(program -> needed.addAll(program.needs()));
        needed.removeAll(subject.capabilities());
        return needed;
    }
}
