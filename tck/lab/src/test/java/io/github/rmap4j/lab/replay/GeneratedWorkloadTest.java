package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.scenario.Scenario;
import io.github.rmap4j.lab.scenario.Scenarios;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Generated workloads")
class GeneratedWorkloadTest {
    /** Every scenario but the phone, so small that a check after it takes no time. */
    private static final List<String> SMALL = List.of(
            "thousand?vmas=20&children=10",
            "zygote?leaves=8&vmas=4&pages=60",
            "deep-chain?depth=12&pages=5&copied=0.2",
            "daemon-generations?generations=15&pages=8&written=0.3&helpers=2",
            "wide-fork?children=6&vmas=4&pages=3",
            "leaf-only?processes=5&vmas=6&pages=4",
            "fork-server?requests=30&parallel=4&vmas=5&pages=4&touched=6",
            "shell?commands=12&pages=10&subshells=0.5",
            "snapshot?pages=80&snapshots=4",
            "private-files?files=20&children=2",
            "mremap-storm?rounds=250&live=5&children=3",
            "split-merge-storm?rounds=120&pages=40&children=2",
            "thp-heavy?folios=8&children=3&unmapped=0.4&moved=0.3");

    private static Replay replay(String scenario, RmapStrategyProvider strategy, ReplayObserver observer) {
        MemoryManager manager = ManagerSettings.builder(strategy)
                .checking(MemoryManager.Checking.ON)
                .build();
        return new Workload(Input.parse("scenario:" + scenario)).replay(manager, observer, bytes -> {});
    }

    private static Replay replay(String scenario) {
        return replay(scenario, Strategies.find("anonvma"), ReplayObserver.NONE);
    }

    private static List<String> operations(String scenario) {
        List<String> operations = new ArrayList<>();
        replay(scenario, Strategies.find("anonvma"), (operation, result, processes) -> operations.add(operation.get()));
        return operations;
    }

    private static Map<Folio, Integer> mappings(Replay replay) {
        Map<Folio, Integer> mappings = new HashMap<>();
        for (AddressSpace space : replay.processes().values()) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                if (entry.folio() != null) {
                    mappings.merge(entry.folio(), 1, Integer::sum);
                }
            });
        }
        return mappings;
    }

    @Test
    void areAllHere() {
        assertThat(Stream.concat(
                        Stream.of("android"), SMALL.stream().map(text -> text.substring(0, text.indexOf('?')))))
                .containsExactlyInAnyOrderElementsOf(
                        Scenarios.all().stream().map(Scenario::name).toList());
    }

    @TestFactory
    Stream<DynamicTest> areTheSameEachTime() {
        return SMALL.stream()
                .map(scenario -> DynamicTest.dynamicTest(
                        scenario, () -> assertThat(operations(scenario)).isEqualTo(operations(scenario))));
    }

    @ParameterizedTest
    @CsvSource({"zygote?leaves=3&pages=60", "fork-server?requests=20&vmas=5", "split-merge-storm?rounds=50"})
    void areOthersWithAnotherSeed(String scenario) {
        assertThat(operations(scenario + "&seed=2")).isNotEqualTo(operations(scenario));
    }

    @TestFactory
    Stream<DynamicTest> areWalkedCompletelyUnderEveryStrategy() {
        return Strategies.available().stream()
                .flatMap(strategy -> SMALL.stream()
                        .map(scenario -> DynamicTest.dynamicTest(strategy.name() + " " + scenario, () -> {
                            Replay replay = replay(scenario, strategy, ReplayObserver.NONE);
                            replay.manager().verify();
                            // A strategy may learn from these, and must be right afterwards, too.
                            mappings(replay)
                                    .keySet()
                                    .forEach(folio ->
                                            replay.manager().rmapWalker().walk(folio, (vma, address) -> true));
                            replay.manager().verify();
                            List.copyOf(replay.processes().values()).forEach(AddressSpace::exit);
                            assertThat(replay.manager().costs().slabs())
                                    .extracting(CostReport.SlabCost::live)
                                    .containsOnly(0L);
                        })));
    }

    @Test
    void thousandHasTwoMappingsOfEachPage() {
        Replay replay = replay("thousand?vmas=30&children=30");
        assertThat(replay.processes()).hasSize(31);
        assertThat(mappings(replay))
                .hasSize(30)
                .allSatisfy((folio, count) -> assertThat(count).isEqualTo(2));
    }

    @Test
    void aChainHasOneLivingProcess() {
        Replay replay = replay("deep-chain?depth=20&pages=6");
        assertThat(replay.processes()).containsOnlyKeys(20);
        assertThat(mappings(replay)).hasSize(6);
    }

    @Test
    void leavesOfAZygoteHaveCopiedMost() {
        Replay replay = replay("zygote?leaves=20&vmas=4&pages=200&unmapped=0&own=0");
        long shared = mappings(replay).values().stream()
                .filter(count -> count > 1)
                .mapToLong(count -> count - 1)
                .sum();
        // 5 % of 200 pages in 20 leaves, give or take.
        assertThat(shared).isBetween(150L, 250L);
    }

    @Test
    void movedBlocksDoNotAddUp() {
        assertThat(replay("mremap-storm?rounds=500&live=7").processes().get(0).mapCount())
                .isEqualTo(7);
    }

    @Test
    void largeFoliosAreLarge() {
        assertThat(mappings(replay("thp-heavy?folios=10&children=0")).keySet())
                .hasSize(10)
                .allSatisfy(folio -> assertThat(folio.pages()).isEqualTo(16));
    }
}
