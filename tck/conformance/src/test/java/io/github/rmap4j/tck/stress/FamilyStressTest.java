package io.github.rmap4j.tck.stress;

import io.github.rmap4j.tck.strategy.Contestant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link FamilyStress} with each strategy; {@code -Dtck.seed=N} repeats a seed, though not the schedule of threads. */
@DisplayName("A family of processes under random changes and walks")
class FamilyStressTest {
    private static final long SEED = Long.getLong("tck.seed", 1);
    private static final int ROUNDS = 40;
    private static final int OPERATIONS = 400;

    @ParameterizedTest(name = "{0}, 2 mutators, 1 walker")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void twoMutators(Contestant contestant, TestReporter reporter) {
        stress(contestant, reporter, 2, 1);
    }

    @ParameterizedTest(name = "{0}, 4 mutators, 2 walkers")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void fourMutators(Contestant contestant, TestReporter reporter) {
        stress(contestant, reporter, 4, 2);
    }

    @ParameterizedTest(name = "{0}, 3 mutators, 1 walker, more pages than memory")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void reclaim(Contestant contestant, TestReporter reporter) {
        stress(contestant, reporter, FamilyStress.withReclaim(StressStrategies.managerShortOfMemory(contestant)), 3, 1);
    }

    private static void stress(Contestant contestant, TestReporter reporter, int mutators, int walkers) {
        FamilyStress stress = FamilyStress.withAnchors(StressStrategies.managerWithLargeFolios(contestant));
        stress(contestant, reporter, stress, mutators, walkers);
    }

    private static void stress(
            Contestant contestant, TestReporter reporter, FamilyStress stress, int mutators, int walkers) {
        reporter.publishEntry("tck.seed", Long.toString(SEED));
        for (int round = 0; round < ROUNDS * StressStrategies.THOROUGH; round++) {
            long seed = SEED + round;
            try {
                stress.round(seed, mutators, walkers, OPERATIONS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "round " + round + " of -Dtck.seed=" + SEED + ", " + contestant.name() + ": " + e.getMessage(),
                        e);
            }
        }
        stress.end();
    }
}
