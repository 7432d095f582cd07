package io.github.rmap4j.anonvma;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fork links the child's VMA first and copies entries later, and a walk may come between. */
@DisplayName("A walk beside a fork")
class ForkBesideWalkTest {
    private static final long BASE = 0x100000000000L;
    /** Long enough for the slowest machine: reached only by a deadlock. */
    private static final long DEADLOCK_SECONDS = 60;

    private Runnable afterLink = () -> {};
    private Consumer<Vma> beforeCandidate = vma -> {};

    /** A call of the strategy or of the walk, before it is handed on. */
    @FunctionalInterface
    private interface Before {
        Object[] call(String method, Object[] arguments);
    }

    private static <T> T around(Class<T> type, T delegate, Before before, Consumer<String> after) {
        Object proxy = Proxy.newProxyInstance(
                ForkBesideWalkTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        Object answer = method.invoke(delegate, before.call(method.getName(), arguments));
                        after.accept(method.getName());
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }

    private FolioWalk watched(FolioWalk walk) {
        return around(
                FolioWalk.class,
                walk,
                (method, arguments) -> {
                    if (method.equals("candidate")) {
                        beforeCandidate.accept((Vma) arguments[0]);
                    }
                    return arguments;
                },
                method -> {});
    }

    /** A strategy that tells when it has linked a VMA of a child, and when a walk is about to look at a VMA. */
    private final class Watched implements RmapStrategyProvider {
        private final RmapStrategyProvider watched;

        Watched(String strategy) {
            watched = Strategies.find(strategy);
        }

        @Override
        public String name() {
            return watched.name();
        }

        @Override
        public String description() {
            return watched.description();
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return around(
                    RmapStrategy.class,
                    watched.create(context),
                    (method, arguments) ->
                            method.equals("walk") ? new Object[] {watched((FolioWalk) arguments[0])} : arguments,
                    method -> {
                        if (method.equals("vmaForked")) {
                            afterLink.run();
                        }
                    });
        }
    }

    private static AddressSpace faulted(MemoryManager manager) {
        AddressSpace space = manager.createAddressSpace();
        space.mmap(
                BASE,
                MemoryManager.PAGE_SIZE,
                Prot.PROT_READ | Prot.PROT_WRITE,
                MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE);
        space.write(BASE, 1);
        return space;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLOCK_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}: an entry that is copied from a VMA not yet visited is found in both")
    @ValueSource(strings = {"anonvma", "anonvma-maple"})
    void copiedFromNotYetVisited(String strategy) throws Exception {
        MemoryManager manager = MemoryManager.builder()
                .strategy(new Watched(strategy))
                .checking(Checking.ON)
                .build();
        AddressSpace older = faulted(manager);
        AddressSpace parent = faulted(manager);
        // Whatever numbered its VMA is free for the child's.
        older.exit();
        Folio folio = Objects.requireNonNull(parent.folioAt(BASE));

        List<AddressSpace> found = new ArrayList<>();
        FutureTask<Object> walk = new FutureTask<>(
                () -> manager.rmapWalker().walk(folio, (vma, address) -> found.add(vma.addressSpace())));
        CountDownLatch atParent = new CountDownLatch(1);
        CountDownLatch copied = new CountDownLatch(1);
        beforeCandidate = vma -> {
            if (vma.addressSpace() == parent) {
                atParent.countDown();
                await(copied);
            }
        };
        afterLink = () -> {
            Thread walker = new Thread(walk, "walker");
            walker.setDaemon(true);
            walker.start();
            await(atParent);
        };
        AddressSpace child = parent.fork();
        copied.countDown();
        walk.get(DEADLOCK_SECONDS, TimeUnit.SECONDS);

        assertThat(found).containsExactly(parent, child);
        manager.verify();
    }
}
