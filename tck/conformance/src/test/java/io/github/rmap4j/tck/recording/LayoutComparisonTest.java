package io.github.rmap4j.tck.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import io.github.rmap4j.tck.program.VmaRange;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a strategy with other rules for merges may cut a layout into VMAs, and what is a difference. */
@DisplayName("Comparison of layouts that are cut into VMAs differently")
class LayoutComparisonTest {
    private static final List<VmaRange> NOTHING = List.of();

    private final LayoutComparison layouts = new LayoutComparison();
    private int steps;

    /** VMAs as {@code START-END PERMISSIONS}. */
    private static List<VmaRange> vmas(String... lines) {
        return Stream.of(lines)
                .map(line -> {
                    String[] parts = line.split("[- ]", 3);
                    return new VmaRange(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
                })
                .toList();
    }

    private boolean compare(int process, List<VmaRange> expected, List<VmaRange> actual) {
        steps++;
        RecordedStep step =
                new RecordedStep(steps + 1, "op " + steps, StepResult.OK, new StateSnapshot(Map.of(), Map.of()));
        return layouts.isEqualButForMerges(step, process, expected, actual);
    }

    private boolean compare(List<VmaRange> expected, List<VmaRange> actual) {
        return compare(0, expected, actual);
    }

    private static Boundary boundary(int step, int process, long page) {
        return new Boundary(step, "op " + step, process, page);
    }

    @Test
    @DisplayName("equal layouts have missed nothing")
    void equal() {
        assertThat(compare(NOTHING, NOTHING)).isTrue();
        List<VmaRange> layout = vmas("0-4 rw-p", "4-6 r--p", "9-10 rw-p");
        assertThat(compare(layout, layout)).isTrue();
        assertThat(layouts.missedMerges()).isEmpty();
    }

    @Test
    @DisplayName("a finer layout is fine, and each boundary is listed with its first step")
    void finer() {
        List<VmaRange> recorded = vmas("0-9 rw-p", "9-12 r--p");
        assertThat(compare(recorded, vmas("0-4 rw-p", "4-9 rw-p", "9-12 r--p"))).isTrue();
        assertThat(compare(recorded, vmas("0-4 rw-p", "4-9 rw-p", "9-12 r--p"))).isTrue();
        assertThat(compare(recorded, vmas("0-4 rw-p", "4-7 rw-p", "7-9 rw-p", "9-11 r--p", "11-12 r--p")))
                .isTrue();
        assertThat(layouts.missedMerges()).containsExactly(boundary(1, 0, 4), boundary(3, 0, 7), boundary(3, 0, 11));
    }

    @Test
    @DisplayName("a boundary that goes and comes back is listed again")
    void comesBack() {
        List<VmaRange> recorded = vmas("0-9 rw-p");
        List<VmaRange> finer = vmas("0-4 rw-p", "4-9 rw-p");
        assertThat(compare(recorded, finer)).isTrue();
        assertThat(compare(finer, finer)).isTrue();
        assertThat(compare(recorded, finer)).isTrue();
        assertThat(compare(recorded, recorded)).isTrue();
        assertThat(layouts.missedMerges()).containsExactly(boundary(1, 0, 4), boundary(3, 0, 4));
    }

    @Test
    @DisplayName("the same boundary in another process is another one")
    void processes() {
        List<VmaRange> recorded = vmas("0-9 rw-p");
        List<VmaRange> finer = vmas("0-4 rw-p", "4-9 rw-p");
        assertThat(compare(0, recorded, finer)).isTrue();
        assertThat(compare(1, recorded, finer)).isTrue();
        assertThat(compare(0, recorded, finer)).isTrue();
        assertThat(layouts.missedMerges()).containsExactly(boundary(1, 0, 4), boundary(2, 1, 4));
    }

    @Test
    @DisplayName("a coarser layout has merged further, and each boundary it lacks is listed with its first step")
    void coarser() {
        assertThat(compare(vmas("0-4 rw-p", "4-9 rw-p"), vmas("0-9 rw-p"))).isTrue();
        assertThat(compare(vmas("0-4 rw-p", "4-9 rw-p"), vmas("0-9 rw-p"))).isTrue();
        assertThat(layouts.furtherMerges()).containsExactly(boundary(1, 0, 4));
        assertThat(layouts.missedMerges()).isEmpty();
    }

    @Test
    @DisplayName("a boundary at another place is one missed merge and one further merge")
    void shifted() {
        assertThat(compare(vmas("0-4 rw-p", "4-9 rw-p"), vmas("0-5 rw-p", "5-9 rw-p")))
                .isTrue();
        assertThat(layouts.furtherMerges()).containsExactly(boundary(1, 0, 4));
        assertThat(layouts.missedMerges()).containsExactly(boundary(1, 0, 5));
    }

    @Test
    @DisplayName("other permissions are a difference, of one part too")
    void permissions() {
        assertThat(compare(vmas("0-9 rw-p"), vmas("0-9 r--p"))).isFalse();
        assertThat(compare(vmas("0-9 rw-p"), vmas("0-4 rw-p", "4-9 rwxp"))).isFalse();
    }

    @Test
    @DisplayName("gaps are a difference, wherever they are")
    void gaps() {
        List<VmaRange> recorded = vmas("2-9 rw-p");
        assertThat(compare(recorded, vmas("2-4 rw-p", "5-9 rw-p"))).isFalse();
        assertThat(compare(recorded, vmas("3-9 rw-p"))).isFalse();
        assertThat(compare(recorded, vmas("2-4 rw-p", "4-8 rw-p"))).isFalse();
        assertThat(compare(recorded, NOTHING)).isFalse();
        assertThat(compare(vmas("2-9 rw-p", "9-12 rw-p"), vmas("2-9 rw-p", "10-12 rw-p")))
                .isFalse();
    }

    @Test
    @DisplayName("a VMA where the recording has none is a difference")
    void tooMuch() {
        List<VmaRange> recorded = vmas("2-9 rw-p");
        assertThat(compare(recorded, vmas("2-9 rw-p", "9-10 rw-p"))).isFalse();
        assertThat(compare(recorded, vmas("0-2 rw-p", "2-9 rw-p"))).isFalse();
        assertThat(compare(recorded, vmas("2-11 rw-p"))).isFalse();
        assertThat(compare(NOTHING, vmas("2-9 rw-p"))).isFalse();
    }

    @Test
    @DisplayName("what is different has missed no merge")
    void differentListsNothing() {
        assertThat(compare(vmas("0-9 rw-p"), vmas("0-4 rw-p", "4-9 r--p"))).isFalse();
        assertThat(layouts.missedMerges()).isEmpty();
    }
}
