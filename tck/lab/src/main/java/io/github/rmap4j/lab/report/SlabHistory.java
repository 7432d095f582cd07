package io.github.rmap4j.lab.report;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Bytes of all slabs while a replay goes on, at evenly spaced operations. Nobody knows how many operations there will be: when
 * there are too many samples, every other one goes and the spacing doubles.
 */
public final class SlabHistory implements ReplayObserver {
    static final int MOST_SAMPLES = 256;

    /**
     * A moment.
     *
     * @param operation how many operations were over
     * @param bytes of the live objects of all slabs
     */
    public record Sample(long operation, long bytes) {}

    private final MemoryManager manager;
    private final List<Sample> samples = new ArrayList<>();
    private long operations = -1;
    private long spacing = 1;

    /**
     * A history without samples.
     *
     * @param manager that does what is replayed
     */
    public SlabHistory(MemoryManager manager) {
        this.manager = manager;
    }

    @Override
    public void after(Supplier<String> operation, StepResult result, Map<Integer, AddressSpace> processes) {
        operations++;
        if (operations % spacing == 0) {
            samples.add(now());
            if (samples.size() > MOST_SAMPLES) {
                spacing *= 2;
                samples.removeIf(sample -> sample.operation() % spacing != 0);
            }
        }
    }

    private Sample now() {
        return new Sample(
                operations,
                manager.costs().slabs().stream()
                        .mapToLong(CostReport.SlabCost::liveBytes)
                        .sum());
    }

    /**
     * The samples.
     *
     * @return the latest state last, whatever the spacing
     */
    List<Sample> samples() {
        List<Sample> all = new ArrayList<>(samples);
        if (operations >= 0 && operations % spacing != 0) {
            all.add(now());
        }
        return all;
    }
}
