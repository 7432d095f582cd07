package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Times of operations")
class OperationTimesTest {
    @Test
    void areAddedUpByKindAndSortedAsTheRecorderOfTheKernelDoes() {
        OperationTimes times = new OperationTimes();
        times.add("write", 1000);
        times.add("exec", 5);
        times.add("brk", 7);
        times.add("mmap", 1_234_567);
        times.add("write", 500);
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(times.totals().stream().map(OperationTimes.Total::line))
                    .containsExactly(
                            "mmap n=1 total_us=1234.6 ns_per_op=1234567",
                            "write n=2 total_us=1.5 ns_per_op=750",
                            "brk n=1 total_us=0.0 ns_per_op=7",
                            "exec n=1 total_us=0.0 ns_per_op=5");
        } finally {
            Locale.setDefault(before);
        }
        assertThat(times.count()).isEqualTo(5);
        assertThat(times.nanoseconds()).isEqualTo(1_236_079);
    }
}
