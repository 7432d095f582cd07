package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import io.github.rmap4j.tck.strategy.Contestant;
import io.github.rmap4j.tck.strategy.PteChainsStrategy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every slab allocation of a program is refused once. The operation fails and nobody sees that it was tried; the same
 * operation succeeds when it is tried again, and the program ends as if nothing had happened.
 */
@DisplayName("Refused allocations")
class RefusedAllocationTest {
    /** Refuses one allocation, the n-th after {@link #arm}. */
    private static final class RefuseOnce implements MemoryManager.FaultInjector {
        private final int n;
        private int allocations;
        private boolean armed;

        RefuseOnce(int n) {
            this.n = n;
        }

        void arm() {
            armed = true;
        }

        boolean hasRefused() {
            return allocations >= n;
        }

        @Override
        public boolean refuse(String slab) {
            return armed && ++allocations == n;
        }
    }

    /** What a refused operation may leave changed. */
    private enum Tolerance {
        NOTHING,
        /** A fork that fails may leave the parent's pages shared and write-protected. */
        SHARED_PAGES,
        /** A stack that grew for a write stays grown when the write's fault fails. */
        GROWN_STACK;

        static Tolerance after(Operation operation) {
            if (operation instanceof Operation.Fork) {
                return SHARED_PAGES;
            }
            return operation instanceof Operation.Write ? GROWN_STACK : NOTHING;
        }
    }

    /** A run of one program. */
    private static final class Run {
        private final RefuseOnce injector;
        private final MemoryManager manager;
        private final ProgramMachine machine;
        private final Map<Folio, Integer> frames = new IdentityHashMap<>();

        Run(Contestant contestant, int n) {
            injector = new RefuseOnce(n);
            manager = contestant
                    .builder()
                    .checking(MemoryManager.Checking.ON)
                    .faultInjector(injector)
                    .build();
            machine = new ProgramMachine(manager);
            injector.arm();
        }

        /**
         * Executes a program; when an allocation is refused, looks at what is left and tries again.
         *
         * @return false if the program was given up half way
         */
        boolean execute(MemoryProgram program) {
            for (Operation operation : program.operations()) {
                for (Operation unit : units(operation)) {
                    boolean refusedBefore = injector.hasRefused();
                    List<String> before = state(Tolerance.after(unit));
                    StepResult result = machine.execute(unit);
                    manager.verify();
                    if (!refusedBefore && injector.hasRefused()) {
                        if (unit instanceof Operation.Mremap && result.ret() == 0) {
                            // As in Linux: the pages have moved, and what cannot be split off stays mapped, empty and
                            // without VM_ACCOUNT. Nothing that follows ends as it would have.
                            return false;
                        }
                        result = afterRefusal(unit, result, before);
                    }
                    assertThat(result).as("result of '%s'", unit.text()).isEqualTo(StepResult.OK);
                }
            }
            return true;
        }

        private StepResult afterRefusal(Operation unit, StepResult result, List<String> before) {
            assertThat(result)
                    .as("allocation %d refused in '%s'", injector.n, unit.text())
                    .isEqualTo(StepResult.failed(errno(unit)));
            assertThat(state(Tolerance.after(unit)))
                    .as("state after allocation %d was refused in '%s'", injector.n, unit.text())
                    .isEqualTo(before);
            StepResult second = machine.execute(unit);
            manager.verify();
            return second;
        }

        private static Errno errno(Operation unit) {
            boolean flags = unit instanceof Operation.Madvise madvise && madvise.advice() != Advice.GUARD_INSTALL;
            return flags ? Errno.EAGAIN : Errno.ENOMEM;
        }

        private static List<Operation> units(Operation operation) {
            List<Operation> units = new ArrayList<>();
            if (operation instanceof Operation.Write write) {
                for (long page = 0; page < write.length(); page++) {
                    units.add(new Operation.Write(write.process(), write.start() + page, 1));
                }
            } else {
                units.add(operation);
            }
            return units;
        }

        void exitAll() {
            for (int process : List.copyOf(machine.processes().keySet())) {
                machine.execute(new Operation.Exit(process));
            }
            assertThat(manager.costs().slabs())
                    .as("slabs after allocation %d was refused", injector.n)
                    .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
        }

