package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.StrategyContext;

/** The life of root VMAs: who has which, and when one dies. */
final class RootVmas {
    private final StrategyContext context;
    private final LazyRules rules;
    private final LazyCounters counters;
    private final AnonVmaLinks links;

    RootVmas(StrategyContext context, LazyRules rules, LazyCounters counters, AnonVmaLinks links) {
        this.context = context;
        this.rules = rules;
        this.counters = counters;
        this.links = links;
    }

    /** A VMA becomes its own root. */
    void becomeRoot(AnonVmaTree tree) {
        tree.setRoot(new RootVma(tree.vma));
        counters.references.increment();
    }

    /** A VMA takes over a part of another one's range, or all of it, and so its root. */
    void join(AnonVmaTree tree, AnonVmaTree source) {
        RootVma root = rules.rootOfPiece(source, tree.vma);
        if (root != null) {
            root.join();
            counters.references.increment();
            tree.setRoot(root);
            tree.joinRing(source);
        }
    }

    /** A VMA loses its state, and is about to leave the layout or to begin anew. */
    void leave(AnonVmaTree tree) {
        RootVma root = tree.root();
        tree.leaveRing();
        if (root == null) {
            return;
        }
        tree.setRoot(null);
        counters.references.add(-1);
        boolean isRoot = root.vma == tree.vma;
        if (isRoot && root.putIfLast()) {
            die(root);
            return;
        }
        if (isRoot && !root.isZombie()) {
            context.retain(root.vma);
            root.becomeZombie();
            counters.zombies.increment();
        }
        put(root);
    }

    /** A reference ends: that of a VMA, or one that {@link RootVma#get} began. */
    void put(RootVma root) {
        RootVma dead = root.put();
        if (dead != null) {
            die(dead);
        }
    }

    private void die(RootVma root) {
        giveBack(root);
        for (RootVma absorbed = root.firstAbsorbed(); absorbed != null; absorbed = absorbed.nextAbsorbed()) {
            giveBack(absorbed);
        }
    }

    private void giveBack(RootVma root) {
        AnonVma anonVma = root.anonVma();
        if (anonVma != null) {
            links.put(anonVma);
        }
        if (root.isZombie()) {
            counters.zombies.add(-1);
            context.release(root.vma);
        }
    }

    /** The roots of two VMAs that will be one become one. The mmap lock is held for writing. */
    void unite(AnonVmaTree a, AnonVmaTree b) {
        RootVma first = a.presentRoot().current();
        RootVma second = b.presentRoot().current();
        if (first == second) {
            return;
        }
        if (first.base() != second.base()) {
            throw new IllegalStateException("the roots of " + a.vma + " and " + b.vma + " have different bases");
        }
        // Migrations that hold the other lock end first: whoever comes later takes that of the first.
        second.lockVma();
        first.absorb(second);
        a.uniteRings(b);
        second.unlockVma();
        counters.absorbedRoots.increment();
    }

    /** Exec has moved a VMA that kept its page offset. */
    static void rebase(AnonVmaTree tree) {
        RootVma root = tree.root();
        if (root != null && root.vma == tree.vma && !tree.isFull()) {
            root.setBase(RootVma.baseOf(tree.vma));
        }
    }
}
