package io.github.rmap4j.lab.report;

import io.github.rmap4j.api.Distribution;
import java.util.Arrays;
import java.util.List;

/**
 * What a run looks like when it is drawn.
 *
 * @param bytes of all slabs while it went on
 * @param visited candidates that a walk visits at most, for each of {@link #QUANTILES} of all walks
 */
public record Curves(List<SlabHistory.Sample> bytes, List<Long> visited) {
    /** Shares of all walks, from the cheapest to the dearest. */
    static final List<Double> QUANTILES = List.of(0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0);

    /** Nothing to draw. */
    static final Curves NONE = new Curves(List.of(), List.of());

    /** Copies the lists. */
    public Curves {
        bytes = List.copyOf(bytes);
        visited = List.copyOf(visited);
    }

    static Curves of(List<SlabHistory.Sample> bytes, Distribution visited) {
        Long[] values = QUANTILES.stream().map(visited::quantile).toArray(Long[]::new);
        return new Curves(bytes, Arrays.asList(values));
    }
}