        /**
         * All that an operation can change. MADV_GUARD_INSTALL sets VM_MAYBE_GUARD, which means little, before it
         * allocates.
         */
        List<String> state(Tolerance tolerance) {
            List<String> state = new ArrayList<>();
            machine.processes().forEach((process, space) -> {
                for (Vma vma : space.vmas()) {
                    boolean mayHaveGrown =
                            tolerance == Tolerance.GROWN_STACK && (vma.flags() & VmFlags.VM_GROWSDOWN) != 0;
                    state.add(String.format(
                            "process %d: %x-%x flags %x pgoff %x",
                            process,
                            mayHaveGrown ? 0 : vma.start(),
                            vma.end(),
                            vma.flags() & ~VmFlags.VM_MAYBE_GUARD,
                            mayHaveGrown ? 0 : vma.pgoff()));
                }
                pages(process, space, tolerance, state);
            });
            return state;
        }

        private void pages(int process, AddressSpace space, Tolerance tolerance, List<String> state) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                String line = String.format("process %d: %x %s", process, entry.address(), entry.kind());
                if (folio != null) {
                    line += " frame " + frames.computeIfAbsent(folio, unused -> frames.size()) + " word "
                            + folio.content(entry.page()) + " mapped " + folio.mapcount(entry.page());
                    if (tolerance != Tolerance.SHARED_PAGES) {
                        line += " exclusive " + folio.isAnonExclusive(entry.page()) + " writable " + entry.isWritable();
                    }
                }
                state.add(line);
            });
        }
    }

    static Stream<Arguments> strategiesAndPrograms() {
        Contestant pteChains = new Contestant(new PteChainsStrategy.Provider(), Map.of());
        return Stream.concat(Contestant.all().stream(), Stream.of(pteChains))
                .flatMap(contestant -> Programs.all().stream().map(program -> Arguments.of(contestant, program)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("strategiesAndPrograms")
    void everyAllocationIsRefusedOnce(Contestant contestant, MemoryProgram program) {
        Run undisturbed = new Run(contestant, Integer.MAX_VALUE);
        undisturbed.execute(program);
        List<String> expected = undisturbed.state(Tolerance.NOTHING);
        CostReport costs = undisturbed.manager.costs();
        int refusals = undisturbed.injector.allocations;
        undisturbed.exitAll();

        assertThat(refusals).as("allocations of the program").isGreaterThan(2);
        for (int n = 1; n <= refusals; n++) {
            Run run = new Run(contestant, n);
            if (run.execute(program)) {
                assertThat(run.state(Tolerance.NOTHING))
                        .as("final state after allocation %d was refused", n)
                        .isEqualTo(expected);
                for (CostReport.SlabCost slab : run.manager.costs().slabs()) {
                    assertThat(slab.live())
                            .as("%s after allocation %d was refused", slab.name(), n)
                            .isEqualTo(costs.slab(slab.name()).live());
                }
            }
            run.exitAll();
        }
    }

    @Test
    @DisplayName("An address space whose allocations are refused does not come into being")
    void createAddressSpace() {
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .faultInjector(slab -> true)
                .build();
        try {
            manager.createAddressSpace().exit();
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
        }
        assertThat(manager.addressSpaces()).isEmpty();
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    @Test
    @DisplayName("Population that is refused: mlock says EAGAIN and has locked, mmap says nothing")
    void populate() {
        boolean[] refuse = {true};
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .faultInjector(slab -> refuse[0] && slab.equals("anon_vma"))
                .build();
        Scenario machine = Scenario.on(manager);
        machine.run("0 mmap 0 3 rw").fails(Errno.EAGAIN, "0 mlock 0 3").entries(0, 0, "...");
        machine.flags(0, 0, VmFlags.VM_LOCKED, 0).run("0 mmap 10 3 rw populate").entries(0, 10, "...");
        machine.fails(Errno.ENOMEM, "0 madvise 10 3 populate_write")
                .fails(Errno.ENOMEM, "0 write 10 1")
                .slabs(0, 0);
        refuse[0] = false;
        machine.run("0 mlock 0 3", "0 write 10 3")
                .entries(0, 0, "aaa")
                .entries(0, 10, "aaa")
                .slabs(2, 2);
        machine.end();
    }

    @Test
    @DisplayName("While everything is refused, what needs nothing works and the rest fails")
    void everythingIsRefused() {
        boolean[] refuse = {false};
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .faultInjector(slab -> refuse[0])
                .build();
        ProgramMachine machine = new ProgramMachine(manager);
        Programs.all().get(0).operations().forEach(machine::execute);
        AddressSpace space = machine.processes().get(0);
        long page = ProgramMachine.ARENA;
        refuse[0] = true;
        space.write(page, 77);
        assertThat(space.read(page)).isEqualTo(77);
        assertThatThrownBy(space::fork)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
        manager.verify();
        // The failed fork took exclusivity away; the sole owner gets it back without an allocation.
        space.write(page, 78);
        assertThat(space.read(page)).isEqualTo(78);
        space.exit();
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }
}
