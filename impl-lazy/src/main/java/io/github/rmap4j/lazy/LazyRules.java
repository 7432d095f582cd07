package io.github.rmap4j.lazy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import io.github.rmap4j.spi.StrategyOption.Change;
import org.jspecify.annotations.Nullable;

/**
 * Every decision that the series leaves open, because its patches are not available in full or because its authors and
 * reviewers disagreed. Each method says what is decided and why; what a reviewer named as a hazard is a wrong answer to
 * one of these questions.
 */
class LazyRules {
    /** The switch of the series ({@code CONFIG_ANON_VMA_LAZY} and its toggle at run time). */
    enum Switch {
        /** VMAs that get their first anonymous folio become lazy. */
        ON,
        /** They get an anon_vma, as in Linux today; lazy ones stay as they are. */
        OFF
    }

    /** When two VMAs that were faulted separately may become one. */
    enum Merging {
        /** When they have the same root: a merge of others is missed. */
        SAME_ROOT,
        /** When the same index is the same address in both: one root absorbs the other, whose VMA becomes a zombie. */
        SAME_BASE
    }

    /** What a folio names that a child maps in an inherited VMA for itself alone. */
    enum Copies {
        /** The child's VMA, as a root. */
        OWN_ROOT,
        /** The parent's anon_vma: no root VMA, but walks visit the parent and all its children. */
        PARENT_ANON_VMA
    }

    private final Variant variant;
    private final StrategyContext.LockClass vmaLocks;
    private final KernelVersion version;
    private final StrategyOption<Switch> lazy;
    private final StrategyOption<Merging> merging;
    /** Null where every inherited VMA has an anon_vma. */
    private final @Nullable StrategyOption<Copies> copies;

    LazyRules(Variant variant, StrategyContext context) {
        this.variant = variant;
        this.vmaLocks = context.lockClass("vma_lock");
        this.version = context.kernelVersion();
        this.lazy = context.option(
                "lazy",
                "Whether VMAs become lazy from now on; can be changed while processes run.",
                Switch.ON,
                Change.AT_ANY_TIME);
        this.merging = context.option(
                "merge",
                "When VMAs that were faulted separately may merge: with the same root, or with the same base address.",
                Merging.SAME_ROOT,
                Change.AT_CREATION);
        this.copies = variant != Variant.LAZY
                ? null
                : context.option(
                        "copies",
                        "What a child's own page in an inherited VMA names: the child's VMA as root, or the parent's"
                                + " anon_vma.",
                        Copies.OWN_ROOT,
                        Change.AT_CREATION);
    }

    /** Whether a VMA that gets its first anonymous folio becomes LAZY. */
    final boolean mayBeLazy(AddressSpace space, boolean hasForked) {
        if (lazy.value() == Switch.OFF) {
            return false;
        }
        return switch (variant) {
            case LAZY -> true;
            case GKI -> !hasForked;
            case NOFORK -> space.isForkForbidden();
        };
    }

    /** Whether an inherited VMA does without an anon_vma (PARENT). The two smaller proposals leave fork alone. */
    final boolean inheritsLazily() {
        return variant == Variant.LAZY && lazy.value() == Switch.ON;
    }

    /** Whether folios that a child maps for itself alone name the parent's anon_vma. */
    final boolean copiesNameParent() {
        return copies != null && copies.value() == Copies.PARENT_ANON_VMA;
    }

    /**
     * Whether a VMA that is not lazy may share a neighbour's anon_vma (find_mergeable_anon_vma). A lazy one never does:
     * the series prepares it without the mmap lock, so it cannot look at neighbours. That is why it misses merges.
     */
    boolean mayShare(AnonVmaTree neighbour) {
        return neighbour.isFull() && neighbour.isSingular() && !neighbour.inherited;
    }

    /**
     * Whether an upgrade or fork may take an anon_vma that no VMA uses as its own and that has at most one child. The
     * series gives no child an anon_vma, so nothing is reused at fork; but without the rule at the upgrade a daemon that
     * forks and exits for ever would grow its chain without bound, which Linux prevents in anon_vma_clone. Children without
     * an anon_vma are not counted by it: so they are looked for in the tree, where each would be visited for every page that
     * the heir faults from then on.
     */
    boolean mayReuse(AnonVma ancestor, AddressSpace heir) {
        return ancestor.children < 2
                && ancestor.activeVmas == 0
                && ancestor.tree.allMatch(
                        node -> node.vma().addressSpace() == heir || !((AnonVmaChain) node).isHeirOf(ancestor));
    }

