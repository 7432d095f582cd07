package io.github.rmap4j.tck.stress;

import io.github.rmap4j.tck.strategy.Contestant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What a walk promises while mappings change")
class WalkPromisesTest {
    private static final int CHANGES = 4000 * StressStrategies.THOROUGH;

    private static WalkPromises promises(Contestant contestant) {
        return new WalkPromises(StressStrategies.manager(contestant), CHANGES);
    }

    @ParameterizedTest(name = "{0}: a page that mremap moves is found, at its old or its new place, and no place twice")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void movedPage(Contestant contestant) {
        promises(contestant).movedPage();
    }

    @ParameterizedTest(name = "{0}: a page whose VMA is split, merged and resized around it is found once")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void pageInChangingLayout(Contestant contestant) {
        promises(contestant).pageInChangingLayout();
    }

    @ParameterizedTest(name = "{0}: a page whose owner forks, exits, and so on, is found in one generation at least")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void dynasty(Contestant contestant) {
        promises(contestant).dynasty();
    }

    @ParameterizedTest(name = "{0}: a page is found in every process that keeps it, whoever comes and goes beside them")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void keptWhileOthersComeAndGo(Contestant contestant) {
        promises(contestant).keptWhileOthersComeAndGo();
    }
}
