package io.github.rmap4j.tck.stress;

import io.github.rmap4j.spi.RmapStrategyProvider;
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
    void twoMutators(RmapStrategyProvider provider, TestReporter reporter) {
        stress(provider, reporter, 2, 1);
    }

    @ParameterizedTest(name = "{0}, 4 mutators, 2 walkers")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void fourMutators(RmapStrategyProvider provider, TestReporter reporter) {
        stress(provider, reporter, 4, 2);
    }

    @ParameterizedTest(name = "{0}, 3 mutators, 1 walker, more pages than memory")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void reclaim(RmapStrategyProvider provider, TestReporter reporter) {
        stress(provider, reporter, FamilyStress.withReclaim(StressStrategies.managerShortOfMemory(provider)), 3, 1);
    }

    private static void stress(RmapStrategyProvider provider, TestReporter reporter, int mutators, int walkers) {
        FamilyStress stress = FamilyStress.withAnchors(StressStrategies.managerWithLargeFolios(provider));
        stress(provider, reporter, stress, mutators, walkers);
    }

    private static void stress(
            RmapStrategyProvider provider, TestReporter reporter, FamilyStress stress, int mutators, int walkers) {
        reporter.publishEntry("tck.seed", Long.toString(SEED));
        for (int round = 0; round < ROUNDS * StressStrategies.THOROUGH; round++) {
            long seed = SEED + round;
            try {
                stress.round(seed, mutators, walkers, OPERATIONS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "round " + round + " of -Dtck.seed=" + SEED + ", " + provider.name() + ": " + e.getMessage(),
                        e);
            }
        }
        stress.end();
    }
}
