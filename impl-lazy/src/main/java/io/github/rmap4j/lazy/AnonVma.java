package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.VmaIntervalTree;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma, of families that were forked. As in Linux, but that children need not have one: {@link #children}
 * counts only those that do.
 *
 * <p>The counters are guarded by the root's lock held for writing, but for the references, which are atomic.
 */
final class AnonVma extends SlabObject implements AnonRmap {
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(AnonVma.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The oldest ancestor; itself for a root. Its lock guards the trees and counters of the whole fork tree. */
    private @Nullable AnonVma root;

    /** That of the VMA which was forked; itself for a root. */
    private @Nullable AnonVma parent;

    /** Only a root's is used. */
    private @Nullable RwLock lock;

    /**
     * 1 while the tree has entries, 1 for each {@link RootVma} that was upgraded to this, 1 for each holder beyond the life
     * of VMAs; a root has 1 more for each other anon_vma of its fork tree.
     */
    @SuppressWarnings("unused") // through REFERENCES
    private int references;

    /** anon_vmas whose parent this is; a root counts itself (num_children). */
    int children;
    /** VMAs whose own anon_vma this is (num_active_vmas). */
    int activeVmas;

    final VmaIntervalTree tree = new VmaIntervalTree();

    void initRoot(RwLock rootLock) {
        root = this;
        parent = this;
        lock = rootLock;
        children = 1;
        begin();
    }

    /** The caller counts it at the root and the parent. */
    void initChild(AnonVma newParent) {
        root = newParent.root();
        parent = newParent;
        lock = null;
        children = 0;
        begin();
    }

    private void begin() {
        references = 1;
        activeVmas = 0;
        tree.clear();
    }

    void get() {
        REFERENCES.getAndAdd(this, 1);
    }

    /** Like {@link #get} for somebody who has no reference yet; false if the last one was dropped already. */
    boolean getUnlessFree() {
        for (int now = references(); now > 0; now = references()) {
            if (REFERENCES.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Drops a reference; true if it was the last. */
    boolean put() {
        return (int) REFERENCES.getAndAdd(this, -1) == 1;
    }

    int references() {
        return (int) REFERENCES.getOpaque(this);
    }

    AnonVma root() {
        return live(root);
    }

    AnonVma parent() {
        return live(parent);
    }

    /** The one lock of the fork tree. */
    RwLock rootLock() {
        return live(root().lock);
    }

    /** Like {@link #rootLock}, for a walk that cannot know yet whether this object is still alive. */
    @Nullable
    RwLock rootLockIfAlive() {
        AnonVma oldest = root;
        return oldest == null ? null : oldest.lock;
    }

    private static <T> T live(@Nullable T field) {
        if (field == null) {
            throw new IllegalStateException("use after free of AnonVma");
        }
        return field;
    }

    @Override
    protected void poison() {
        root = null;
        parent = null;
        lock = null;
        references = Integer.MIN_VALUE;
        children = Integer.MIN_VALUE;
        activeVmas = Integer.MIN_VALUE;
    }
}
