package io.github.rmap4j.tck.interleaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.CooperativeThread;
import io.github.rmap4j.api.Strategies;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of which one runs at a time. */
@DisplayName("An interleaving")
class InterleavingTest {
    private final List<String> trace = new ArrayList<>();
    private boolean locked;

    private Runnable passing(String name, int points) {
        return () -> {
            for (int i = 1; i <= points; i++) {
                trace.add(name + i);
                Baton.point("at " + name + i);
            }
        };
    }

    /** Takes a lock that knows nothing of threads. */
    private Runnable locking(String name) {
        return () -> {
            while (locked) {
                ((CooperativeThread) Thread.currentThread()).giveWay("lock");
            }
            locked = true;
            trace.add(name + " locks");
            Baton.point("with the lock");
            trace.add(name + " unlocks");
            locked = false;
        };
    }

    private Baton run(String schedule, Runnable a, Runnable b) {
        return new Baton(Schedule.parse(schedule), List.of(a, b));
    }

    @Test
    @DisplayName("is what its schedule says")
    void schedule() {
        Baton baton = run("a2b1a1", passing("a", 4), passing("b", 3));
        assertThat(baton.run()).isNull();
        assertThat(baton.stops()).containsExactly("a stops at a2", "b stops at b1", "a stops at a3");
        assertThat(trace).containsExactly("a1", "a2", "b1", "a3", "b2", "b3", "a4");
    }

    @Test
    @DisplayName("goes on with the other thread when one has ended before its turn is over")
    void endedEarly() {
        assertThat(run("b9a1b1", passing("a", 2), passing("b", 1)).run()).isNull();
        assertThat(trace).containsExactly("b1", "a1", "a2");
    }

    @Test
    @DisplayName("lets the holder of a lock go on when the other thread needs it")
    void waiting() {
        Baton baton = run("a1b1", locking("a"), locking("b"));
        assertThat(baton.run()).isNull();
        assertThat(baton.stops()).containsExactly("a stops with the lock", "b waits for lock");
        assertThat(trace).containsExactly("a locks", "a unlocks", "b locks", "b unlocks");
    }

    @Test
    @DisplayName("that waits for ever ends, and says who waits for what")
    void deadlock() {
        locked = true;
        assertThat(run("a1", locking("a"), locking("b")).run())
                .isEqualTo("threads wait for one another: a for 'lock' b for 'lock'");
        assertThat(trace).isEmpty();
    }

    @Test
    @DisplayName("has a word that is the same schedule")
    void words() {
        for (int seed = 0; seed < 50; seed++) {
            Schedule schedule = Schedule.random(new SplittableRandom(seed), 3, 40);
            assertThat(Schedule.parse(schedule.toString())).isEqualTo(schedule);
        }
        assertThatThrownBy(() -> Schedule.parse("a0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'a0' is no schedule: expected turns of threads, as in a17b9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonvma", "lazy", "cowctx-pruned"})
    @DisplayName("of a strategy passes the same points each time")
    void deterministic(String strategy) {
        Story story = Interleavings.story("fork-fork+migrate-read").orElseThrow();
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Interleaving run = new Interleaving(story, Schedule.parse("b27a37b5"), Strategies.find(strategy));
            assertThat(run.run((manager, machine) -> null)).isNull();
            points.add(run.points(0) * 1000 + run.points(1));
        }
        assertThat(points).containsOnly(points.get(0));
        assertThat(points.get(0)).isGreaterThan(37_027);
    }
}
