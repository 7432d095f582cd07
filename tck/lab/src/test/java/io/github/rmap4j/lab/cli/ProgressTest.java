package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Progress")
class ProgressTest {
    private final StringWriter err = new StringWriter();

    @Test
    void isShownOnATerminalAndOncePerPercent() {
        Progress progress = new Progress(new PrintWriter(err), true, "perf:x under anonvma", 1000);
        for (long bytes = 1; bytes <= 25; bytes++) {
            progress.accept(bytes);
        }
        progress.done();
        assertThat(err.toString().split("\\R"))
                .containsExactly(
                        "",
                        "perf:x under anonvma: 0 %",
                        "perf:x under anonvma: 1 %",
                        "perf:x under anonvma: 2 %",
                        "perf:x under anonvma: done  ");
    }

    @Test
    void isNotShownElsewhere() {
        Progress progress = new Progress(new PrintWriter(err), false, "perf:x under anonvma", 1000);
        progress.accept(500);
        progress.done();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void ofAnEmptyInput() {
        Progress progress = new Progress(new PrintWriter(err), true, "program:x", 0);
        progress.accept(0);
        assertThat(err.toString()).isEqualTo("\rprogram:x: 100 %");
    }
}
