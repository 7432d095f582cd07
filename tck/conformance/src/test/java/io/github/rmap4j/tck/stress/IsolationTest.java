package io.github.rmap4j.tck.stress;

import io.github.rmap4j.tck.strategy.Contestant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Isolation under concurrent writes")
class IsolationTest {
    private static final int FORKS = 4000 * StressStrategies.THOROUGH;

    @ParameterizedTest(name = "{0}: what a child inherited does not change while its parent goes on writing")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void childKeepsWhatItInherited(Contestant contestant) {
        new Isolation(StressStrategies.manager(contestant), FORKS).childKeepsWhatItInherited();
    }
}
