package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.input.Input;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("scenario:android")
class AndroidWorkloadTest {
    private static final double KIB = 1024;

    private static Replay replay(String values, ReplayObserver observer) {
        MemoryManager manager = ManagerSettings.build(Strategies.find("anonvma"));
        return new Workload(Input.parse("scenario:android?" + values)).replay(manager, observer, bytes -> {});
    }

    private static List<String> operations(String values) {
        List<String> operations = new ArrayList<>();
        replay(values, (operation, result, processes) -> operations.add(operation.get()));
        return operations;
    }

    private static double kib(Replay replay, String slab) {
        CostReport.SlabCost cost = replay.manager().costs().slab(slab);
        return cost.liveBytes() / KIB;
    }

    /** The columns "before" of the cover letter of ANON_VMA_LAZY. */
    @ParameterizedTest
    @CsvSource({"0, 117035, 18865.8, 20426.4", "24, 196873, 31477.1, 33280"})
    void hasTheSlabsOfThePublishedPhone(int apps, double vmas, double chains, double anonVmas) {
        Replay replay = replay("apps=" + apps, ReplayObserver.NONE);
        // Asked for are 10 %; by construction it is much less.
        Percentage tolerance = Percentage.withPercentage(1);
        assertThat(kib(replay, "vm_area_struct")).isCloseTo(vmas, tolerance);
        assertThat(kib(replay, "anon_vma_chain")).isCloseTo(chains, tolerance);
        assertThat(kib(replay, "anon_vma")).isCloseTo(anonVmas, tolerance);
    }

    @ParameterizedTest
    @CsvSource({
        "second-level=0.3",
        "second-level=0.5&second-level-boot=0.5",
        "neighbour-sharing=0&neighbour-sharing-daemons=0",
        "neighbour-sharing=0.2",
        "zygote-children=90&zygote-vmas=3000",
        "daemons=150&daemon-children=0",
        "written=1&pages=1",
        "seed=5"
    })
    void hasThemWhateverIsAssumed(String values) {
        int scale = 10;
        Replay replay = replay("apps=24&scale=" + scale + "&" + values, ReplayObserver.NONE);
        // The zygotes are there in full, and numbers of processes are whole.
        Percentage tolerance = Percentage.withPercentage(5);
        assertThat(kib(replay, "vm_area_struct")).isCloseTo(196_873.0 / scale, tolerance);
        assertThat(kib(replay, "anon_vma_chain")).isCloseTo(31_477.1 / scale, tolerance);
        assertThat(kib(replay, "anon_vma")).isCloseTo(33_280.0 / scale, tolerance);
    }

    @Test
    void isTheSameEachTimeAndAnotherOneWithAnotherSeed() {
        List<String> once = operations("scale=500&apps=24");
        assertThat(operations("scale=500&apps=24")).isEqualTo(once);
        assertThat(operations("scale=500&apps=24&seed=2")).isNotEqualTo(once);
        assertThat(once.get(0)).isEqualTo("start");
        assertThat(once.get(1)).isEqualTo("0 exec");
        assertThat(once.get(2)).isEqualTo("0 mmap 117440512 2 r file=lib0.so:0");
    }

    @Test
    void leavesAStateThatHoldsTogether() {
        MemoryManager manager = ManagerSettings.builder(Strategies.find("anonvma"))
                .checking(MemoryManager.Checking.ON)
                .build();
        List<Long> progress = new ArrayList<>();
        Input input = Input.parse("scenario:android?scale=100&apps=48&second-level=0.5");
        Replay replay = new Workload(input).replay(manager, ReplayObserver.NONE, progress::add);
        manager.verify();
        // init, two daemons, and a child of one; both zygotes; one child from boot and two of apps.
        assertThat(replay.processes()).hasSize(9);
        assertThat(manager.addressSpaces()).hasSize(9);
        assertThat(progress).isSorted().last().isEqualTo(input.identity().bytes());
    }

    /** In Linux a VMA that was inherited through d forks has d + 1 AVCs, any other faulted one has 1. */
    @Test
    void hasOneChainMoreForEachForkThatAVmaWentThrough() {
        Replay replay = replay("scale=1000&second-level=0.5&apps=48&daemon-children=0&written=0", ReplayObserver.NONE);
        // init, zygote, system_server, an app, the webview zygote, and its child.
        assertThat(replay.processes()).hasSize(6);
        long inherited = faulted(replay.processes().get(1));
        long all = replay.processes().values().stream()
                .mapToLong(AndroidWorkloadTest::faulted)
                .sum();
        long ofWebviewZygote = 60;
        assertThat(replay.manager().costs().slab("anon_vma_chain").live() - all)
                .isEqualTo(3 * inherited + 2 * inherited + ofWebviewZygote);
    }

    private static long faulted(AddressSpace space) {
        return space.vmas().stream().filter(Vma::isFaulted).count();
    }
}
