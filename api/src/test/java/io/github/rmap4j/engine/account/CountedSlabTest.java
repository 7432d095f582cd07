package io.github.rmap4j.engine.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.SlabObject;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CountedSlabTest {
    private static final class Thing extends SlabObject {
        private boolean poisoned;

        @Override
        protected void poison() {
            poisoned = true;
        }
    }

    private final Accounts accounts = new Accounts();
    private boolean refuse;

    private CountedSlab<Thing> slab(Checking checking) {
        return new CountedSlab<>(
                accounts, "thing", 24, Thing::new, name -> refuse, checking, CountedSlab.Reuse.LATEST_FREED);
    }

    @Test
    @DisplayName("live, peak and allocations are exact for one thread at every moment")
    void countsExactly() {
        CountedSlab<Thing> slab = slab(Checking.OFF);
        SplittableRandom random = new SplittableRandom(3);
        ArrayDeque<Thing> live = new ArrayDeque<>();
        long peak = 0;
        long allocations = 0;
        for (int i = 0; i < 5000; i++) {
            if (live.isEmpty() || random.nextInt(100) < 55) {
                live.push(slab.allocate());
                allocations++;
                peak = Math.max(peak, live.size());
            } else {
                slab.free(live.pop());
            }
            assertThat(slab.cost().live()).isEqualTo(live.size());
            assertThat(slab.cost().peak()).isEqualTo(peak);
        }
        assertThat(slab.cost().allocations()).isEqualTo(allocations);
        assertThat(slab.cost().liveBytes()).isEqualTo(live.size() * 24L);
    }

    @Test
    @DisplayName("counts of threads that have ended are kept")
    void countsOfEndedThreads() throws InterruptedException {
        CountedSlab<Thing> slab = slab(Checking.OFF);
        for (int t = 0; t < 100; t++) {
            Thread thread = new Thread(slab::allocate);
            thread.start();
            thread.join();
        }
        assertThat(slab.cost().live()).isEqualTo(100);
        assertThat(slab.cost().allocations()).isEqualTo(100);
    }

    @Test
    @DisplayName("checked mode poisons what is freed and uses it again, with another generation")
    void checkedModeRecycles() {
        CountedSlab<Thing> slab = slab(Checking.ON);
        Thing thing = slab.allocate();
        int generation = thing.generation();
        slab.free(thing);
        assertThat(thing.poisoned).isTrue();
        assertThatThrownBy(thing::checkLive).hasMessageContaining("use after free of Thing");
        Thing again = slab.allocate();
        assertThat(again).isSameAs(thing);
        assertThat(again.generation()).isNotEqualTo(generation);
        again.checkLive();
    }

    @Test
    void freeingTwiceIsAnError() {
        CountedSlab<Thing> slab = slab(Checking.OFF);
        Thing thing = slab.allocate();
        slab.free(thing);
        assertThatThrownBy(() -> slab.free(thing)).hasMessageContaining("freed twice");
    }

    @Test
    void refusalCountsNothing() {
        CountedSlab<Thing> slab = slab(Checking.OFF);
        refuse = true;
        assertThatThrownBy(slab::allocate)
                .isInstanceOf(AllocationRefusedException.class)
                .hasMessageContaining("'thing'");
        assertThat(slab.cost().allocations()).isZero();
    }
}
