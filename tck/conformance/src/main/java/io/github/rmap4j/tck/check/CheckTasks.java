package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The checks that are no programs. */
final class CheckTasks {
    private CheckTasks() {}

    static List<Task> of(RuleBook book, Map<String, RuleCheck> checks, Subject subject) {
        List<Task> tasks = new ArrayList<>();
        for (Rule rule : book.rules()) {
            RuleCheck check = checks.get(rule.id());
            if (check != null && subject.capabilities().containsAll(rule.needs())) {
                tasks.add(new Task(rule.id(), List.of(rule.id()), () -> run(rule.id(), check, subject)));
            }
        }
        return tasks;
    }

    private static List<Failure> run(String rule, RuleCheck check, Subject subject) {
        try {
            check.check(subject);
            return List.of();
        } catch (NothingToCheckException e) {
            throw e;
        } catch (FindingException e) {
            return List.of(Failure.of(rule, e.finding()));
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            return List.of(
                    Failure.of(rule, new Finding(Finding.Kind.CHECK, 0, "check", "thrown", "nothing", Thrown.text(e))));
        }
    }
}
