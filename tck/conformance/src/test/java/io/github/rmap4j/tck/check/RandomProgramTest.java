package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.ProgramGenerator;
import io.github.rmap4j.tck.program.ProgramGenerator.Profile;
import io.github.rmap4j.tck.program.ProgramShrinker;
import io.github.rmap4j.tck.strategy.Contestant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random programs under the settings of strategies, compared with the reference model after every operation.
 *
 * <p>{@code -Dtck.thorough=N} runs N times as many programs; {@code -Dtck.program=STRATEGY:PROFILE-SEED} runs a single
 * one.
 */
@DisplayName("Random programs")
class RandomProgramTest {
    private static final int PROGRAMS = 24;
    private static final int OPERATIONS = 150;
    private static final int HUGE_OPERATIONS = 60;

    /** Those that are not run by a conformance test with all programs: strategies with settings of their own. */
    private static boolean isNotRunElsewhere(Contestant contestant) {
        return !contestant.options().isEmpty();
    }

    private static final int SMOKE_SHARE = 6;

    @TestFactory
    Stream<DynamicTest> programs() {
        String single = System.getProperty("tck.program");
        if (single != null) {
            return Stream.of(single(single));
        }
        return Contestant.all().stream()
                .filter(RandomProgramTest::isNotRunElsewhere)
                .flatMap(RandomProgramTest::programs);
    }

    private static DynamicTest single(String name) {
        int colon = name.lastIndexOf(':');
        int dash = name.lastIndexOf('-');
        Contestant contestant = Contestant.all().stream()
                .filter(candidate -> colon > 0 && candidate.name().equals(name.substring(0, colon)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("tck.program is not STRATEGY:PROFILE-SEED: " + name));
        Profile profile = Arrays.stream(Profile.values())
                .filter(candidate -> dash > colon && candidate.word().equals(name.substring(colon + 1, dash)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("tck.program is not STRATEGY:PROFILE-SEED: " + name));
        return test(contestant, profile, Long.parseLong(name.substring(dash + 1)));
    }

    private static Stream<DynamicTest> programs(Contestant contestant) {
        List<DynamicTest> tests = new ArrayList<>();
        int programs = PROGRAMS / SMOKE_SHARE * Integer.getInteger("tck.thorough", 1);
        for (Profile profile : Profile.values()) {
            // Comparing thousands of pages after each operation takes its time.
            int share = profile == Profile.HUGE ? 4 : 1;
            for (long seed = 1; seed <= programs / share; seed++) {
                tests.add(test(contestant, profile, seed));
            }
        }
        return tests.stream();
    }

    private static DynamicTest test(Contestant contestant, Profile profile, long seed) {
        String name = contestant.name() + ":" + profile.word() + "-" + seed;
        return DynamicTest.dynamicTest(name, () -> {
            MemoryProgram program =
                    ProgramGenerator.generate(profile, seed, profile == Profile.HUGE ? HUGE_OPERATIONS : OPERATIONS);
            Finding failure = ReferenceCheck.run(program, manager(contestant));
            if (failure != null) {
                MemoryProgram shrunk = ProgramShrinker.shrink(
                        program, candidate -> ReferenceCheck.run(candidate, manager(contestant)) != null);
                Assertions.fail(name + " fails at " + failure
                        + "\nreplay: mvn -pl tck/conformance -am test -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtest=RandomProgramTest -Dtck.program=" + name
                        + "\nsmallest program that fails:\n" + shrunk.text()
                        + "at " + ReferenceCheck.run(shrunk, manager(contestant)));
            }
        });
    }

    private static MemoryManager manager(Contestant contestant) {
        return contestant
                .builder()
                .checking(Checking.ON)
                .hugepages(2, HugepagePolicy.MADVISE)
                .hugepages(4, HugepagePolicy.MADVISE)
                .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE)
                .build();
    }
}
