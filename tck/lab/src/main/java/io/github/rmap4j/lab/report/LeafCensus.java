package io.github.rmap4j.lab.report;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.tck.program.StepResult;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How much of a workload belongs to address spaces that never fork: what a design gains that spends nothing before a fork, and
 * what a promise never to fork could save.
 */
public final class LeafCensus implements ReplayObserver {
    private static final String OBJECTS = "objects";
    private static final double PERCENT = 100;

    private final Set<AddressSpace> forked = Collections.newSetFromMap(new IdentityHashMap<>());
    private int processes;
    private long forks;

    /** Words of an operation cost more than most operations: they are asked for only if there is a process more. */
    @Override
    public void after(Supplier<String> operation, StepResult result, Map<Integer, AddressSpace> live) {
        if (live.size() > processes) {
            String[] words = operation.get().split(" ", 3);
            AddressSpace parent =
                    words.length == 3 && words[1].equals("fork") ? live.get(Integer.parseInt(words[0])) : null;
            if (parent != null) {
                forked.add(parent);
                forks++;
            }
        }
        processes = live.size();
    }

    /** What belongs to some address spaces. */
    private static final class Share {
        private long spaces;
        private long faultedVmas;
        private long pages;

        void add(AddressSpace space) {
            spaces++;
            for (Vma vma : space.vmas()) {
                faultedVmas += vma.isFaulted() ? 1 : 0;
            }
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> pages += entry.folio() == null ? 0 : 1);
        }
    }

    /**
     * The numbers.
     *
     * @param manager that has done what was observed
     * @param costs where they go
     */
    void measure(MemoryManager manager, List<Metric> costs) {
        Share all = new Share();
        Share leaves = new Share();
        for (AddressSpace space : manager.addressSpaces()) {
            all.add(space);
            if (!forked.contains(space)) {
                leaves.add(space);
            }
        }
        costs.add(Metric.of("replay.forks", forks, "operations", "Forks that made an address space"));
        costs.add(Metric.of(
                "state.pages", all.pages, "mappings", "Mappings of anonymous pages at the end, in all address spaces"));
        costs.add(Metric.of(
                "leaf.address_spaces",
                leaves.spaces,
                OBJECTS,
                "Address spaces in use at the end that have not forked"));
        add(costs, "leaf.address_spaces.share", leaves.spaces, all.spaces, "They of all address spaces");
        add(costs, "leaf.faulted_vmas.share", leaves.faultedVmas, all.faultedVmas, "Their VMAs of all faulted ones");
        add(costs, "leaf.pages.share", leaves.pages, all.pages, "Their mappings of all of anonymous pages");
    }

    private static void add(List<Metric> costs, String name, long part, long whole, String description) {
        costs.add(Metric.of(name, whole == 0 ? 0 : PERCENT * part / whole, "%", description));
    }
}
