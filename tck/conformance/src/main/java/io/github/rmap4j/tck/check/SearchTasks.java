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
        return tasks;
    }

    /** The program of a name {@code PROFILE-SEED}, whether it is among those that are run by default or not. */
    static List<Task> named(Subject subject, String name) {
        int dash = name.lastIndexOf('-');
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
}
