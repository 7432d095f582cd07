package io.github.rmap4j.engine.lock;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks the order of lock classes as Linux's lockdep does: a thread that takes B while it holds A adds the edge A to B
 * to a graph of classes, and an edge that closes a cycle is reported at once, on the first inversion, whether or not the
 * threads ever meet.
 */
final class LockDep {
    private static final int MAX = 64;

    private final ThreadLocal<List<KernelLockClass>> held = ThreadLocal.withInitial(ArrayList::new);
    /** Edges; written under this object's monitor, read without: an edge seen late is only added twice. */
    private final boolean[][] after = new boolean[MAX][MAX];

    private final String[] names = new String[MAX];

    void willAcquire(KernelLockClass next) {
        for (KernelLockClass outer : held.get()) {
            if (outer == next) {
                throw new IllegalStateException(
                        "lock order: '" + next.name() + "' is taken while one of its class is held");
            }
            if (!after[outer.id()][next.id()]) {
                addEdge(outer, next);
            }
        }
    }

    private synchronized void addEdge(KernelLockClass outer, KernelLockClass inner) {
        names[outer.id()] = outer.name();
        names[inner.id()] = inner.name();
        List<String> path = new ArrayList<>();
        if (reaches(inner.id(), outer.id(), new boolean[MAX], path)) {
            throw new IllegalStateException("lock order: '" + inner.name() + "' is taken while '" + outer.name()
                    + "' is held, but elsewhere the order is " + String.join(" -> ", path));
        }
        after[outer.id()][inner.id()] = true;
    }

    private boolean reaches(int from, int to, boolean[] seen, List<String> path) {
        path.add(names[from]);
        if (from == to) {
            return true;
        }
        seen[from] = true;
        for (int next = 0; next < MAX; next++) {
            if (after[from][next] && !seen[next] && reaches(next, to, seen, path)) {
                return true;
            }
        }
        path.remove(path.size() - 1);
        return false;
    }

    void acquired(KernelLockClass lockClass) {
        held.get().add(lockClass);
    }

    void released(KernelLockClass lockClass) {
        List<KernelLockClass> locks = held.get();
        int last = locks.lastIndexOf(lockClass);
        if (last < 0) {
            throw new IllegalStateException("lock '" + lockClass.name() + "' is released but not held by this thread");
        }
        locks.remove(last);
    }
}
