package io.github.rmap4j.lazy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.StrategyContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A VMA in its part as root: what the folios name that it, or a piece split from it, mapped first. In the series this is
 * the vm_area_struct itself, so it has no size of its own, and stays allocated as long as the root is needed.
 *
 * <p>Lives as long as it has references: one for each VMA that has it as root, one for each walk under way. Folios have
 * none: a VMA that maps a folio has the root that the folio names. Once dead it stays dead; a folio may name a dead root
 * only while nobody maps it (in the swap cache).
 *
 * <p>A root whose VMA has left the layout is a <em>zombie</em>. Roots of one space and base can be united (the merge rule
 * same-base): then one, found with {@link #current}, has all references, and all live until it dies.
 */
final class RootVma implements AnonRmap {
    private static final VarHandle REFERENCES;
    private static final VarHandle ANON_VMA;
    private static final VarHandle ABSORBED_BY;
    private static final VarHandle VMA_LOCK;
    private static final VarHandle WRITER;
    /** Keeps a root alive while references move to it. */
    private static final int BIAS = 1 << 24;

    private static final byte NOBODY = 0;
    /** Somebody who has found no {@link #vmaLock}. */
    private static final byte CHANGING = 1;
    /** Somebody who has locked {@link #vmaLock}. */
    private static final byte CHANGING_LOCKED = 2;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            REFERENCES = lookup.findVarHandle(RootVma.class, "references", int.class);
            ANON_VMA = lookup.findVarHandle(RootVma.class, "anonVma", AnonVma.class);
            VMA_LOCK = lookup.findVarHandle(RootVma.class, "vmaLock", RwLock.class);
            WRITER = lookup.findVarHandle(RootVma.class, "writer", byte.class);
            ABSORBED_BY = lookup.findVarHandle(RootVma.class, "absorbedBy", RootVma.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Vma vma;
    final AddressSpace space;
    /**
     * Address of the page with index 0, in bytes, modulo 2^64: vm_start - vm_pgoff * PAGE_SIZE, which no split, merge or
     * resize changes. Only exec moves a VMA and keeps its page offset, when nobody can know its folios.
     */
    private long base;

    private int references = 1;
    /**
     * The VMA lock (vma_start_read, vma_start_write) of all VMAs that have this root; null until the first migration, for
     * nobody else reads. Linux takes it for writing under every design, so that is counted only where it may wait.
     */
    private @Nullable RwLock vmaLock;

    /**
     * Who has, or wants, the VMA lock for writing. Set before {@link #vmaLock} is looked at; readers do the reverse, so one
     * of the two sees the other.
     */
    private byte writer = NOBODY;

    /** Where folios that still name this root are found since the upgrade. */
    private @Nullable AnonVma anonVma;

    private @Nullable RootVma absorbedBy;
    /** The next one in the list of roots that the same root has absorbed. Guarded by the mmap lock. */
    private @Nullable RootVma nextAbsorbed;

    private @Nullable RootVma firstAbsorbed;
    /** Its VMA has left the layout, or its state, and is retained. */
    private boolean zombie;

    RootVma(Vma vma) {
        this.vma = vma;
        this.space = vma.addressSpace();
        this.base = baseOf(vma);
    }

    static long baseOf(Vma vma) {
        return vma.start() - (vma.pgoff() << 12);
    }

    long base() {
        return base;
    }

    void setBase(long newBase) {
        base = newBase;
    }

    /** vma_start_read, but only if that needs no waiting. */
    boolean tryLockVmaRead(StrategyContext.LockClass vmaLocks) {
        RwLock lock = (RwLock) VMA_LOCK.getVolatile(this);
        if (lock == null) {
            VMA_LOCK.compareAndSet(this, null, vmaLocks.newRwLock());
            lock = (RwLock) VMA_LOCK.getVolatile(this);
        }
        if (!lock.tryLockRead()) {
            return false;
        }
        if ((byte) WRITER.getVolatile(this) != NOBODY) {
            lock.unlockRead();
            return false;
        }
        return true;
    }

    /** Ends {@link #tryLockVmaRead}. */
    void unlockVmaRead() {
        ((RwLock) VMA_LOCK.getAcquire(this)).unlockRead();
    }

    /** vma_start_write: waits for readers. The mmap lock is held for writing. */
    void lockVma() {
        WRITER.setVolatile(this, CHANGING);
        RwLock lock = (RwLock) VMA_LOCK.getVolatile(this);
        if (lock != null) {
            lock.lockWrite();
            writer = CHANGING_LOCKED;
        }
    }

    /** Like {@link #lockVma}, with the mmap lock held for reading; false if that needs waiting. */
    boolean tryLockVma() {
        if (!WRITER.compareAndSet(this, NOBODY, CHANGING)) {
            return false;
        }
        RwLock lock = (RwLock) VMA_LOCK.getVolatile(this);
        if (lock != null) {
            if (!lock.tryLockWrite()) {
                WRITER.setRelease(this, NOBODY);
                return false;
            }
            writer = CHANGING_LOCKED;
        }
        return true;
    }

    /** Ends {@link #lockVma} and {@link #tryLockVma}. */
    void unlockVma() {
        boolean locked = writer == CHANGING_LOCKED;
        WRITER.setRelease(this, NOBODY);
        if (locked) {
            ((RwLock) VMA_LOCK.getAcquire(this)).unlockWrite();
        }
    }

    /** The root that has absorbed this one, or this one. */
    RootVma current() {
        RootVma root = this;
        for (RootVma next = root.absorber(); next != null; next = root.absorber()) {
            root = next;
        }
        return root;
    }

    private @Nullable RootVma absorber() {
        return (RootVma) ABSORBED_BY.getAcquire(this);
    }

    /** A reference for somebody who has none yet; null if the root is dead. */
    @Nullable
    RootVma get() {
        while (true) {
            RootVma root = current();
            int now = root.references();
            if (now > 0) {
                if (REFERENCES.compareAndSet(root, now, now + 1)) {
                    return root;
                }
            } else if (root.absorber() == null) {
                return null;
            }
        }
    }

    /** A reference for somebody who knows that the root lives. */
    void join() {
        RootVma root = get();
        if (root == null) {
            throw new IllegalStateException("use after free of the root VMA " + vma);
        }
    }

    /** Drops a reference; the dead root if it was the last, else null. */
    @Nullable
    RootVma put() {
        while (true) {
            RootVma root = current();
            int now = root.references();
            if (now > 0) {
                if (REFERENCES.compareAndSet(root, now, now - 1)) {
                    return now == 1 ? root : null;
                }
            } else if (root.absorber() == null) {
                throw new IllegalStateException("a reference to the root VMA " + vma + " was dropped twice");
            }
        }
    }

    int references() {
        return (int) REFERENCES.getAcquire(this);
    }

    /** The only reference is the caller's, and nobody can get one any more: the root is dead. */
    boolean putIfLast() {
        return absorber() == null && REFERENCES.compareAndSet(this, 1, 0);
    }

    /** Walks find folios that name this root in an anon_vma from now on; they see it before any entry that comes later. */
    void forwardTo(AnonVma newAnonVma) {
        ANON_VMA.setRelease(this, newAnonVma);
    }

    @Nullable
    AnonVma anonVma() {
        return (AnonVma) ANON_VMA.getAcquire(this);
    }

    /** Takes the references of a root with the same base. The mmap lock and the other's VMA lock are held for writing. */
    void absorb(RootVma other) {
        REFERENCES.getAndAdd(this, BIAS);
        // First of all: a reference that is dropped from now on is dropped here.
        ABSORBED_BY.setRelease(other, this);
        int moved = (int) REFERENCES.getAndSet(other, 0);
        REFERENCES.getAndAdd(this, moved - BIAS);
        RootVma last = other;
        other.nextAbsorbed = other.firstAbsorbed;
        other.firstAbsorbed = null;
        while (last.nextAbsorbed != null) {
            last = last.nextAbsorbed;
        }
        last.nextAbsorbed = firstAbsorbed;
        firstAbsorbed = other;
    }

    @Nullable
    RootVma firstAbsorbed() {
        return firstAbsorbed;
    }

    @Nullable
    RootVma nextAbsorbed() {
        return nextAbsorbed;
    }

    boolean isZombie() {
        return zombie;
    }

    void becomeZombie() {
        zombie = true;
    }
}