    /**
     * is_mergeable_anon_vma. What Linux decides by "the chain is singular" is decided by "was not inherited": the chain of
     * an inherited VMA is one shorter here, and could be singular.
     */
    final boolean mayMerge(@Nullable AnonVmaTree target, @Nullable AnonVmaTree source, MergeQuery query) {
        if (version == KernelVersion.V6_15) {
            boolean oneIsUnfaulted = target == null || source == null;
            return (oneIsUnfaulted && target != null && !target.inherited)
                    || target == source
                    || areFamily(target, source, query.origin());
        }
        if (target == null) {
            return source == null || query.origin() == MergeQuery.Origin.EXTENDED || !source.inherited;
        }
        if (source == null) {
            return !target.inherited;
        }
        return target == source || areFamily(target, source, query.origin());
    }

    private boolean areFamily(@Nullable AnonVmaTree target, @Nullable AnonVmaTree source, MergeQuery.Origin origin) {
        if (target == null || source == null) {
            return false;
        }
        // mremap changes the base of what it moves, so a lazy source cannot keep its root at the new place.
        boolean baseStays = origin != MergeQuery.Origin.COPIED || (target.isFull() && source.isFull());
        return baseStays && areFamily(target, source);
    }

    /** Whether two faulted VMAs of one space, contiguous in address and page offset, can have one state. */
    final boolean areFamily(AnonVmaTree a, AnonVmaTree b) {
        if (a.isFull() || b.isFull()) {
            return a.anonVma() == b.anonVma();
        }
        RootVma first = a.root();
        RootVma second = b.root();
        if (first == null || second == null) {
            return false;
        }
        return first.current() == second.current() || mayUniteRoots(a, b);
    }

    /**
     * Whether two VMAs that are no family might have shared an anon_vma in Linux. Not if one was inherited, for then it has
     * one of its own there, too.
     */
    final boolean misses(AnonVmaTree a, AnonVmaTree b) {
        return !a.inherited && !b.inherited && !(a.isFull() && b.isFull());
    }

    /** Only those of LAZY VMAs: inherited ones are linked to different ancestors. */
    private boolean mayUniteRoots(AnonVmaTree a, AnonVmaTree b) {
        return merging.value() == Merging.SAME_BASE
                && a.state() == AnonVmaTree.State.LAZY
                && b.state() == AnonVmaTree.State.LAZY;
    }

    /**
     * The root of a VMA that takes over a part of another one's range: the same, so that folios which straddle both, or
     * move from one to the other by a merge, are found from either.
     */
    @Nullable
    RootVma rootOfPiece(AnonVmaTree source, Vma piece) {
        return source.root();
    }

    /**
     * Which members of a family get the anon_vma of an upgrade: all, or a large folio that is mapped by two of them would
     * name the anon_vma of one.
     */
    boolean upgradesWithFamily(AnonVmaTree upgraded, AnonVmaTree member) {
        return true;
    }

    /** Whether mremap upgrades before it moves: the address of a lazy folio follows from the base, which changes. */
    boolean upgradesBeforeMove() {
        return true;
    }

    /** Whether entries that fork copies make their folios name the anon_vma (try_dup_anon_rmap). */
    boolean repairsAtFork() {
        return true;
    }

    /** Whether the owner is repaired when a folio of the swap cache is mapped again, perhaps when its root is dead. */
    boolean repairsAtSwapIn() {
        return true;
    }

    /**
     * Whether a walk that began at a root goes on in its anon_vma: fork cannot repair folios that it does not see
     * (swapped out, in a VMA that is not copied), and the root may be upgraded while a walk is under way.
     */
    boolean forwards() {
        return true;
    }

    /**
     * Keeps layout changes and forks of the VMA away until a migration or split is over (patch 12): a fork would copy
     * migration entries that name a folio with a root, to a child that the root does not lead to. Never waits, because
     * faults take folio locks under the VMA lock.
     */
    boolean tryLockForMigration(RootVma root) {
        return root.tryLockVmaRead(vmaLocks);
    }

    /** Ends {@link #tryLockForMigration}. */
    void unlockAfterMigration(RootVma root) {
        root.unlockVmaRead();
    }
}
