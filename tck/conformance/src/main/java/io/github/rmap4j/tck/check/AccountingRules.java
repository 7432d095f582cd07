package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.StrategySetting;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramGenerator;
import io.github.rmap4j.tck.program.ProgramGenerator.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is counted, how much memory is in use, and settings. */
final class AccountingRules {
    private static final int OPERATIONS = 120;
    private static final int PROGRAMS = 4;
    private static final int STEPS_PER_VALUE = 7;
    private static final int EARLY = 8;
    private static final int LATE = 64;
    private static final List<Profile> PROFILES = List.of(Profile.MIXED, Profile.FORK, Profile.REMAP, Profile.USERS);

    /** Each is done again and again; {@code N} is the number of the round. */
    private static final Map<String, List<String>> ROUNDS = Map.ofEntries(
            Map.entry("children that exit", List.of("0 fork N", "N write 0 2", "N exit", "0 write 1 1")),
            Map.entry(
                    "moves away and home",
                    List.of("0 mremap 0 4 40 4", "0 mmap 0 4 rw", "0 write 0 4", "0 munmap 0 4", "0 mremap 40 4 0 4")),
            Map.entry(
                    "moves and unmaps",
                    List.of("0 mmap 60 4 rw", "0 write 60 4", "0 mremap 60 2 80 2", "0 munmap 60 30")),
            // Page 9N0 is 910, 920, ... 9640.
            Map.entry(
                    "moves to other places each time",
                    List.of("0 mmap N60 4 rw", "0 write N60 4", "0 mremap N60 4 9N0 4", "0 munmap 9N0 4")),
            Map.entry(
                    "moves to other places each time, and unmaps in pieces",
                    List.of(
                            "0 mmap N60 4 rw",
                            "0 write N60 4",
                            "0 mremap N60 4 9N0 4",
                            "0 munmap 9N0 2",
                            "0 munmap 9N2 2")),
            Map.entry("splits and merges", List.of("0 mprotect 1 2 r", "0 mprotect 1 2 rw")),
            Map.entry("holes that are filled", List.of("0 munmap 1 2", "0 mmap 1 2 rw", "0 write 1 2")),
            Map.entry("migrations", List.of("0 migrate 0 4")),
            Map.entry("swap", List.of("0 swapout 0 4", "0 read 0 4", "0 write 0 4")),
            Map.entry(
                    "merged pages",
                    List.of(
                            "0 mmap 60 4 rw",
                            "0 madvise 60 4 mergeable",
                            "0 fill 60 4 5",
                            "0 ksm",
                            "0 ksm",
                            "0 munmap 60 4")));

    private AccountingRules() {}

