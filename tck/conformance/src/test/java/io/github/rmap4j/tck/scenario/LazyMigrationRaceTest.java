package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Folio;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Scenarios 22 to 24 of ANON_VMA_LAZY: migration and split of large folios beside fork, changes of the layout, munmap, exit,
 * KSM and collapse; those rows of its table of states.
 */
@DisplayName("ANON_VMA_LAZY: migration beside others")
class LazyMigrationRaceTest extends LazyRace {
    @Nested
    @DisplayName("Migration")
    class Migration {
        @Test
        @DisplayName("a fork waits until the migration is over: no entry of it is copied (22)")
        void fork() {
            mapAndWrite(parent, 0, 2);
            waitsForMigration(LazyMigrationRaceTest.this::fork);
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            joinWaiter();
            assertThat(kinds(parent, 0, 2)).isEqualTo("AA");
            assertThat(kinds(child(), 0, 2)).isEqualTo("AA");
            assertThat(folio(child(), 0)).isSameAs(folio(parent, 0));
            assertThat(folio(child(), 0).mapcount()).isEqualTo(2);
            assertThat(child().read(address(0))).isEqualTo(1);
            manager.verify();
            parent.exit();
            assertThat(walk(folio(child(), 0))).containsExactly("1:0+1");
            assertSound();
        }

        @Test
        @DisplayName("a fork of another family does not wait, nor does a second one of this family (22)")
        void forkBeside() {
            mapAndWrite(parent, 0, 2);
            AddressSpace stranger = manager.createAddressSpace();
            mapAndWrite(stranger, 0, 2);
            strategy.whileMigrating = () -> Meanwhile.run(stranger::fork);
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            LazyMigrationRaceTest.this.fork();
            // FULL now: a fork copies migration entries, which lead to an anon_vma that the child is linked to.
            AddressSpace[] second = new AddressSpace[1];
            strategy.whileMigrating = () -> Meanwhile.run(() -> second[0] = parent.fork());
            assertThat(parent.migrate(address(1), PAGE_SIZE)).isZero();
            assertThat(folio(second[0], 1).mapcount()).isEqualTo(3);
            assertThat(kinds(second[0], 0, 2)).isEqualTo("AA");
            assertSound();
        }

        @Test
        @DisplayName("it fails softly while the VMA is being changed, and succeeds afterwards (23)")
        void changing() {
            mapAndWrite(parent, 0, 4);
            Folio before = folio(parent, 1);
            lockedBeforeRetain(() -> makeReadOnly(2, 2));
            assertThat(parent.migrate(address(1), PAGE_SIZE)).isEqualTo(1);
            assertThat(events("lazy_failed_trylocks")).isEqualTo(1);
            finishChange();
            assertThat(folio(parent, 1)).isSameAs(before);
            assertThat(before.isAnonExclusive(0)).isTrue();
            assertThat(parent.migrate(address(1), PAGE_SIZE)).isZero();
            assertThat(folio(parent, 1)).isNotSameAs(before);
            assertThat(events("lazy_failed_trylocks")).isEqualTo(1);
            assertSound();
        }

        @Test
        @DisplayName("munmap of a part of the VMA waits for it (23)")
        void munmapPart() {
            mapAndWrite(parent, 0, 4);
            waitsForMigration(() -> parent.munmap(address(1), 2 * PAGE_SIZE));
            assertThat(parent.migrate(address(1), PAGE_SIZE)).isZero();
            joinWaiter();
            assertThat(kinds(parent, 0, 4)).isEqualTo("AA");
            assertThat(parent.mapCount()).isEqualTo(2);
            assertSound();
        }

        @Test
        @DisplayName("munmap of all takes its entries away, and what they named; the root outlives it until then (23)")
        void munmapAll() {
            mapAndWrite(parent, 0, 2);
            strategy.whileMigrating = () -> {
                Meanwhile.run(() -> parent.munmap(address(0), 2 * PAGE_SIZE));
                assertThat(events("lazy_zombies")).isEqualTo(1);
                assertThat(vmAreaStructs()).isEqualTo(1);
            };
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            assertThat(vmAreaStructs()).isZero();
            assertThat(kinds(parent, 0, 2)).isEmpty();
            assertSound();
        }

