package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.trace.PerfScriptReader;
import io.github.rmap4j.lab.trace.TraceStepReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the end of each replay with what the kernel held then; README.md names the exceptions. */
@DisplayName("Replays against the kernel's own state")
class TruthTest {
    private static final double MOST_DIFFERENT = 0.003;
    private static final double MOST_OFF = 0.05;
    private static final long ALWAYS_ALLOWED = 250;
    /** What README.md states. */
    private static final Map<String, Simulated> SIMULATED = Map.of(
            "bash-tree", new Simulated(1480, 4844),
            "python-prefork", new Simulated(1315, 2777),
            "postgres", new Simulated(1772, 3476),
            "chromium", new Simulated(2098, 3835));

    private static final String TRACES = "/io/github/rmap4j/lab/traces/";

    /** Objects at the end of a replay. */
    private record Simulated(long anonVmas, long anonVmaChains) {
        static Simulated of(Replay replay) {
            CostReport costs = replay.manager().costs();
            return new Simulated(
                    costs.slab("anon_vma").live(), costs.slab("anon_vma_chain").live());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash-tree", "python-prefork"})
    void aShippedTraceEndsAsInLinux(String name) throws IOException {
        try (InputStream trace = new GZIPInputStream(resource(name + ".perf.gz"))) {
            Replay replay = replay(trace);
            assertEndsAsInLinux(replay, truth(name), Set.of());
            assertThat(Simulated.of(replay)).isEqualTo(SIMULATED.get(name));
        }
    }

    @Test
    void theBundledTraceEndsAsInLinux() throws IOException {
        try (InputStream trace = Input.bundled().open(bytes -> {})) {
            Replay replay = replay(trace);
            assertEndsAsInLinuxButForChromium(replay, truth("chromium"));
            assertThat(Simulated.of(replay)).isEqualTo(SIMULATED.get("chromium"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash-tree", "python-prefork", "postgres", "chromium"})
    void aTraceOfTheFolderGivenEndsAsInLinux(String name) throws IOException {
        String folder = System.getProperty("traces.dir");
        assumeThat(folder)
                .as("-Dtraces.dir=FOLDER with NAME.perf.gz and NAME.truth.json")
                .isNotNull();
        Path directory = Path.of(folder);
        Truth truth;
        try (InputStream json = Files.newInputStream(directory.resolve(name + ".truth.json"))) {
            truth = Truth.read(json);
        }
        try (InputStream trace = new GZIPInputStream(Files.newInputStream(directory.resolve(name + ".perf.gz")))) {
            Replay replay = replay(trace);
            if (name.equals("chromium")) {
                assertEndsAsInLinuxButForChromium(replay, truth);
            } else {
                assertEndsAsInLinux(replay, truth, Set.of());
            }
            assertThat(Simulated.of(replay)).isEqualTo(SIMULATED.get(name));
        }
    }

    private static void assertEndsAsInLinuxButForChromium(Replay replay, Truth truth) {
        // The crash handler is a daemon: the state was taken of the recorded command's descendants only.
        Set<Integer> daemons = Set.of(10897, 10899);
        List<Truth.Difference> differences = new ArrayList<>(truth.compare(replay.processes()));
        // The first segment of the executable ends a page before the second begins, which the trace does not tell.
        differences.removeIf(difference -> isFirstSegmentOneLonger(difference));
        assertThat(differences).isEmpty();
        assertThat(truth.compare(replay.processes())).hasSize(9);
        assertThat(9.0 / truth.vmaCount()).isLessThan(MOST_DIFFERENT);
        assertCounts(replay, truth, daemons);
    }

    private static boolean isFirstSegmentOneLonger(Truth.Difference difference) {
        if (difference.onlyInLinux().size() != 1 || difference.onlyHere().size() != 1) {
            return false;
        }
        Truth.TrueVma inLinux = difference.onlyInLinux().get(0);
        Truth.TrueVma here = difference.onlyHere().get(0);
        return here.equals(new Truth.TrueVma(
                inLinux.start(), inLinux.end() + MemoryManager.PAGE_SIZE, "r--p", inLinux.anonymous()));
    }

    private static void assertEndsAsInLinux(Replay replay, Truth truth, Set<Integer> daemons) {
        assertThat(truth.compare(replay.processes())).isEmpty();
        assertCounts(replay, truth, daemons);
    }

    private static void assertCounts(Replay replay, Truth truth, Set<Integer> daemons) {
        assertThat(replay.findings().mismatches()).isEmpty();
        Set<Integer> more = new TreeSet<>(replay.processes().keySet());
        more.removeAll(truth.processes().keySet());
        assertThat(more).isEqualTo(daemons);
        CostReport costs = replay.manager().costs();
        assertClose("anon_vma", costs.slab("anon_vma").live(), truth.anonVmas());
        assertClose("anon_vma_chain", costs.slab("anon_vma_chain").live(), truth.anonVmaChains());
        // Each VMA with anonymous pages has at least one chain of its own.
        assertThat(costs.slab("anon_vma_chain").live()).isGreaterThanOrEqualTo(truth.vmasWithAnonymousPages());
    }

    private static void assertClose(String slab, long predicted, long held) {
        long allowed = Math.max(ALWAYS_ALLOWED, (long) (held * MOST_OFF));
        assertThat(Math.abs(predicted - held))
                .as("%s: predicted %d, Linux held %d with those of perf", slab, predicted, held)
                .isLessThanOrEqualTo(allowed);
    }

    private static Replay replay(InputStream trace) {
        MemoryManager manager = ManagerSettings.builder(Strategies.find("anonvma"))
                .checking(MemoryManager.Checking.ON)
                .build();
        Replay replay = new TraceReplayer(manager, ReplayObserver.NONE)
                .replay(new TraceStepReader(new PerfScriptReader("trace", trace)));
        manager.verify();
        return replay;
    }

    private static Truth truth(String name) throws IOException {
        try (InputStream json = resource(name + ".truth.json")) {
            return Truth.read(json);
        }
    }

    private static InputStream resource(String name) {
        @Nullable InputStream resource = TruthTest.class.getResourceAsStream(TRACES + name);
        return Objects.requireNonNull(resource, name);
    }
}
