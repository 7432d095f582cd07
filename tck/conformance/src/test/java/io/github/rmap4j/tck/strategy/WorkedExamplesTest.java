package io.github.rmap4j.tck.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramGenerator;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.scenario.Programs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked examples find every mapping after every step of many programs, at the cost they say. */
@DisplayName("Strategies of one's own")
class WorkedExamplesTest {
    private static final long SEED = Long.getLong("tck.seed", 1);
    private static final int PROGRAMS = 6 * Integer.getInteger("tck.thorough", 1);
    private static final int OPERATIONS = 150;

    private static final RmapStrategyProvider PTE_CHAINS = new PteChainsStrategy.Provider();
    private static final RmapStrategyProvider SCAN_ALL = new ScanAllStrategy.Provider();

    /** A run of one program, checked after each step. */
    private static final class Run {
        private final MemoryManager manager;
        private final ProgramMachine machine;

        Run(MemoryManager.Builder builder) {
            manager = builder.checking(MemoryManager.Checking.ON)
                    .hugepages(4, MemoryManager.HugepagePolicy.MADVISE)
                    .build();
            machine = new ProgramMachine(manager);
        }

        void execute(MemoryProgram program, Runnable afterEachStep) {
            for (Operation operation : program.operations()) {
                machine.execute(operation);
                manager.verify();
                afterEachStep.run();
            }
        }

        void exitAll() {
            for (int process : List.copyOf(machine.processes().keySet())) {
                machine.execute(new Operation.Exit(process));
            }
            assertThat(manager.swapSlots()).isZero();
            assertThat(manager.costs().slabs())
                    .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
        }

        /** All anonymous folios that are mapped. */
        Set<Folio> folios() {
            Set<Folio> folios = Collections.newSetFromMap(new IdentityHashMap<>());
            for (AddressSpace space : manager.addressSpaces()) {
                space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                    Folio folio = entry.folio();
                    if (folio != null) {
                        folios.add(folio);
                    }
                });
            }
            return folios;
        }

        /** What processes see and share; how memory is cut into VMAs is up to the strategy. */
        List<String> pages() {
            Map<Folio, Integer> frames = new IdentityHashMap<>();
            List<String> pages = new ArrayList<>();
            machine.processes()
                    .forEach((process, space) -> space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                        Folio folio = entry.folio();
                        String line = String.format("process %d: %x %s", process, entry.address(), entry.kind());
                        if (folio != null) {
                            line += String.format(
                                    " frame %d word %d mapped %d exclusive %b writable %b",
                                    frames.computeIfAbsent(folio, unused -> frames.size()),
                                    folio.content(entry.page()),
                                    folio.mapcount(entry.page()),
                                    folio.isAnonExclusive(entry.page()),
                                    entry.isWritable());
                        }
                        pages.add(line);
                    }));
            return pages;
        }

        WalkCost walk(Folio folio) {
            WalkCost cost = new WalkCost();
            assertThat(manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost))
                    .isEqualTo(WalkOutcome.COMPLETE);
            return cost;
        }
    }

    static Stream<Arguments> providersAndPrograms() {
        return Stream.of(PTE_CHAINS, SCAN_ALL)
                .flatMap(provider -> Programs.all().stream()
                        .map(program -> Arguments.of(Named.of(provider.name(), provider), program)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("providersAndPrograms")
    void pagesAreTheSameAsUnderAnonVma(RmapStrategyProvider provider, MemoryProgram program) {
        Run reference = new Run(MemoryManager.builder().strategy("anonvma"));
        List<List<String>> expected = new ArrayList<>();
        reference.execute(program, () -> expected.add(reference.pages()));
        Run run = new Run(MemoryManager.builder().strategy(provider));
        List<List<String>> actual = new ArrayList<>();
        run.execute(program, () -> actual.add(run.pages()));
        assertThat(actual).isEqualTo(expected);
        run.exitAll();
    }

    @ParameterizedTest(name = "{0} programs")
    @EnumSource(ProgramGenerator.Profile.class)
    void randomPrograms(ProgramGenerator.Profile profile) {
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            MemoryProgram program = ProgramGenerator.generate(profile, seed, OPERATIONS);
            for (RmapStrategyProvider provider : List.of(PTE_CHAINS, SCAN_ALL)) {
                Run run = new Run(MemoryManager.builder()
                        .strategy(provider)
                        .hugepages(4, HugepagePolicy.MADVISE)
                        .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE));
                try {
                    run.execute(program, () -> {});
                    run.exitAll();
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(provider.name() + ", -Dtck.seed=" + seed + ":\n" + program.text(), e);
                }
            }
        }
    }

    @Test
    @DisplayName("pte-chains: no false visits, and one link for each entry")
    void pteChainsCost() {
        MemoryProgram program = ProgramGenerator.generate(ProgramGenerator.Profile.FORK, SEED, OPERATIONS);
        Run run = new Run(MemoryManager.builder().strategy(PTE_CHAINS));
        run.execute(program, () -> {
            long entries = 0;
            for (Folio folio : run.folios()) {
                WalkCost cost = run.walk(folio);
                assertThat(cost.hits()).isEqualTo(folio.mapcount());
                assertThat(cost.falseVisits()).isZero();
                assertThat(cost.indexNodes()).isEqualTo(folio.mapcount());
                entries += folio.mapcount();
            }
            CostReport.SlabCost slab = run.manager.costs().slab("pte_chain");
            assertThat(slab.live()).isEqualTo(entries);
            assertThat(slab.objectBytes()).isEqualTo(16);
        });
        assertThat(run.folios()).isNotEmpty();
    }

    @Test
    @DisplayName("scan-all: every walk enters every address space, and there is no memory to pay for")
    void scanAllCost() {
        MemoryProgram program = ProgramGenerator.generate(ProgramGenerator.Profile.FORK, SEED, OPERATIONS);
        Run run = new Run(MemoryManager.builder().strategy(SCAN_ALL));
        run.execute(program, () -> {
            for (Folio folio : run.folios()) {
                WalkCost cost = run.walk(folio);
                assertThat(cost.hits()).isEqualTo(folio.mapcount());
                assertThat(cost.contexts()).isEqualTo(run.machine.processes().size());
            }
        });
        assertThat(run.folios()).isNotEmpty();
        assertThat(run.manager.costs().slabs())
                .extracting(CostReport.SlabCost::name)
                .containsExactly("vm_area_struct");
    }
}
