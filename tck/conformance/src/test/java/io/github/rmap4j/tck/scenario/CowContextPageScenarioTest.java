package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.tck.strategy.Contestant;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios 19 to 22, 28 and 30 of CoW contexts: migration, large folios, files, KSM, and walks beside all that. */
@DisplayName("CoW contexts: pages")
@ParameterizedClass
@ValueSource(strings = {"cowctx", "cowctx-pruned"})
class CowContextPageScenarioTest {
    private final String strategy;

    @RegisterExtension
    final Scenario machine;

    CowContextPageScenarioTest(String strategy) {
        this.strategy = strategy;
        this.machine = Scenario.cowContexts(strategy);
    }

    @Test
    @DisplayName("migration takes a page from three who map it, past two who do not, and brings it back to all (19)")
    void migration() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        for (int child = 1; child <= 4; child++) {
            machine.run("0 fork " + child);
        }
        machine.run("2 write 0 1", "4 munmap 0 1");
        machine.page(1, 0).shared(3).isNew("before");
        machine.run("1 migrate 0 1").mapcounts(1, 0, 3).mapcounts(3, 0, 3);
        machine.page(1, 0).index(ARENA_PAGE).looks(5, 5, 3);
    }

    @Test
    @DisplayName("swap-out takes it from all of them, too, and ends with the last (19)")
    void reclaim() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "2 write 0 1", "1 swapout 0 1");
        machine.entries(0, 0, "s").entries(1, 0, "s").entries(2, 0, "a");
    }

    @Test
    @DisplayName("a fork in the middle of a migration copies an entry that is restored as well (19)")
    void forkDuringMigration() {
        Interrupted interrupted = interrupted();
        Scenario migrating = interrupted.machine;
        migrating.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1");
        interrupted.beforeRestore = () -> Meanwhile.run(() -> migrating.space(1).fork());
        migrating.space(0).migrate(Scenario.address(0), MemoryManager.PAGE_SIZE);
        migrating.page(0, 0).shared(3).looks(3, 3, 3);
        migrating.manager().verify();
    }

    @Test
    @DisplayName("mremap in the middle of a migration: the entry is restored at its new place (19)")
    void moveDuringMigration() {
        Interrupted interrupted = interrupted();
        Scenario migrating = interrupted.machine;
        migrating.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1");
        interrupted.beforeRestore = () -> Meanwhile.run(() -> migrating
                .space(1)
                .mremap(
                        Scenario.address(0),
                        MemoryManager.PAGE_SIZE,
                        MemoryManager.PAGE_SIZE,
                        MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED,
                        Scenario.address(100)));
        migrating.space(0).migrate(Scenario.address(0), MemoryManager.PAGE_SIZE);
        migrating.page(1, 100).shared(2).looks(2, 3, 2);
        migrating.manager().verify();
    }

    @Test
    @DisplayName("a page that moves while its context is looked at is found at its new place (28)")
    void moveDuringWalk() {
        Interrupted interrupted = interrupted();
        Scenario walked = interrupted.machine;
        walked.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 mremap 0 1 50 1", "0 mremap 50 1 100 1");
        // Offset 0 has been looked at, the others are still to come: the page goes to where the walk was.
        interrupted.afterFirstCandidate = () -> Meanwhile.run(() -> walked.space(0)
                .mremap(
                        Scenario.address(100),
                        MemoryManager.PAGE_SIZE,
                        MemoryManager.PAGE_SIZE,
                        MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED,
                        Scenario.address(0)));
        List<Vma> found = new ArrayList<>();
        Folio folio = Objects.requireNonNull(walked.space(1).folioAt(Scenario.address(0)));
        walked.manager().rmapWalker().walk(folio, (vma, address) -> found.add(vma));
        assertThat(found).hasSize(2);
        assertThat(walked.events("cow_reprobes")).isEqualTo(1);
    }

    @Test
    @DisplayName("a large folio in two VMAs after a part of it was moved: head and tail are found (20)")
    void straddling() {
        machine.run("0 mmap 0 32 rw", "0 madvise 0 32 hugepage", "0 write 0 1").folioRun(0, 0, 16, 16, 0);
        machine.run("0 mremap 8 8 108 8");
        machine.page(0, 0).runs(2, "0:0=0+8", "0:108=8+8");
        machine.run("0 fork 1").page(1, 108).runs(4, "0:0=0+8", "0:108=8+8", "1:0=0+8", "1:108=8+8");
        machine.run("1 munmap 104 8").page(1, 0).runs(4, "0:0=0+8", "0:108=8+8", "1:0=0+8", "1:112=12+4");
    }

    @Test
    @DisplayName("the parts of a folio that is split go on alone, half of them elsewhere (21)")
    void split() {
        machine.run("0 mmap 0 16 rw", "0 madvise 0 16 hugepage", "0 write 0 16", "0 fork 1", "0 split 0 16");
        machine.run("0 mremap 8 8 108 8");
        for (int page = 0; page < 8; page++) {
            machine.page(1, page).shared(2).index(ARENA_PAGE + page).looks(2, 2, 2);
            machine.page(1, 8 + page).shared(2).index(ARENA_PAGE + 8 + page).looks(2, 3, 2);
        }
        machine.run("0 exit").page(1, 15).looks(1, 1, 1);
    }

    @Test
    @DisplayName("20 private mappings of files at offset 0 have indices of their own (22)")
    void files() {
        privateFiles(machine, 20).remaps(0);
        machine.page(0, 19 * 4).index(ARENA_PAGE + 19 * 4).looks(1, 1, 1);
        machine.run("0 fork 1").page(1, 4).looks(2, 2, 2);
    }

    @Test
    @DisplayName("with file offsets as indices, each walk looks at all of them (22)")
    void filesByOffset() {
        Scenario byOffset = Scenario.with(Scenario.builder("cowctx").option("index", "file"));
        privateFiles(byOffset, 20).remaps(1);
        byOffset.page(0, 0).index(0).looks(1, 2, 1);
        byOffset.page(0, 19 * 4).index(0).looks(1, 21, 1);
        byOffset.run("0 fork 1").page(1, 4).looks(2, 42, 2);
        byOffset.run("0 munmap 0 80").remaps(1).page(1, 4).looks(2, 22 - 20 + 2, 1);
        byOffset.end();
    }

    private static Scenario privateFiles(Scenario scenario, int files) {
        for (int i = 0; i < files; i++) {
            scenario.run("0 mmap " + 4 * i + " 2 rw file=" + (i + 1) + ":0", "0 write " + 4 * i + " 1");
        }
        return scenario;
    }

    @Test
    @DisplayName(
            "merged pages are found, with children, and have an owner again when the merge is undone by a move (30)")
    void ksm() {
        machine.run("0 mmap 0 2 rw", "0 madvise 0 2 mergeable", "0 fill 0 2 7", "0 ksm", "0 ksm", "0 fork 1");
        machine.mapcounts(0, 0, 4, 4).mapcounts(1, 0, 4, 4);
        machine.page(0, 0).shared(4);
        machine.run("0 mremap 0 2 100 2").mapcounts(0, 100, 1, 1).mapcounts(1, 0, 2, 2);
        machine.page(0, 100).exclusive().looks(1, 2, 1);
        machine.run("1 write 0 1").page(1, 0).exclusive().looks(1, 1, 1);
    }

    /** A strategy that lets something else happen at two moments of walks. */
    private static final class Interrupting extends ForwardingStrategy {
        private final Interrupted interrupted;

        Interrupting(RmapStrategy delegate, Interrupted interrupted) {
            super(delegate);
            this.interrupted = interrupted;
        }

        @Override
        public void folioReplaced(Folio source, Folio destination) {
            super.folioReplaced(source, destination);
            Runnable now = interrupted.beforeRestore;
            interrupted.beforeRestore = null;
            if (now != null) {
                now.run();
            }
        }

        @Override
        public WalkOutcome walk(FolioWalk walk) {
            Runnable now = interrupted.afterFirstCandidate;
            interrupted.afterFirstCandidate = null;
            return now == null ? super.walk(walk) : super.walk(new InterruptedWalk(walk, now));
        }
    }

    private static final class InterruptedWalk extends ForwardingWalk {
        private final Runnable interruption;
        private boolean over;

        InterruptedWalk(FolioWalk delegate, Runnable interruption) {
            super(delegate);
            this.interruption = interruption;
        }

        @Override
        public boolean candidate(AddressSpace space, long address) {
            boolean goOn = super.candidate(space, address);
            if (!over) {
                over = true;
                interruption.run();
            }
            return goOn;
        }
    }

    private static final class Interrupted {
        private @Nullable Runnable beforeRestore;
        private @Nullable Runnable afterFirstCandidate;
        private final Scenario machine;

        Interrupted(String strategy) {
            machine = Scenario.on(MemoryManager.builder()
                    .strategy(ForwardingStrategy.provider(
                            Contestant.named(strategy).provider(), delegate -> new Interrupting(delegate, this)))
                    .checking(MemoryManager.Checking.ON)
                    .build());
        }
    }

    private Interrupted interrupted() {
        return new Interrupted(strategy);
    }
}
