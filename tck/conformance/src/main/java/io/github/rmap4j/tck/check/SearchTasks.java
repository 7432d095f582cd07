package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramGenerator;
import io.github.rmap4j.tck.program.ProgramGenerator.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random programs. */
final class SearchTasks {
    private static final int PROGRAMS = 24;
    private static final int OPERATIONS = 150;
    private static final int HUGE_PROGRAMS = 6;
    private static final int HUGE_OPERATIONS = 60;
    /** One write in so many is followed by mbind of what it wrote. */
    private static final int POLICIES = 12;
    /** One child in so many has a second thread. */
    private static final int THREADS = 8;

    /** What programs with calls are named that the reference model does not know: only walks and invariants are checked. */
    private static final String CALLS = "calls";

    /** One operation in so many is followed by such a call. */
    private static final int CALLS_BETWEEN = 8;
    /** Children that vfork makes have numbers from here on: programs have fewer processes. */
    private static final int FIRST_VFORK = 1000;

    private static final int MOST_HEAP = 24;

    private SearchTasks() {}

    static List<Task> of(Subject subject) {
        List<Task> tasks = new ArrayList<>();
        for (Profile profile : Profile.values()) {
            // Comparing thousands of pages after each operation takes its time.
            int programs = (profile == Profile.HUGE ? HUGE_PROGRAMS : PROGRAMS) * subject.thorough();
            for (long seed = 1; seed <= programs; seed++) {
                tasks.add(of(subject, profile, seed));
            }
        }
        for (long seed = 1; seed <= (long) PROGRAMS * subject.thorough(); seed++) {
            tasks.add(withCalls(subject, seed));
        }
        return tasks;
    }

    /** The program of a name {@code PROFILE-SEED}, whether it is among those that are run by default or not. */
    static List<Task> named(Subject subject, String name) {
        int dash = name.lastIndexOf('-');
        if (name.matches(CALLS + "-[0-9]{1,18}")) {
            return List.of(withCalls(subject, Long.parseLong(name.substring(dash + 1))));
        }
        for (Profile profile : Profile.values()) {
            if (dash > 0
                    && profile.word().equals(name.substring(0, dash))
                    && name.substring(dash + 1).matches("[0-9]{1,18}")) {
                return List.of(of(subject, profile, Long.parseLong(name.substring(dash + 1))));
            }
        }
        return List.of();
    }

    private static Task of(Subject subject, Profile profile, long seed) {
        return new Task(profile.word() + "-" + seed, List.of(), () -> run(subject, profile, seed));
    }

    private static List<Failure> run(Subject subject, Profile profile, long seed) {
        int operations = profile == Profile.HUGE ? HUGE_OPERATIONS : OPERATIONS;
        MemoryProgram program = NeededCapabilities.leaveOut(
                withMore(ProgramGenerator.generate(profile, seed, operations), seed), subject.capabilities());
        Finding finding = ReferenceCheck.run(program, subject.manager());
        return finding == null ? List.of() : List.of(new Failure(null, finding, program, program.name()));
    }

    /** The generator's programs are those of the recordings; here they also set policies and start threads. */
    private static MemoryProgram withMore(MemoryProgram program, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : program.operations()) {
            operations.add(operation);
            if (operation instanceof Operation.Write write && random.nextInt(POLICIES) == 0) {
                int policy = random.nextInt(3);
                operations.add(new Operation.Mbind(write.process(), write.start(), write.length(), policy));
            } else if (operation instanceof Operation.Fork fork && random.nextInt(THREADS) == 0) {
                operations.add(new Operation.Thread(fork.child()));
            }
        }
        return MemoryProgram.of(program.name(), operations);
    }

    private static Task withCalls(Subject subject, long seed) {
        String name = CALLS + "-" + seed;
        return new Task(name, List.of(), () -> {
            Profile profile = seed % 2 == 0 ? Profile.FORK : Profile.REMAP;
            MemoryProgram program = NeededCapabilities.leaveOut(
                    withCalls(name, ProgramGenerator.generate(profile, seed, OPERATIONS), seed),
                    subject.capabilities());
            Finding finding = ReferenceCheck.run(program, subject.manager());
            return finding == null ? List.of() : List.of(new Failure(null, finding, program, name));
        });
    }

    /** Between the operations: brk, mseal, vfork with exec or exit, and exec. */
    private static MemoryProgram withCalls(String name, MemoryProgram program, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Operation> operations = new ArrayList<>();
        int vforked = FIRST_VFORK;
        for (Operation operation : program.operations()) {
            operations.add(operation);
            if (operation instanceof Operation.Exit || random.nextInt(CALLS_BETWEEN) > 0) {
                continue;
            }
            int process = operation.process();
            switch (random.nextInt(5)) {
                case 0 -> operations.add(new Operation.Brk(process, random.nextInt(MOST_HEAP)));
                case 1 -> {
                    if (operation instanceof Operation.Write write) {
                        operations.add(new Operation.Mseal(process, write.start(), write.length()));
                    }
                }
                case 2 -> {
                    operations.add(new Operation.Vfork(process, vforked));
                    operations.add(random.nextBoolean() ? new Operation.Exec(vforked) : new Operation.Exit(vforked));
                    vforked++;
                }
                case 3 -> {
                    if (operation instanceof Operation.Fork fork) {
                        operations.add(new Operation.Exec(fork.child()));
                    }
                }
                default -> operations.add(new Operation.Brk(process, 1 + random.nextInt(2)));
            }
        }
        return MemoryProgram.of(name, operations);
    }
}
