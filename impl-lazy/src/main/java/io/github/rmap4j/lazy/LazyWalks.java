package io.github.rmap4j.lazy;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.VmaIntervalNode;
import io.github.rmap4j.spi.VmaIntervalTree;

/**
 * The walks. Of a folio that names a root: the pages of the root's space at base + index, whatever VMAs are there now, and
 * without a lock; it stays right because the engine looks at page tables, and looks again if the layout changes. Of a
 * folio that names an anon_vma: as in Linux today.
 */
final class LazyWalks {
    private final LazyRules rules;
    private final LazyCounters counters;
    private final Slot<Folio, AnonRmap> ownerOf;
    private final RootVmas roots;

    LazyWalks(LazyRules rules, LazyCounters counters, Slot<Folio, AnonRmap> ownerOf, RootVmas roots) {
        this.rules = rules;
        this.counters = counters;
        this.ownerOf = ownerOf;
        this.roots = roots;
    }

    WalkOutcome walk(FolioWalk walk) {
        while (true) {
            AnonRmap owner = ownerOf.get(walk.folio());
            if (owner == null) {
                return WalkOutcome.COMPLETE;
            }
            if (owner instanceof AnonVma anonVma) {
                return walkTree(anonVma, walk);
            }
            // folio_get_anon_rmap: the mapping, a reference, and the mapping again.
            RootVma root = ((RootVma) owner).get();
            boolean stillNamed = ownerOf.get(walk.folio()) == owner;
            if (root == null) {
                if (stillNamed) {
                    return WalkOutcome.COMPLETE;
                }
                continue;
            }
            try {
                if (stillNamed) {
                    return isGone(walk) ? WalkOutcome.COMPLETE : walkRoot(root, walk);
                }
            } finally {
                roots.put(root);
            }
        }
    }

    /**
     * Until a reference or lock was held the last mapping could go away, and what the folio names with it. While the folio
     * is mapped, what it names lives.
     */
    private static boolean isGone(FolioWalk walk) {
        return walk.folio().mapcount() == 0 && walk.purpose() != WalkPurpose.RESTORE;
    }

    private WalkOutcome walkRoot(RootVma root, FolioWalk walk) {
        AnonVma upgraded = root.anonVma();
        if (upgraded == null) {
            counters.lookups.increment();
            walk.context();
            // The search of the VMA tree: Linux touches a maple node for each level, of which there are one to three.
            walk.indexNode();
            if (!walk.candidate(root.space, root.base() + (walk.index() << 12), root.vma)) {
                return WalkOutcome.STOPPED;
            }
            // If the pages were copied to a child, or moved, before the walk reached them, it was upgraded before that.
            upgraded = root.anonVma();
        }
        if (upgraded == null || !rules.forwards()) {
            return WalkOutcome.COMPLETE;
        }
        counters.forwarded.increment();
        return walkTree(upgraded, walk);
    }

    private static WalkOutcome walkTree(AnonVma owner, FolioWalk walk) {
        if (walk.isSplitting()) {
            return visitAll(owner, walk);
        }
        RwLock lock = owner.rootLockIfAlive();
        if (lock == null) {
            return WalkOutcome.COMPLETE;
        }
        if (!lockRead(lock, walk)) {
            return WalkOutcome.CONTENDED;
        }
        try {
            return isGone(walk) ? WalkOutcome.COMPLETE : visitAll(owner, walk);
        } finally {
            lock.unlockRead();
        }
    }

    /** Takes a fork tree's lock as the walk wants it; false if it would have to wait. */
    private static boolean lockRead(RwLock lock, FolioWalk walk) {
        if (walk.mode() == WalkMode.TRY) {
            return lock.tryLockRead();
        }
        lock.lockRead();
        return true;
    }

    /** rmap_walk_anon. */
    private static WalkOutcome visitAll(AnonVma owner, FolioWalk walk) {
        long first = walk.index();
        long last = walk.lastIndex();
        walk.context();
        for (VmaIntervalNode node = owner.tree.first(first, last, walk);
                node != null;
                node = VmaIntervalTree.next(node, first, last, walk)) {
            Vma vma = node.vma();
            if (!walk.candidate(vma, vma.start() + ((first - vma.pgoff()) << 12))) {
                return WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** rmap_walk_ksm: first those whose pages were merged, then those that inherited them. */
    WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        for (KsmHeirs heirs : KsmHeirs.values()) {
            for (KsmItem item : items) {
                WalkOutcome outcome = visitItem(walk, item, heirs);
                if (outcome != WalkOutcome.COMPLETE) {
                    return outcome;
                }
            }
        }
        return WalkOutcome.COMPLETE;
    }

    private enum KsmHeirs {
        NONE,
        CHILDREN;

        boolean include(Vma vma, KsmItem item) {
            return (vma.addressSpace() != item.space()) == (this == CHILDREN);
        }
    }

    private static WalkOutcome visitItem(FolioWalk walk, KsmItem item, KsmHeirs heirs) {
        AnonVma owner = (AnonVma) item.retained();
        RwLock lock = owner.rootLock();
        if (!lockRead(lock, walk)) {
            return WalkOutcome.CONTENDED;
        }
        try {
            walk.context();
            long address = item.address();
            for (VmaIntervalNode node = owner.tree.first(0, Long.MAX_VALUE, walk);
                    node != null;
                    node = VmaIntervalTree.next(node, 0, Long.MAX_VALUE, walk)) {
                Vma vma = node.vma();
                boolean covers = vma.start() <= address && address < vma.end();
                if (covers && heirs.include(vma, item) && !walk.candidate(vma, address)) {
                    return WalkOutcome.STOPPED;
                }
            }
            return WalkOutcome.COMPLETE;
        } finally {
            lock.unlockRead();
        }
    }
}
