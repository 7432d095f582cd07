package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Scenarios 23, 26, 27 and 30 of ANON_VMA_LAZY: walks whose VMAs and processes go away, change or are upgraded meanwhile, and
 * walks that may not wait.
 */
@DisplayName("ANON_VMA_LAZY: walks beside others")
class LazyWalkRaceTest extends LazyRace {
    @Nested
    @DisplayName("A walk under way")
    class Walk {
        @Test
        @DisplayName("whose VMAs are unmapped keeps the root as a zombie, and reports nothing more (23)")
        void unmapped() {
            largeFolio();
            makeReadOnly(8, 8);
            List<String> found = walk(folio(parent, 0), () -> {
                Meanwhile.run(() -> parent.munmap(address(0), 32 * PAGE_SIZE));
                assertThat(events("lazy_root_references")).isZero();
                assertThat(events("lazy_zombies")).isEqualTo(1);
                assertThat(vmAreaStructs()).isEqualTo(1);
            });
            assertThat(found).containsExactly("0:0+8");
            assertThat(vmAreaStructs()).isZero();
            assertSound();
        }

        @Test
        @DisplayName("whose owner exits uses no dead space; the root dies with the walk (26)")
        void ownerExits() {
            largeFolio();
            makeReadOnly(8, 8);
            List<String> found = walk(folio(parent, 0), () -> {
                Meanwhile.run(parent::exit);
                assertThat(manager.addressSpaces()).isEmpty();
                assertThat(events("lazy_zombies")).isEqualTo(1);
            });
            assertThat(found).containsExactly("0:0+8");
            assertThat(vmAreaStructs()).isZero();
            assertSound();
        }

        @Test
        @DisplayName("whose owner exits before the first candidate finds nothing (26)")
        void ownerExitsBefore() {
            mapAndWrite(parent, 0, 1);
            strategy.beforeCandidate = () -> {
                Meanwhile.run(parent::exit);
                assertThat(events("lazy_zombies")).isEqualTo(1);
            };
            assertThat(walk(folio(parent, 0))).isEmpty();
            assertSound();
        }

        /** The pages go, and the same process maps others there. */
        private void replaceVma() {
            parent.munmap(address(0), PAGE_SIZE);
            mapAndWrite(parent, 0, 1);
        }

        private WalkCost costOf(Folio folio) {
            WalkCost cost = new WalkCost();
            assertThat(manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost))
                    .isEqualTo(WalkOutcome.COMPLETE);
            return cost;
        }

        @Test
        @DisplayName("whose root dies before the walk has a reference does not visit who is in its place (27)")
        void reborn() {
            mapAndWrite(parent, 0, 1);
            Vma before = parent.vmas().get(0);
            strategy.beforeOwner = () -> Meanwhile.run(this::replaceVma);
            assertThat(costOf(folio(parent, 0)).visited()).isZero();
            assertThat(vmAreaStructs()).isEqualTo(1);
            assertThat(parent.vmas()).doesNotContain(before);
            assertSound();
        }

        @Test
        @DisplayName("that has a reference sees that the folio is gone, and visits nobody either (27)")
        void recheck() {
            mapAndWrite(parent, 0, 1);
            strategy.afterReference = () -> {
                Meanwhile.run(this::replaceVma);
                assertThat(vmAreaStructs()).isEqualTo(2);
                assertThat(events("lazy_zombies")).isEqualTo(1);
            };
            assertThat(costOf(folio(parent, 0)).visited()).isZero();
            assertThat(vmAreaStructs()).isEqualTo(1);
            assertSound();
        }

        @Test
        @DisplayName("that a fork overtakes goes on in the anon_vma, and reports each place once (24)")
        void forked() {
            largeFolio();
            makeReadOnly(8, 8);
            List<String> found = walk(folio(parent, 0), () -> Meanwhile.run(LazyWalkRaceTest.this::fork));
            assertThat(found).containsExactlyInAnyOrder("0:0+8", "0:8+8", "1:0+8", "1:8+8");
            assertThat(events("lazy_forwarded_walks")).isEqualTo(1);
            assertSound();
        }

        @Test
        @DisplayName("that mremap overtakes finds what was moved at its new place (18)")
        void moved() {
            largeFolio();
            makeReadOnly(8, 8);
            List<String> found = walk(folio(parent, 0), () -> Meanwhile.run(() -> move(8, 40, 8)));
            assertThat(found).containsExactlyInAnyOrder("0:0+8", "0:40+8");
            assertSound();
        }

        @Test
        @DisplayName("whose VMA is merged meanwhile finds its pages there (9)")
        void merged() {
            largeFolio();
            makeReadOnly(8, 8);
            List<String> found = walk(
                    folio(parent, 0),
                    () -> Meanwhile.run(() -> parent.mprotect(address(8), 8 * PAGE_SIZE, READ_WRITE)));
            assertThat(found).containsExactly("0:0+8", "0:8+8");
            assertThat(parent.mapCount()).isEqualTo(1);
            assertSound();
        }
    }

    @Nested
    @DisplayName("A lock that is not free")
    class Contended {
        private WalkOutcome tryWalk(Folio folio, Findings findings) {
            return manager.rmapWalker().walk(folio, findings, WalkMode.TRY, null);
        }

        @Test
        @DisplayName("is reported by a walk, and by who asks whether the folio is in use (30)")
        void anonVma() {
            mapAndWrite(parent, 0, 4);
            LazyWalkRaceTest.this.fork();
            Folio folio = folio(parent, 0);
            Findings findings = new Findings();
            beginChange(() -> makeReadOnly(2, 2));
            assertThat(tryWalk(folio, findings)).isEqualTo(WalkOutcome.CONTENDED);
            assertThat(manager.referenced(folio)).isEqualTo(-1);
            finishChange();
            assertThat(findings.runs).isEmpty();
            assertThat(tryWalk(folio, findings)).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(findings.runs).containsExactlyInAnyOrder("0:0+1", "1:0+1");
            assertSound();
        }

        @Test
        @DisplayName("makes reclaim wait, which frees nothing before it has looked everywhere (30)")
        void reclaim() {
            mapAndWrite(parent, 0, 4);
            LazyWalkRaceTest.this.fork();
            Folio folio = folio(parent, 0);
            beginChange(() -> makeReadOnly(2, 2));
            // The child's memory: the parent's mmap lock is held.
            Meanwhile reclaim = Meanwhile.start(() -> child().reclaim(address(0), PAGE_SIZE));
            assertThat(reclaim.isDone()).as("reclaim waits").isFalse();
            assertThat(folio.mapcount()).isEqualTo(2);
            finishChange();
            reclaim.join();
            manager.verify();
            assertThat(child().read(address(0))).isEqualTo(1);
            assertThat(parent.read(address(0))).isEqualTo(1);
            assertSound();
        }

        @Test
        @DisplayName("does not concern a walk of a lazy folio, which takes none (30)")
        void vmaLock() {
            mapAndWrite(parent, 0, 4);
            Folio folio = folio(parent, 0);
            Findings findings = new Findings();
            beginChange(() -> makeReadOnly(2, 2));
            assertThat(tryWalk(folio, findings)).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(manager.referenced(folio)).isEqualTo(1);
            finishChange();
            assertThat(findings.runs).containsExactly("0:0+1");
            assertThat(events("lazy_failed_trylocks")).isZero();
            assertSound();
        }
    }
}
