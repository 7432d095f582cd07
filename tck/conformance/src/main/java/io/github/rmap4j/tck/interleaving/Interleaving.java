package io.github.rmap4j.tck.interleaving;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One story under one schedule. */
public final class Interleaving {
    /** Looks at a family when nobody works on it. */
    public interface Check {
        /**
         * Compares all walks with all page tables, verifies, and ends all processes.
         *
         * @param manager the manager
         * @param machine the processes
         * @return what is wrong, or null
         */
        @Nullable
        Wrong atTheEnd(MemoryManager manager, ProgramMachine machine);
    }

    /**
     * What is wrong.
     *
     * @param what what it is about
     * @param expected what there should be
     * @param actual what there is
     */
    public record Wrong(String what, String expected, String actual) {}

    /** A walk beside the other thread, and what it found. */
    private record Walk(String operation, Folio folio, List<String> found, WalkOutcome outcome) {}

    private final Story story;
    private final Schedule schedule;
    private final MemoryManager manager;
    private final ProgramMachine machine;
    private final List<Walk> walks = new ArrayList<>();
    private final Map<String, Folio> walked = new LinkedHashMap<>();
    private final int[] points = new int[2];
    private List<String> stops = List.of();
    private @Nullable Wrong wrong;

    Interleaving(Story story, Schedule schedule, RmapStrategyProvider provider) {
        this.story = story;
        this.schedule = schedule;
        manager = MemoryManager.builder()
                .strategy(new ScheduledProvider(provider))
                .checking(MemoryManager.Checking.ON)
                .build();
        machine = new ProgramMachine(manager);
    }

    /**
     * Runs it.
     *
     * @return what is wrong, or null
     */
    @Nullable
    Wrong run(Check check) {
        Story.BEFORE.forEach(this::execute);
        for (String operation : story.second()) {
            if (operation.startsWith("walk ")) {
                walked.put(operation, folio(operation));
            }
        }
        Map<Folio, Set<String>> before = places();
        Baton baton = new Baton(schedule, List.of(() -> run(story.first()), () -> run(story.second())));
        String stuck;
        try {
            stuck = baton.run();
        } finally {
            stops = baton.stops();
        }
        points[0] = baton.points(0);
        points[1] = baton.points(1);
        if (stuck != null) {
            return new Wrong("the end of both threads", "an end", stuck);
        }
        Map<Folio, Set<String>> after = places();
        for (Walk walk : walks) {
            check(walk, before.getOrDefault(walk.folio(), Set.of()), after.getOrDefault(walk.folio(), Set.of()));
        }
        return wrong == null ? check.atTheEnd(manager, machine) : wrong;
    }

    /** Where threads stopped. */
    List<String> stops() {
        return stops;
    }

    /** Points that a thread has passed. */
    int points(int thread) {
        return points[thread];
    }

    private void run(List<String> operations) {
        for (String operation : operations) {
            Folio folio = walked.get(operation);
            if (folio == null) {
                execute(operation);
            } else {
                walk(operation, folio);
            }
        }
    }

    /** Reclaim and migration may find a page busy; everything else must succeed. */
    private void execute(String text) {
        Operation operation = MemoryProgram.parseLine(story.name(), 1, text);
        StepResult result = machine.execute(operation);
        boolean busy = (operation instanceof Operation.Migrate || operation instanceof Operation.Swapout)
                && result.errno() == Errno.EAGAIN.number();
        if (!result.equals(StepResult.OK) && !busy && wrong == null) {
            wrong = new Wrong("result of '" + text + "'", String.valueOf(StepResult.OK), String.valueOf(result));
        }
    }

    private void walk(String operation, Folio folio) {
        List<String> found = new ArrayList<>();
        WalkOutcome outcome = manager.rmapWalker()
                .walk(
                        folio,
                        (vma, address) -> {
                            Baton.point("where a mapping is reported");
                            found.add(place(vma.addressSpace(), address));
                            return true;
                        },
                        WalkMode.BLOCK,
                        new WalkCost());
        walks.add(new Walk(operation, folio, found, outcome));
    }

    /**
     * What was there before and is there afterwards was there all the time: no story takes a page away and puts it back, but
     * those that move it home.
     */
    private void check(Walk walk, Set<String> before, Set<String> after) {
        Set<String> throughout = new TreeSet<>(before);
        throughout.retainAll(after);
        throughout.removeIf(this::isMovedMeanwhile);
        if (wrong != null) {
            return;
        }
        String what = "mappings that '" + walk.operation() + "' reported";
        if (walk.outcome() != WalkOutcome.COMPLETE) {
            wrong = new Wrong(
                    "outcome of '" + walk.operation() + "'",
                    "COMPLETE",
                    walk.outcome().toString());
        } else if (!walk.found().containsAll(throughout)) {
            wrong = new Wrong(what, "at least " + throughout, String.valueOf(walk.found()));
        } else if (new HashSet<>(walk.found()).size() < walk.found().size()) {
            wrong = new Wrong(what, "nothing twice", String.valueOf(walk.found()));
        } else {
            checkMoved(walk, what, before, after);
        }
    }

    /** What a process had before and has afterwards, elsewhere, was at the one place or at the other. */
    private void checkMoved(Walk walk, String what, Set<String> before, Set<String> after) {
        for (String old : before) {
            String process = old.substring(0, old.indexOf(" page"));
            List<String> now = after.stream()
                    .filter(place -> place.startsWith(process + " "))
                    .toList();
            if (!after.contains(old)
                    && now.size() == 1
                    && !walk.found().contains(old)
                    && !walk.found().contains(now.get(0))) {
                wrong = new Wrong(what, old + " or " + now.get(0), String.valueOf(walk.found()));
            }
        }
    }

    private boolean isMovedMeanwhile(String place) {
        return story.first().stream()
                .anyMatch(operation -> operation.contains(" mremap ")
                        && place.startsWith("process " + operation.substring(0, operation.indexOf(' ')) + " "));
    }

    private Folio folio(String operation) {
        String[] words = operation.split(" ");
        AddressSpace space = machine.processes().get(Integer.parseInt(words[1]));
        Folio folio = space == null
                ? null
                : space.folioAt(ProgramMachine.ARENA + Long.parseLong(words[2]) * MemoryManager.PAGE_SIZE);
        if (folio == null) {
            throw new IllegalArgumentException("nothing is mapped where '" + operation + "' begins");
        }
        return folio;
    }

    private Map<Folio, Set<String>> places() {
        Map<Folio, Set<String>> places = new IdentityHashMap<>();
        for (AddressSpace space : manager.addressSpaces()) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                if (folio != null) {
                    places.computeIfAbsent(folio, key -> new TreeSet<>()).add(place(space, entry.address()));
                }
            });
        }
        return places;
    }

    private static String place(AddressSpace space, long address) {
        return "process " + space.id() + " page " + (address - ProgramMachine.ARENA) / MemoryManager.PAGE_SIZE;
    }
}
