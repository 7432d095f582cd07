package io.github.rmap4j.lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Hazards of roots: how long they live, who has which, and what is taken for one. */
@DisplayName("Hazards of ANON_VMA_LAZY: roots")
class RootHazardTest extends Hazards {
    @Nested
    @DisplayName("Each piece of a VMA becomes a root (Yoo: something must survive split and merge)")
    class OwnRoots {
        private static final class PerPiece extends Rules {
            PerPiece(StrategyContext context) {
                super(context);
            }

            @Override
            @Nullable
            RootVma rootOfPiece(AnonVmaTree source, Vma piece) {
                return new RootVma(piece);
            }
        }

        /** The middle of three pieces is unmapped: the VMA that was there first. */
        private static MemoryManager punched(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 9);
            protect(space, 3, 3, Prot.PROT_READ);
            unmap(space, 3, 3);
            return manager;
        }

        @Test
        @DisplayName("folios name a root that dies with its own piece, and are lost in the others")
        void caught() {
            MemoryManager manager = punched(rules(PerPiece::new));
            AddressSpace space = manager.addressSpaces().get(0);
            assertThat(folio(space, 7).mapcount()).isEqualTo(1);
            assertThat(found(manager, folio(space, 7))).isEmpty();
            assertThatThrownBy(manager::verify).isInstanceOf(IllegalStateException.class);
        }

        @Test
        @DisplayName("a root that all pieces refer to lives as long as they do")
        void passes() {
            MemoryManager manager = punched(SOUND);
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 7))).containsExactly("0:7");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A root VMA is pinned for ever (Stoakes)")
    class Pinned {
        /** A zombie is never given back. */
        private static final Design NEVER_RELEASED = context -> SOUND.apply(Between.with(
                StrategyContext.class, context, call -> call.name().equals("release") ? null : call.handOn()));

        private static MemoryManager zombies(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 9);
            protect(space, 3, 3, Prot.PROT_READ);
            unmap(space, 3, 3);
            assertThat(live(manager, "vm_area_struct")).isEqualTo(3);
            return manager;
        }

        @Test
        @DisplayName("a zombie that is not given back is left when every process has exited")
        void leaked() {
            MemoryManager manager = zombies(NEVER_RELEASED);
            manager.verify();
            manager.addressSpaces().get(0).exit();
            assertThat(live(manager, "vm_area_struct")).isEqualTo(1);
        }

        /** What KSM keeps is a reference to the root, as long as somebody has the page. */
        private Design ksmKeepsRoot() {
            Spy spy = new Spy();
            return spy.on(SOUND)
                    .around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                        if (call.is("retain", Vma.class)) {
                            Objects.requireNonNull(spy.rootOf((Vma) call.argument(0)))
                                    .join();
                        }
                        return call.handOn();
                    }));
        }

        /** Two processes have a page in common that was merged; the first one exits. */
        private static MemoryManager merged(Design design) {
            MemoryManager manager = builder(design).build();
            for (int i = 0; i < 2; i++) {
                AddressSpace space = manager.createAddressSpace();
                space.enableMemoryMerge();
                map(space, 0, 1);
            }
            manager.ksmScan();
            assertThat(manager.ksmScan()).isEqualTo(2);
            manager.addressSpaces().get(0).exit();
            return manager;
        }

        @Test
        @DisplayName("a page that was merged keeps the root VMA of a process that is gone")
        void pinnedByKsm() {
            MemoryManager manager = merged(ksmKeepsRoot());
            assertThat(live(manager, "vm_area_struct")).isEqualTo(2);
        }

        @Test
        @DisplayName("zombies go with the last piece, and KSM keeps an anon_vma instead")
        void passes() {
            assertSound(zombies(SOUND));
            MemoryManager manager = merged(SOUND);
            assertThat(live(manager, "vm_area_struct")).isEqualTo(1);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("0x2 is confused with 0x3: a page that KSM merged is taken for a lazy one")
    class KsmTakenForLazy {
        /** The folio goes on naming what it named, and that is where walks look. */
        private static final Design CONFUSED =
                SOUND.around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                    switch (call.name()) {
                        case "folioMerged":
                            return null;
                        case "walkKsm":
                            return strategy.walk((FolioWalk) call.argument(0));
                        default:
                            return call.handOn();
                    }
                }));

        private static MemoryManager merged(Design design) {
            MemoryManager manager = builder(design).build();
            for (int i = 0; i < 2; i++) {
                AddressSpace space = manager.createAddressSpace();
                space.enableMemoryMerge();
                map(space, 0, 1);
            }
            manager.ksmScan();
            manager.ksmScan();
            return manager;
        }

        @Test
        @DisplayName("it is found in one process only")
        void caught() {
            MemoryManager manager = merged(CONFUSED);
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 0))).hasSize(1);
            assertMisses(manager);
        }

        @Test
        @DisplayName("it is found where pages were merged")
        void passes() {
            MemoryManager manager = merged(SOUND);
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 0)))
                    .containsExactlyInAnyOrder("0:0", "1:0");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("mremap changes the base below a root that stays")
    class MovedLazily {
        private static final class NoUpgrade extends Rules {
            NoUpgrade(StrategyContext context) {
                super(context);
            }

            @Override
            boolean upgradesBeforeMove() {
                return false;
            }
        }

        private static MemoryManager moved(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 2);
            move(space, 0, 20, 2);
            return manager;
        }

        @Test
        @DisplayName("pages are looked for where they were")
        void caught() {
            MemoryManager manager = moved(rules(NoUpgrade::new));
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 20)))
                    .isEmpty();
            assertThatThrownBy(manager::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has another base than its root");
        }

        @Test
        @DisplayName("an anon_vma knows the new VMA")
        void passes() {
            MemoryManager manager = moved(SOUND);
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 20)))
                    .containsExactly("0:20");
            assertSound(manager);
        }
    }
}
