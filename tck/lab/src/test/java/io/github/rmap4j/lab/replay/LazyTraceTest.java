package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.trace.PerfScriptReader;
import io.github.rmap4j.lab.trace.TraceStepReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of real programs under the lazy strategies: the objects that impl-lazy/README.md states, and Linux's layout. */
@DisplayName("Traces under the lazy strategies")
class LazyTraceTest {
    @ParameterizedTest(name = "{0} under {1}")
    @CsvSource({
        "bash-tree, lazy, 850, 4214, 0",
        "bash-tree, lazy-gki, 1480, 4844, 0",
        "python-prefork, lazy, 211, 1673, 2",
        "python-prefork, lazy-gki, 1295, 2757, 2",
        "chromium, lazy, 444, 1995, 6",
        "chromium, lazy-gki, 1709, 3274, 5",
        "chromium, lazy-nofork, 2098, 3835, 0"
    })
    void objectsAndLayout(String trace, String strategy, long anonVmas, long chains, long zombies) throws IOException {
        MemoryManager manager = ManagerSettings.build(Strategies.find(strategy));
        List<String> layout = layout(replay(trace, manager));
        CostReport costs = manager.costs();
        assertThat(costs.slab("anon_vma").live()).isEqualTo(anonVmas);
        assertThat(costs.slab("anon_vma_chain").live()).isEqualTo(chains);
        assertThat(costs.events().stream()
                        .filter(event -> event.name().equals("lazy_zombies"))
                        .map(CostReport.EventCost::count))
                .containsExactly(zombies);
        MemoryManager today = ManagerSettings.build(Strategies.find("anonvma"));
        assertThat(layout).isEqualTo(layout(replay(trace, today)));
    }

    private static Replay replay(String trace, MemoryManager manager) throws IOException {
        try (InputStream lines = open(trace)) {
            Replay replay = new TraceReplayer(manager, ReplayObserver.NONE)
                    .replay(new TraceStepReader(new PerfScriptReader(trace, lines)));
            assertThat(replay.findings().mismatches()).isEmpty();
            return replay;
        }
    }

    private static InputStream open(String trace) throws IOException {
        if (trace.equals("chromium")) {
            return Input.bundled().open(bytes -> {});
        }
        InputStream resource =
                LazyTraceTest.class.getResourceAsStream("/io/github/rmap4j/lab/traces/" + trace + ".perf.gz");
        assertThat(resource).as("trace %s", trace).isNotNull();
        return new GZIPInputStream(resource);
    }

    /** Every VMA of every process. */
    private static List<String> layout(Replay replay) {
        List<String> layout = new ArrayList<>();
        replay.processes().forEach((process, space) -> space.vmas().forEach(vma -> layout.add(process + " " + vma)));
        return layout;
    }
}
