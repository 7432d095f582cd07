package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.tck.program.ProgramGenerator.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random programs, compared with the reference model after every operation.
 *
 * <p>{@code -Dtck.thorough=N} runs N times as many programs; {@code -Dtck.program=PROFILE-SEED} runs a single one.
 */
@DisplayName("Random programs")
class RandomProgramTest {
    private static final int PROGRAMS = 24;
    private static final int OPERATIONS = 150;
    private static final int HUGE_OPERATIONS = 60;

    @TestFactory
    Stream<DynamicTest> programs() {
        String single = System.getProperty("tck.program");
        if (single != null) {
            int dash = single.indexOf('-');
            Profile profile = Arrays.stream(Profile.values())
                    .filter(candidate -> single.startsWith(candidate.word() + "-"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("tck.program is not PROFILE-SEED: " + single));
            return Stream.of(test(profile, Long.parseLong(single.substring(dash + 1))));
        }
        List<DynamicTest> tests = new ArrayList<>();
        int programs = PROGRAMS * Integer.getInteger("tck.thorough", 1);
        for (Profile profile : Profile.values()) {
            // Comparing thousands of pages after each operation takes its time.
            int share = profile == Profile.HUGE ? 4 : 1;
            for (long seed = 1; seed <= programs / share; seed++) {
                tests.add(test(profile, seed));
            }
        }
        return tests.stream();
    }

    private static DynamicTest test(Profile profile, long seed) {
        String name = profile.word() + "-" + seed;
        return DynamicTest.dynamicTest(name, () -> {
            MemoryProgram program =
                    ProgramGenerator.generate(profile, seed, profile == Profile.HUGE ? HUGE_OPERATIONS : OPERATIONS);
            String failure = ReferenceCheck.run(program, manager());
            if (failure != null) {
                MemoryProgram shrunk =
                        ProgramShrinker.shrink(program, candidate -> ReferenceCheck.run(candidate, manager()) != null);
                Assertions.fail(name + " fails at " + failure
                        + "\nreplay: mvn -pl tck/conformance -am test -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtest=RandomProgramTest -Dtck.program=" + name
                        + "\nsmallest program that fails:\n" + shrunk.text()
                        + "at " + ReferenceCheck.run(shrunk, manager()));
            }
        });
    }

    private static MemoryManager manager() {
        return MemoryManager.builder()
                .strategy("anonvma")
                .checking(Checking.ON)
                .hugepages(2, HugepagePolicy.MADVISE)
                .hugepages(4, HugepagePolicy.MADVISE)
                .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE)
                .build();
    }
}
