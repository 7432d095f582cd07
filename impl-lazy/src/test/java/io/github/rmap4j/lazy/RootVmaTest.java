package io.github.rmap4j.lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** References of root VMAs, also while one root absorbs another. */
@DisplayName("Root VMAs")
class RootVmaTest {
    private static final int ROUNDS = 2000;
    private static final int WALKS = 20;

    private static <T> T unused(Class<T> type) {
        return Between.with(type, null, call -> {
            throw new AssertionError(call.name());
        });
    }

    private static final AddressSpace SPACE = unused(AddressSpace.class);

    private static Vma vma(long start, long pgoff) {
        return Between.with(Vma.class, null, call -> switch (call.name()) {
            case "start" -> start;
            case "pgoff" -> pgoff;
            case "addressSpace" -> SPACE;
            case "toString" -> "a VMA";
            default -> throw new AssertionError(call.name());
        });
    }

    private static RootVma root() {
        return new RootVma(vma(0x10000, 0x10));
    }

    @Test
    @DisplayName("begin with the reference of their own VMA")
    void firstReference() {
        RootVma root = root();
        assertThat(root.references()).isEqualTo(1);
        assertThat(root.get()).isSameAs(root);
        root.join();
        assertThat(root.references()).isEqualTo(3);
        assertThat(root.put()).isNull();
        assertThat(root.put()).isNull();
        assertThat(root.put()).isSameAs(root);
    }

    @Test
    @DisplayName("are dead for ever: nobody gets a reference any more, and none can be dropped")
    void dead() {
        RootVma root = root();
        assertThat(root.put()).isSameAs(root);
        assertThat(root.get()).isNull();
        assertThat(root.references()).isZero();
        assertThatThrownBy(root::join)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("use after free of the root VMA");
        assertThatThrownBy(root::put).isInstanceOf(IllegalStateException.class).hasMessageContaining("dropped twice");
        assertThat(root.putIfLast()).isFalse();
    }

    @Test
    @DisplayName("die without becoming a zombie only if nobody else has a reference")
    void putIfLast() {
        RootVma root = root();
        root.join();
        assertThat(root.putIfLast()).isFalse();
        assertThat(root.references()).isEqualTo(2);
        assertThat(root.put()).isNull();
        assertThat(root.putIfLast()).isTrue();
        assertThat(root.get()).isNull();
    }

    @Test
    @DisplayName("know the address of index 0, which may be negative")
    void base() {
        assertThat(root().base()).isZero();
        assertThat(new RootVma(vma(0x30000, 0x10)).base()).isEqualTo(0x20000);
        assertThat(new RootVma(vma(0x10000, 0x40)).base()).isEqualTo(-0x30000);
        assertThat(new RootVma(vma(0x10000, (Long.MAX_VALUE >> 12) + 1)).base()).isEqualTo(Long.MIN_VALUE + 0x10000);
    }

