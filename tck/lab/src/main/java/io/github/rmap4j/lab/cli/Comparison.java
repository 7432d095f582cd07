package io.github.rmap4j.lab.cli;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.input.IdentifiedInput;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.replay.ManagerSettings;
import io.github.rmap4j.lab.replay.Replay;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.lab.replay.Workload;
import io.github.rmap4j.lab.report.LeafCensus;
import io.github.rmap4j.lab.report.Measurement;
import io.github.rmap4j.lab.report.SlabHistory;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Measures inputs under strategies, one after the other. */
record Comparison(List<IdentifiedInput> inputs, List<RmapStrategyProvider> strategies, PrintWriter progress) {
    Comparison {
        inputs = List.copyOf(inputs);
        strategies = List.copyOf(strategies);
    }

    List<Measurement> measure() {
        warmUp();
        List<Measurement> measurements = new ArrayList<>();
        for (IdentifiedInput input : inputs) {
            for (RmapStrategyProvider strategy : strategies) {
                measurements.add(measure(input, strategy, ""));
            }
        }
        return measurements;
    }

    /** The code that all strategies share is compiled meanwhile, or the first would pay for it. */
    private void warmUp() {
        for (RmapStrategyProvider strategy : strategies) {
            measure(inputs.get(0), strategy, "warm-up with ");
        }
    }

    private Measurement measure(IdentifiedInput identified, RmapStrategyProvider strategy, String purpose) {
        Input input = identified.input();
        Progress shown = new Progress(
                progress,
                Progress.isTerminal(),
                purpose + input + " under " + strategy.name(),
                identified.identity().bytes());
        MemoryManager manager = ManagerSettings.build(strategy);
        SlabHistory history = new SlabHistory(manager);
        LeafCensus leaves = new LeafCensus();
        ReplayObserver both = (operation, result, processes) -> {
            history.after(operation, result, processes);
            leaves.after(operation, result, processes);
        };
        Replay replay = new Workload(input).replay(manager, both, shown);
        Measurement measurement = Measurement.of(input.toString(), replay, history, leaves);
        shown.done();
        return measurement;
    }
}
