package io.github.rmap4j.tck.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The kit's work")
class TaskRunnerTest {
    @Test
    @DisplayName("has its results in order, whoever is done first")
    void order() {
        CountDownLatch last = new CountDownLatch(1);
        List<Callable<String>> work = new ArrayList<>();
        work.add(() -> {
            last.await();
            return "first";
        });
        work.add(() -> {
            last.countDown();
            return "second";
        });
        assertThat(new TaskRunner(2, 60).runAll(work, i -> "endless", i -> "given up"))
                .containsExactly("first", "second");
    }

    @Test
    @DisplayName("is given up when something does not end")
    void endless() {
        CountDownLatch never = new CountDownLatch(1);
        Callable<String> stuck = () -> {
            while (never.getCount() > 0) {
                Thread.onSpinWait();
            }
            return "end";
        };
        try {
            List<Callable<String>> work = List.of(() -> "first", stuck, () -> "behind it");
            assertThat(new TaskRunner(1, 1).runAll(work, i -> "endless " + i, i -> "given up " + i))
                    .containsExactly("first", "endless 1", "given up 2");
        } finally {
            never.countDown();
        }
    }

    @Test
    @DisplayName("does not hide a failure of its own")
    void failure() {
        List<Callable<String>> work = List.of(() -> {
            throw new IllegalArgumentException("a rule is malformed");
        });
        assertThatThrownBy(() -> new TaskRunner(1, 60).runAll(work, i -> "endless", i -> "given up"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the kit itself failed: java.lang.IllegalArgumentException: a rule is malformed");
    }
}