    @Test
    @DisplayName("that are absorbed hand on their references, and all that comes later")
    void absorb() {
        RootVma survivor = root();
        RootVma other = root();
        other.join();
        survivor.absorb(other);
        assertThat(other.current()).isSameAs(survivor);
        assertThat(other.references()).isZero();
        assertThat(survivor.references()).isEqualTo(3);
        assertThat(other.get()).isSameAs(survivor);
        assertThat(other.put()).isNull();
        assertThat(other.putIfLast()).as("not its own any more").isFalse();
        assertThat(survivor.put()).isNull();
        assertThat(other.put()).isNull();
        assertThat(other.put()).as("the one that is dead").isSameAs(survivor);
        assertThat(other.get()).isNull();
        assertThatThrownBy(other::put).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("that have absorbed others bring them along when they are absorbed")
    void absorbTwice() {
        RootVma last = root();
        RootVma middle = root();
        List<RootVma> absorbed = new ArrayList<>(List.of(root(), root(), root(), middle));
        middle.absorb(absorbed.get(0));
        middle.absorb(absorbed.get(1));
        last.absorb(absorbed.get(2));
        last.absorb(middle);
        List<RootVma> listed = new ArrayList<>();
        for (RootVma root = last.firstAbsorbed(); root != null; root = root.nextAbsorbed()) {
            listed.add(root);
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(absorbed);
        assertThat(absorbed).allSatisfy(root -> assertThat(root.current()).isSameAs(last));
        assertThat(last.references()).isEqualTo(5);
    }

    /** Does something several times at once, in each of many rounds. */
    private static void race(Runnable prepare, List<Runnable> actions, Runnable check) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(actions.size());
        CyclicBarrier barrier = new CyclicBarrier(actions.size());
        try {
            for (int round = 0; round < ROUNDS; round++) {
                prepare.run();
                List<Future<?>> futures = new ArrayList<>();
                for (Runnable action : actions) {
                    futures.add(threads.submit(() -> {
                        barrier.await();
                        action.run();
                        return null;
                    }));
                }
                for (Future<?> future : futures) {
                    future.get();
                }
                check.run();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("lose no reference while one absorbs the other and walks come and go")
    void absorbWhileWalked() throws Exception {
        RootVma[] roots = new RootVma[2];
        AtomicInteger deaths = new AtomicInteger();
        Runnable walks = () -> {
            for (int i = 0; i < WALKS; i++) {
                RootVma held = roots[1].get();
                assertThat(held).isNotNull();
                // Whoever has the reference may drop it at either root.
                RootVma dead = (i & 1) == 0 ? roots[1].put() : held.put();
                if (dead != null) {
                    deaths.incrementAndGet();
                }
            }
        };
        race(
                () -> {
                    roots[0] = root();
                    roots[1] = root();
                },
                List.of(walks, walks, () -> roots[0].absorb(roots[1])),
                () -> {
                    assertThat(roots[0].references()).isEqualTo(2);
                    assertThat(roots[1].references()).isZero();
                    assertThat(roots[0].put()).isNull();
                    assertThat(roots[1].put()).isSameAs(roots[0]);
                });
        assertThat(deaths).hasValue(0);
    }

    @Test
    @DisplayName("die once, when the last of several that hold them lets go, and nobody gets a dead one")
    void lastReference() throws Exception {
        RootVma[] root = new RootVma[1];
        AtomicInteger deaths = new AtomicInteger();
        Runnable walk = () -> {
            RootVma held = root[0].get();
            if (held != null && held.put() != null) {
                deaths.incrementAndGet();
            }
        };
        Runnable owner = () -> {
            if (root[0].putIfLast() || root[0].put() != null) {
                deaths.incrementAndGet();
            }
        };
        race(
                () -> {
                    root[0] = root();
                    deaths.set(0);
                },
                List.of(walk, walk, owner),
                () -> {
                    assertThat(deaths).hasValue(1);
                    assertThat(root[0].get()).isNull();
                });
    }

    /** A class of real locks, without an engine. */
    private static final StrategyContext.LockClass LOCKS = new StrategyContext.LockClass() {
        @Override
        public RwLock newRwLock() {
            StampedLock lock = new StampedLock();
            return Between.with(RwLock.class, null, call -> switch (call.name()) {
                case "tryLockRead" -> lock.tryReadLock() != 0;
                case "unlockRead" -> lock.tryUnlockRead();
                case "lockWrite" -> lock.writeLock();
                case "tryLockWrite" -> lock.tryWriteLock() != 0;
                case "unlockWrite" -> lock.tryUnlockWrite();
                default -> throw new AssertionError(call.name());
            });
        }

        @Override
        public Mutex newMutex() {
            throw new AssertionError("a mutex");
        }
    };

    @Test
    @DisplayName("are locked by one who changes, or by migrations: neither gets in beside the other")
    void vmaLock() {
        RootVma root = root();
        root.lockVma();
        assertThat(root.tryLockVmaRead(LOCKS))
                .as("beside a change that found no lock")
                .isFalse();
        root.unlockVma();
        assertThat(root.tryLockVmaRead(LOCKS)).isTrue();
        assertThat(root.tryLockVmaRead(LOCKS)).as("two migrations").isTrue();
        assertThat(root.tryLockVma()).as("beside migrations").isFalse();
        root.unlockVmaRead();
        assertThat(root.tryLockVma()).as("beside one of them").isFalse();
        Meanwhile change = Meanwhile.start(root::lockVma);
        assertThat(change.isDone()).as("a change waits").isFalse();
        assertThat(root.tryLockVmaRead(LOCKS)).as("behind one who waits").isFalse();
        root.unlockVmaRead();
        change.join();
        assertThat(root.tryLockVmaRead(LOCKS)).as("beside a change").isFalse();
        assertThat(root.tryLockVma()).as("beside another one").isFalse();
        root.unlockVma();
        assertThat(root.tryLockVma()).isTrue();
        assertThat(root.tryLockVmaRead(LOCKS)).isFalse();
        root.unlockVma();
        assertThat(root.tryLockVmaRead(LOCKS)).isTrue();
        root.unlockVmaRead();
    }

    @Test
    @DisplayName("never have a migration and a change at once, also when both are the first to want the lock")
    void vmaLockRace() throws Exception {
        RootVma[] root = new RootVma[1];
        AtomicInteger changing = new AtomicInteger();
        AtomicInteger migrating = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        Runnable change = () -> {
            root[0].lockVma();
            changing.incrementAndGet();
            together.addAndGet(migrating.get());
            changing.decrementAndGet();
            root[0].unlockVma();
        };
        Runnable migration = () -> {
            if (root[0].tryLockVmaRead(LOCKS)) {
                migrating.incrementAndGet();
                together.addAndGet(changing.get());
                migrating.decrementAndGet();
                root[0].unlockVmaRead();
            }
        };
        race(() -> root[0] = root(), List.of(change, migration, migration), () -> {
            assertThat(together).hasValue(0);
            assertThat(root[0].tryLockVma()).as("free afterwards").isTrue();
        });
    }
}
