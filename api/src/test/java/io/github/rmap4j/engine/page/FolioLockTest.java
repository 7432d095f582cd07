package io.github.rmap4j.engine.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.lock.LockClasses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FolioLockTest {
    private final Accounts accounts = new Accounts();
    private final FolioLock lock = new FolioLock(new LockClasses(accounts, Checking.ON).create("folio_lock"));

    @Test
    @Timeout(60)
    @DisplayName("threads that want one folio exclude each other and none is forgotten")
    void excludes() throws InterruptedException {
        FolioImpl folio = new FolioImpl(0, 0);
        long[] counter = new long[1];
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    lock.lock(folio, accounts.current());
                    counter[0]++;
                    lock.unlock(folio);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counter[0]).isEqualTo(80_000);
    }

    @Test
    void tryLockDoesNotWait() {
        FolioImpl folio = new FolioImpl(0, 0);
        assertThat(lock.tryLock(folio, accounts.current())).isTrue();
        assertThat(lock.tryLock(folio, accounts.current())).isFalse();
        lock.unlock(folio);
        assertThat(lock.tryLock(folio, accounts.current())).isTrue();
        lock.unlock(folio);
    }

    @Test
    void unlockingAFreeFolioIsAnError() {
        assertThatThrownBy(() -> lock.unlock(new FolioImpl(0, 0))).isInstanceOf(IllegalStateException.class);
    }
}