        @Test
        @DisplayName("exit does the same (23)")
        void exit() {
            mapAndWrite(parent, 0, 2);
            AddressSpace other = manager.createAddressSpace();
            strategy.whileMigrating = () -> {
                Meanwhile.run(parent::exit);
                assertThat(events("lazy_zombies")).isEqualTo(1);
            };
            assertThat(manager.compact()).isZero();
            assertThat(vmAreaStructs()).isZero();
            assertThat(manager.addressSpaces()).containsExactly(other);
            assertSound();
        }

        @Test
        @DisplayName("mremap waits for it before the base changes (23)")
        void mremap() {
            mapAndWrite(parent, 0, 2);
            waitsForMigration(() -> move(0, 20, 2));
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            joinWaiter();
            assertThat(kinds(parent, 20, 2)).isEqualTo("AA");
            assertThat(walk(folio(parent, 20))).containsExactly("0:20+1");
            assertSound();
        }

        @Test
        @DisplayName("KSM merges nothing of the VMA until it is over (22)")
        void ksm() {
            mapAndWrite(parent, 0, 1);
            map(parent, 1, 2);
            parent.enableMemoryMerge();
            parent.write(address(1), 5);
            parent.write(address(2), 5);
            assertThat(manager.ksmScan()).isZero();
            strategy.whileMigrating = () -> Meanwhile.run(
                    () -> assertThat(manager.ksmScan()).as("merged meanwhile").isZero());
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            assertThat(events("lazy_failed_trylocks")).isEqualTo(1);
            assertThat(events("lazy_upgrades")).isZero();
            assertThat(manager.ksmScan()).isEqualTo(2);
            assertThat(events("lazy_upgrades")).isEqualTo(1);
            assertSound();
        }

        @Test
        @DisplayName("a collapse keeps it away with the VMA lock (24)")
        void collapse() {
            mapAndWrite(parent, 0, 512);
            lockedBeforeRetain(() -> parent.madvise(address(0), 512 * PAGE_SIZE, Advice.COLLAPSE));
            assertThat(parent.migrate(address(7), PAGE_SIZE)).isEqualTo(1);
            assertThat(events("lazy_failed_trylocks")).isEqualTo(1);
            finishChange();
            assertThat(walk(folio(parent, 7))).containsExactly("0:0+512");
            assertSound();
        }
    }

    @Nested
    @DisplayName("Split of a large folio")
    class SplitOfFolio {
        private void whileSplitting(Runnable other) {
            waitsForMigration(other);
            assertThat(parent.splitFolios(address(0), PAGE_SIZE)).isZero();
            joinWaiter();
        }

        @Test
        @DisplayName("a split of the VMA waits for it (24)")
        void splitOfVma() {
            largeFolio();
            whileSplitting(() -> makeReadOnly(8, 8));
            assertThat(kinds(parent, 0, 32)).isEqualTo("A".repeat(16));
            for (int page = 0; page < 16; page++) {
                assertThat(walk(folio(parent, page))).containsExactly("0:" + page + "+1");
            }
            assertSound();
        }

        @Test
        @DisplayName("a fork waits for it, and the child gets small folios (24)")
        void fork() {
            largeFolio();
            whileSplitting(LazyMigrationRaceTest.this::fork);
            assertThat(kinds(child(), 0, 32)).isEqualTo("A".repeat(16));
            for (int page = 0; page < 16; page++) {
                assertThat(folio(child(), page)).isSameAs(folio(parent, page));
                assertThat(walk(folio(parent, page))).containsExactly("0:" + page + "+1", "1:" + page + "+1");
            }
            assertSound();
        }

        @Test
        @DisplayName("it fails softly while the VMA is being split, and the folio is found in both parts (24)")
        void beside() {
            largeFolio();
            lockedBeforeRetain(() -> makeReadOnly(8, 8));
            assertThat(parent.splitFolios(address(0), PAGE_SIZE)).isEqualTo(1);
            assertThat(events("lazy_failed_trylocks")).isEqualTo(1);
            finishChange();
            assertThat(walk(folio(parent, 0))).containsExactly("0:0+8", "0:8+8");
            assertThat(parent.splitFolios(address(0), PAGE_SIZE)).isZero();
            assertSound();
        }
    }
}
