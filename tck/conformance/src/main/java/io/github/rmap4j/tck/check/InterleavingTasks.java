package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.interleaving.Interleaving;
import io.github.rmap4j.tck.interleaving.Interleavings;
import io.github.rmap4j.tck.interleaving.Story;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two threads under one schedule after another. */
final class InterleavingTasks {
    static final String RULE = "CONCURRENCY-8";

    private static final String WORD = "beside:";
    private static final char AT = '@';

    private InterleavingTasks() {}

    static List<Task> of(Subject subject) {
        List<Task> tasks = new ArrayList<>();
        for (Story story : Interleavings.stories()) {
            if (subject.capabilities().containsAll(NeededCapabilities.of(operations(story)))) {
                tasks.add(new Task(
                        WORD + story.name(),
                        List.of(RULE),
                        () -> failures(subject, story, run -> run.first(subject.thorough()))));
            }
        }
        return tasks;
    }

    /** The task of a word {@code beside:STORY} or {@code beside:STORY@SCHEDULE}. */
    static List<Task> named(Subject subject, String name) {
        int at = name.indexOf(AT);
        if (!name.startsWith(WORD)) {
            return List.of();
        } else if (at < 0) {
            return of(subject).stream()
                    .filter(task -> task.replay().equals(name))
                    .toList();
        }
        Optional<Story> story = Interleavings.story(name.substring(WORD.length(), at));
        String schedule = name.substring(at + 1);
        return story
                .map(known ->
                        new Task(name, List.of(RULE), () -> failures(subject, known, run -> run.replay(schedule))))
                .stream()
                .toList();
    }

    private static List<Operation> operations(Story story) {
        return Stream.concat(story.first().stream(), story.second().stream())
                .filter(operation -> !operation.startsWith("walk "))
                .map(operation -> MemoryProgram.parseLine(story.name(), 1, operation))
                .toList();
    }

    /** Runs schedules of a story. */
    private interface Runs {
        Interleavings.@Nullable Failed run(Interleavings interleavings);
    }

    private static Interleaving.@Nullable Wrong atTheEnd(MemoryManager manager, ProgramMachine machine) {
        try {
            WalkCheck.run(manager, machine.processes(), 0, "afterwards");
            manager.verify();
            for (int process : machine.processes().keySet().stream().toList()) {
                machine.execute(MemoryProgram.parseLine("end", 1, process + " exit"));
            }
            Expect.nothingLeft(manager);
            return null;
        } catch (FindingException e) {
            Finding finding = e.finding();
            return new Interleaving.Wrong(
                    finding.where() + ": " + finding.what(), finding.expected(), finding.actual());
        }
    }

    private static List<Failure> failures(Subject subject, Story story, Runs runs) {
        Interleavings.Failed failed =
                runs.run(new Interleavings(story, subject.provider(), InterleavingTasks::atTheEnd));
        if (failed == null) {
            return List.of();
        }
        Interleaving.Wrong wrong = failed.wrong();
        String where = "thread a does " + story.first() + ", thread b " + story.second() + ", after " + Story.BEFORE
                + ", schedule " + failed.schedule() + ", so " + String.join(", ", failed.stops());
        Finding finding = new Finding(Finding.Kind.CHECK, 0, where, wrong.what(), wrong.expected(), wrong.actual());
        return List.of(new Failure(RULE, finding, null, WORD + story.name() + AT + failed.schedule()));
    }
}
