package io.github.rmap4j.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.CostReport.LockCost;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.RwLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LockOrderTest {
    private final Accounts accounts = new Accounts();
    private final LockClasses classes = new LockClasses(accounts, Checking.ON);
    private final KernelLockClass outer = classes.create("outer");
    private final KernelLockClass inner = classes.create("inner");
    private final KernelLockClass innermost = classes.create("innermost");

    @Test
    @DisplayName("the first inversion is reported, with the order seen before")
    void inversion() {
        RwLock a = outer.newRwLock();
        Mutex b = inner.newMutex();
        a.lockRead();
        b.lock();
        b.unlock();
        a.unlockRead();
        b.lock();
        assertThatThrownBy(a::lockWrite)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'outer' is taken while 'inner' is held")
                .hasMessageContaining("outer -> inner");
        b.unlock();
    }

    @Test
    @DisplayName("an inversion over three classes is found")
    void cycleOfThree() {
        Mutex a = outer.newMutex();
        Mutex b = inner.newMutex();
        Mutex c = innermost.newMutex();
        inOrder(a, b);
        inOrder(b, c);
        c.lock();
        assertThatThrownBy(a::lock).hasMessageContaining("outer -> inner -> innermost");
        c.unlock();
    }

    private static void inOrder(Mutex first, Mutex second) {
        first.lock();
        second.lock();
        second.unlock();
        first.unlock();
    }

    @Test
    @DisplayName("two locks of one class at a time are reported")
    void sameClass() {
        Mutex one = outer.newMutex();
        Mutex other = outer.newMutex();
        one.lock();
        assertThatThrownBy(other::lock).hasMessageContaining("'outer' is taken while one of its class is held");
        one.unlock();
    }

    @Test
    @DisplayName("a try cannot deadlock and makes no order")
    void tryMakesNoOrder() {
        Mutex a = outer.newMutex();
        Mutex b = inner.newMutex();
        b.lock();
        assertThat(a.tryLock()).isTrue();
        a.unlock();
        b.unlock();
        inOrder(a, b);
    }

    @Test
    @DisplayName("acquisitions are counted by mode, failed tries as contended, work while held")
    void counts() {
        RwLock lock = outer.newRwLock();
        lock.lockRead();
        assertThat(lock.tryLockRead()).isTrue();
        assertThat(lock.tryLockWrite()).isFalse();
        lock.unlockRead();
        lock.unlockRead();
        lock.lockWrite();
        accounts.current().work(7);
        assertThat(lock.tryLockRead()).isFalse();
        lock.unlockWrite();
        assertThat(classes.costs()).contains(new LockCost("outer", 2, 1, 2, 7));
    }

    @Test
    void releasingWhatIsNotHeldIsAnError() {
        assertThatThrownBy(() -> outer.newMutex().unlock()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> outer.newRwLock().unlockRead()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void classNamesAreUnique() {
        assertThatThrownBy(() -> classes.create("outer")).isInstanceOf(IllegalArgumentException.class);
    }
}
