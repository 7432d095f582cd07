package io.github.rmap4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DistributionTest {
    @Test
    @DisplayName("quantiles are exact below 64 and within 1/32 above")
    void quantiles() {
        SplittableRandom random = new SplittableRandom(11);
        long[] values = random.longs(10_000, 0, 1L << 40)
                .map(v -> v >>> random.nextInt(40))
                .toArray();
        Distribution distribution = new Distribution();
        Arrays.stream(values).forEach(distribution::record);
        Arrays.sort(values);
        for (double q : new double[] {0, 0.1, 0.5, 0.9, 0.99, 0.999, 1}) {
            long exact = values[(int) Math.max(0, Math.ceil(q * values.length) - 1)];
            long found = distribution.quantile(q);
            assertThat(found).isLessThanOrEqualTo(exact).isGreaterThanOrEqualTo(exact - exact / 32);
        }
        assertThat(distribution.max()).isEqualTo(values[values.length - 1]);
        assertThat(distribution.sum()).isEqualTo(Arrays.stream(values).sum());
    }

    @Test
    void sumsOfDistributions() {
        Distribution one = new Distribution();
        Distribution other = new Distribution();
        one.record(1);
        other.record(3);
        other.record(Long.MAX_VALUE);
        one.addAll(other);
        assertThat(one.count()).isEqualTo(3);
        assertThat(one.quantile(0.5)).isEqualTo(3);
        assertThat(one.max()).isEqualTo(Long.MAX_VALUE);
        assertThat(new Distribution().quantile(0.5)).isZero();
        assertThat(new Distribution().mean()).isZero();
    }

    @Test
    void refusesWhatIsNotAQuantileOrNegative() {
        Distribution distribution = new Distribution();
        assertThatThrownBy(() -> distribution.quantile(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution.quantile(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution.record(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
