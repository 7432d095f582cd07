package io.github.rmap4j.lazy;

import io.github.rmap4j.api.Vma;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The anonymous state of a faulted VMA ({@code vma->anon_vma} of type anon_vma_tree_t, {@code vma->root_vma} and
 * {@code vma->anon_vma_chain}; the series keeps them in the VMA). A VMA without one is in the state NONE.
 *
 * <p>Written with the mmap lock held for writing; KSM, which has it for reading, also holds the root's VMA lock for
 * writing. Faults read beside both.
 */
final class AnonVmaTree {
    /** The tag of the word. */
    enum State {
        /** Never forked: no anon_vma and no chain (ANON_VMA_TREE_VMA). */
        LAZY,
        /** Inherited: linked to its ancestors' anon_vmas, without one of its own (ANON_VMA_TREE_PARENT). */
        PARENT,
        /** As in Linux today. For good: nothing leads back. */
        FULL
    }

    private static final VarHandle ANON_VMA;
    private static final VarHandle OWNER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ANON_VMA = lookup.findVarHandle(AnonVmaTree.class, "anonVma", AnonVma.class);
            OWNER = lookup.findVarHandle(AnonVmaTree.class, "owner", AnonRmap.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Vma vma;
    /** The VMA was made by fork. Linux tells by the length of the chain, which is one shorter here. */
    final boolean inherited;
    /** Whose child the VMA is in the state PARENT; kept afterwards. */
    final @Nullable AnonVma parent;

    /** Set once, when the state becomes FULL. */
    private @Nullable AnonVma anonVma;

    /** The root of the VMA, or of the one it was split from; null where the VMA was FULL from the beginning. */
    private @Nullable RootVma root;

    /** What folios name that this VMA maps alone: the root, then the anon_vma. Null only until there is one. */
    private @Nullable AnonRmap owner;

    /** Chain entries, oldest ancestor first. */
    @Nullable
    AnonVmaChain oldest;

    private @Nullable AnonVmaChain newest;

    /**
     * Neighbours in the ring of the VMAs that have the same root. Guarded by the mmap lock; where it is held for reading, by
     * the VMA lock of the root as well.
     */
    AnonVmaTree nextMember = this;

    AnonVmaTree previousMember = this;

    /** Entries of this VMA may map folios that name the root although the state is FULL. */
    boolean mapsUnrepaired;

    private AnonVmaTree(Vma vma, boolean inherited, @Nullable AnonVma parent) {
        this.vma = vma;
        this.inherited = inherited;
        this.parent = parent;
    }

    /** A VMA that gets its first anonymous folio, still without root or anon_vma. */
    static AnonVmaTree ofNew(Vma vma) {
        return new AnonVmaTree(vma, false, null);
    }

    /** A VMA of a child, in the state PARENT unless it gets an anon_vma. */
    static AnonVmaTree ofChild(Vma vma, AnonVma parent) {
        return new AnonVmaTree(vma, true, parent);
    }

    /** A VMA that takes over the state of another one, still without root, anon_vma and chain. */
    static AnonVmaTree ofCopy(Vma vma, AnonVmaTree source) {
        AnonVmaTree copy = new AnonVmaTree(vma, source.inherited, source.parent);
        copy.mapsUnrepaired = source.mapsUnrepaired;
        return copy;
    }

    State state() {
        if (anonVma() != null) {
            return State.FULL;
        }
        return parent != null ? State.PARENT : State.LAZY;
    }

    boolean isFull() {
        return anonVma() != null;
    }

    @Nullable
    AnonVma anonVma() {
        return (AnonVma) ANON_VMA.getAcquire(this);
    }

    void setAnonVma(AnonVma own) {
        ANON_VMA.setRelease(this, own);
        OWNER.setRelease(this, own);
    }

    @Nullable
    RootVma root() {
        return root;
    }

    /** Becomes a member of a root's family; what new folios name is the state's business. */
    void setRoot(@Nullable RootVma newRoot) {
        root = newRoot;
    }

    AnonRmap owner() {
        AnonRmap named = (AnonRmap) OWNER.getAcquire(this);
        if (named == null) {
            throw new IllegalStateException(vma + " has neither a root nor an anon_vma");
        }
        return named;
    }

    /** What folios name before the state is FULL. */
    void setOwner(AnonRmap lazyOwner) {
        owner = lazyOwner;
    }

    /** The root, where there must be one. */
    RootVma presentRoot() {
        RootVma present = root();
        if (present == null) {
            throw new IllegalStateException(vma + " has no root VMA");
        }
        return present;
    }

    /** The anon_vma in whose fork tree all chain entries are: the own one's or the parent's; null in the state LAZY. */
    @Nullable
    AnonVma anyAnonVma() {
        AnonVma own = anonVma();
        return own != null ? own : parent;
    }

    /** list_is_singular: nothing but an anon_vma of its own. */
    boolean isSingular() {
        return oldest != null && oldest == newest;
    }

    void append(AnonVmaChain chain) {
        if (newest == null) {
            oldest = chain;
        } else {
            newest.next = chain;
        }
        newest = chain;
    }

    void clearChain() {
        oldest = null;
        newest = null;
    }

    void joinRing(AnonVmaTree member) {
        nextMember = member.nextMember;
        previousMember = member;
        nextMember.previousMember = this;
        member.nextMember = this;
    }

    void leaveRing() {
        nextMember.previousMember = previousMember;
        previousMember.nextMember = nextMember;
        nextMember = this;
        previousMember = this;
    }

    /** Makes one ring of two. */
    void uniteRings(AnonVmaTree other) {
        AnonVmaTree behindThis = nextMember;
        AnonVmaTree behindOther = other.nextMember;
        nextMember = behindOther;
        behindOther.previousMember = this;
        other.nextMember = behindThis;
        behindThis.previousMember = other;
    }
}