    static void walkCosts(Subject subject) {
        for (MemoryProgram program : programs(subject).toList()) {
            Family family = new Family(subject.checkedBuilder().build());
            program.operations().forEach(family.machine()::execute);
            Set<Folio> folios = Collections.newSetFromMap(new IdentityHashMap<>());
            family.manager()
                    .addressSpaces()
                    .forEach(space -> space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                        if (entry.folio() != null) {
                            folios.add(entry.folio());
                        }
                    }));
            for (Folio folio : folios) {
                WalkCost cost = new WalkCost();
                List<Long> reported = new ArrayList<>();
                family.manager()
                        .rmapWalker()
                        .walk(folio, (vma, address) -> reported.add(address), WalkMode.BLOCK, cost);
                Expect.equal("hits of a walk after " + program.name(), (long) reported.size(), cost.hits());
                Expect.that(
                        "false visits of a walk after " + program.name(),
                        cost.falseVisits() < cost.visited() || cost.hits() == 0,
                        "fewer than " + cost.visited() + " visits",
                        cost.falseVisits());
            }
        }
    }

    static void looking(Subject subject) {
        for (MemoryProgram program : programs(subject).toList()) {
            Family family = new Family(subject.manager());
            program.operations().forEach(family.machine()::execute);
            CostReport before = family.manager().costs();
            verify(family.manager());
            CostReport after = family.manager().costs();
            Expect.equal("slabs after verifying", before.slabs(), after.slabs());
            Expect.equal("locks after verifying", before.locks(), after.locks());
            Expect.equal("events after verifying", before.events(), after.events());
            for (CostReport.SlabCost slab : after.slabs()) {
                Expect.that(
                        "size of an object of slab " + slab.name(),
                        slab.objectBytes() > 0,
                        "more than 0 bytes",
                        slab.objectBytes());
            }
        }
    }

    private static void verify(MemoryManager manager) {
        try {
            manager.verify();
        } catch (IllegalStateException e) {
            // What does not hold is for other rules to say; here it counts that looking changes nothing.
            return;
        }
    }

    static void bounded(Subject subject) {
        new TreeMap<>(ROUNDS).forEach((what, operations) -> {
            if (subject.capabilities().containsAll(needs(operations))) {
                bounded(subject, what, operations);
            }
        });
    }

    private static Set<Capability> needs(List<String> operations) {
        return NeededCapabilities.of(operations.stream()
                .map(operation -> MemoryProgram.parseLine("rounds", 1, operation.replace("N", "1")))
                .toList());
    }

    private static void bounded(Subject subject, String what, List<String> operations) {
        Family family = new Family(subject.manager()).run("0 mmap 0 4 rw", "0 write 0 4");
        List<Long> objects = new ArrayList<>();
        for (int round = 1; round <= LATE; round++) {
            for (String operation : operations) {
                family.run(operation.replace("N", Integer.toString(round)));
            }
            objects.add(objects(family));
        }
        expectBounded(what, objects);
        family.check(what);
        family.end();
    }

    static void dynasty(Subject subject) {
        Family family = new Family(subject.manager()).run("0 mmap 0 4 rw", "0 write 0 4");
        List<Long> objects = new ArrayList<>();
        for (int child = 1; child <= LATE; child++) {
            family.run(
                    (child - 1) + " fork " + child,
                    (child - 1) + " exit",
                    child + " write 1 1",
                    child + " madvise 2 1 dontneed",
                    child + " write 2 1");
            objects.add(objects(family));
        }
        expectBounded("parents that exit after each fork", objects);
        family.end();
    }

    private static long objects(Family family) {
        return family.manager().costs().slabs().stream()
                .mapToLong(CostReport.SlabCost::live)
                .sum();
    }

    private static void expectBounded(String what, List<Long> objects) {
        long most = objects.subList(0, EARLY).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
        long last = objects.get(objects.size() - 1);
        Expect.that(
                "objects after " + LATE + " rounds of " + what,
                last <= most,
                "at most the " + most + " of the first " + EARLY + " rounds",
                last);
    }

    static void settings(Subject subject) {
        List<StrategySetting> settings = subject.manager().options().stream()
                .filter(StrategySetting::isChangeable)
                .toList();
        if (settings.isEmpty()) {
            throw new NothingToCheckException("it has no setting that can be changed while it works");
        }
        for (StrategySetting setting : settings) {
            programs(subject).forEach(program -> change(subject, setting, program));
        }
    }

    private static void change(Subject subject, StrategySetting setting, MemoryProgram program) {
        Family family = new Family(subject.manager());
        int step = 0;
        for (Operation operation : program.operations()) {
            List<String> values = setting.values();
            family.manager().setOption(setting.name(), values.get(step / STEPS_PER_VALUE % values.size()));
            family.machine().execute(operation);
            step++;
            family.check("step " + step + " '" + operation.text() + "' of " + program.name() + ", with "
                    + setting.name() + " changed every " + STEPS_PER_VALUE + " steps");
        }
        family.end();
    }

    private static Stream<MemoryProgram> programs(Subject subject) {
        return PROFILES.stream()
                .flatMap(profile -> Stream.iterate(1L, seed -> seed + 1)
                        .limit(PROGRAMS)
                        .map(seed -> NeededCapabilities.leaveOut(
                                ProgramGenerator.generate(profile, seed, OPERATIONS), subject.capabilities())));
    }
}
