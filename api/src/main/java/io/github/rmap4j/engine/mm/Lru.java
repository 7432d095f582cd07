package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.KernelLockClass;
import io.github.rmap4j.engine.lock.KernelMutex;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps resident pages under a limit with two lists (shrink_lruvec in mm/vmscan.c): who needs a page while there are too
 * many reclaims others first. New folios start on the inactive list; one that was used again when its turn comes goes round
 * once more, and then to the active list.
 */
final class Lru {
    /** Folios that are looked at in one go (SWAP_CLUSTER_MAX). */
    private static final int CLUSTER = 32;

    private final Machine machine;
    private final long limit;
    /** Guards the lists (lru_lock): innermost. */
    private final KernelMutex lock;
    /** The newest first; folios that were freed meanwhile are dropped when their turn comes. */
    private final Deque<FolioImpl> active = new ArrayDeque<>();

    private final Deque<FolioImpl> inactive = new ArrayDeque<>();
    private final AtomicLong resident = new AtomicLong();

    Lru(Machine machine, long limit, KernelLockClass lockClass) {
        this.machine = machine;
        this.limit = limit;
        this.lock = KernelMutex.of(lockClass);
    }

    /** A folio that is about to be mapped for the first time. */
    void added(FolioImpl folio) {
        resident.addAndGet(folio.pages());
        lock.lock();
        inactive.addFirst(folio);
        // The dead are found when memory is short; a process that only comes and goes must not pile them up.
        if (active.size() + inactive.size() > 2 * limit + CLUSTER) {
            active.removeIf(FolioImpl::isFreed);
            inactive.removeIf(FolioImpl::isFreed);
        }
        lock.unlock();
    }

    /** A folio was freed. */
    void freed(FolioImpl folio) {
        resident.addAndGet(-folio.pages());
    }

    /**
     * Reclaims until so many pages more may become resident (try_to_free_pages). The caller holds no lock but mmap locks.
     *
     * @throws ErrnoException ENOMEM if nothing can be reclaimed
     */
    void makeRoom(long pages, Task task) {
        if (resident.get() + pages <= limit) {
            return;
        }
        Machine.batches(task).drain();
        long fruitless = 0;
        while (resident.get() + pages > limit) {
            long before = resident.get();
            int scanned = shrink(task);
            fruitless = resident.get() < before ? 0 : fruitless + Math.max(1, scanned);
            if (fruitless > mostFruitless()) {
                throw new ErrnoException(
                        Errno.ENOMEM,
                        resident.get() + " of at most " + limit + " pages are resident, none can be reclaimed");
            }
        }
    }

    /** Enough for each folio to lose its references, pass both lists and be tried. */
    private long mostFruitless() {
        lock.lock();
        try {
            return 4L * (active.size() + inactive.size()) + CLUSTER;
        } finally {
            lock.unlock();
        }
    }

    private int shrink(Task task) {
        boolean inactiveIsLow;
        lock.lock();
        inactiveIsLow = inactive.size() < active.size();
        lock.unlock();
        if (inactiveIsLow) {
            shrinkActive(task);
        }
        List<FolioImpl> isolated = isolate(inactive);
        for (FolioImpl folio : isolated) {
            shrinkInactive(folio, task);
        }
        return isolated.size();
    }

    private List<FolioImpl> isolate(Deque<FolioImpl> list) {
        List<FolioImpl> isolated = new ArrayList<>(CLUSTER);
        lock.lock();
        while (isolated.size() < CLUSTER && !list.isEmpty()) {
            FolioImpl folio = list.removeLast();
            if (!folio.isFreed()) {
                isolated.add(folio);
            }
        }
        lock.unlock();
        return isolated;
    }

    /** shrink_active_list: anonymous folios lose their place there, used or not, but it is forgotten that they were. */
    private void shrinkActive(Task task) {
        for (FolioImpl folio : isolate(active)) {
            machine.references.referenced(folio, task);
            putBack(inactive, folio);
        }
    }

    /** shrink_folio_list for one folio, with folio_check_references. */
    private void shrinkInactive(FolioImpl folio, Task task) {
        int referenced = machine.references.referenced(folio, task);
        if (referenced > 0) {
            boolean again = folio.testSetReferenced();
            putBack(again || referenced > 1 ? active : inactive, folio);
            return;
        }
        folio.clearReferenced();
        if (folio instanceof LargeFolio large) {
            // Its pages come to the list one by one.
            if (!machine.largeFolios.split(large, Migration.ZeroFilled.TO_ZERO_PAGE, task)) {
                putBack(inactive, folio);
            }
        } else if (referenced < 0 || !machine.reclaim.shrink(folio, task)) {
            putBack(inactive, folio);
        }
    }

    private void putBack(Deque<FolioImpl> list, FolioImpl folio) {
        if (!folio.isFreed()) {
            lock.lock();
            list.addFirst(folio);
            lock.unlock();
        }
    }
}
