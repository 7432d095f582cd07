package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.SlabObject;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma: the VMAs in which folios that name it as their owner may be mapped.
 *
 * <p>The counters are guarded by the root's lock held for writing, but for the reference count, which is atomic.
 */
final class AnonVma extends SlabObject {
    private static final VarHandle REFCOUNT;

    static {
        try {
            REFCOUNT = MethodHandles.lookup().findVarHandle(AnonVma.class, "refcount", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The oldest ancestor; itself for a root. Its lock guards the trees and counters of the whole fork tree. */
    private @Nullable AnonVma root;

    /** The anon_vma of the VMA that was forked from; itself for a root. */
    private @Nullable AnonVma parent;

    /** Only a root's is used. */
    private @Nullable RwLock lock;

    /** 1 while the tree has entries; a root has 1 more for each other anon_vma of its fork tree. */
    @SuppressWarnings("unused") // through REFCOUNT
    private int refcount;

    /** anon_vmas whose parent this is; a root counts itself. */
    int numChildren;
    /** VMAs whose anon_vma this is. Chains that only link an ancestor do not count. */
    int numActiveVmas;

    final ChainIndex tree;

    AnonVma(ChainIndex tree) {
        this.tree = tree;
    }

    /** A root of its own (anon_vma_alloc). */
    void initRoot(RwLock rootLock) {
        root = this;
        parent = this;
        lock = rootLock;
        refcount = 1;
        numChildren = 1;
        numActiveVmas = 0;
        tree.reset();
    }

    /** A descendant; the caller counts it at the root and the parent. */
    void initChild(AnonVma newParent) {
        root = newParent.root();
        parent = newParent;
        lock = null;
        refcount = 1;
        numChildren = 0;
        numActiveVmas = 0;
        tree.reset();
    }

    /** get_anon_vma. */
    void get() {
        REFCOUNT.getAndAdd(this, 1);
    }

    /**
     * get_anon_vma for somebody who has no reference yet.
     *
     * @return false if the last one was dropped already
     */
    boolean getUnlessFree() {
        int references = refcount();
        while (references > 0) {
            if (REFCOUNT.compareAndSet(this, references, references + 1)) {
                return true;
            }
            references = refcount();
        }
        return false;
    }

    /**
     * Drops a reference.
     *
     * @return true if it was the last
     */
    boolean put() {
        return (int) REFCOUNT.getAndAdd(this, -1) == 1;
    }

    int refcount() {
        return (int) REFCOUNT.getOpaque(this);
    }

    AnonVma root() {
        AnonVma oldest = root;
        if (oldest == null) {
            throw new IllegalStateException("use after free of AnonVma");
        }
        return oldest;
    }

    AnonVma parent() {
        AnonVma forkedFrom = parent;
        if (forkedFrom == null) {
            throw new IllegalStateException("use after free of AnonVma");
        }
        return forkedFrom;
    }

    /** The one lock of the fork tree (root->rwsem). */
    RwLock rootLock() {
        RwLock oldest = root().lock;
        if (oldest == null) {
            throw new IllegalStateException("use after free of the root AnonVma");
        }
        return oldest;
    }

    /** Like {@link #rootLock}, for a walk that cannot know yet whether this object is still alive. */
    @Nullable
    RwLock rootLockIfAlive() {
        AnonVma oldest = root;
        return oldest == null ? null : oldest.lock;
    }

    @Override
    protected void poison() {
        root = null;
        parent = null;
        lock = null;
        refcount = Integer.MIN_VALUE;
        numChildren = Integer.MIN_VALUE;
        numActiveVmas = Integer.MIN_VALUE;
    }
}
