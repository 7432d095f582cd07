package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayDeque;
import java.util.Deque;

/** Accounts for the maple nodes that remap trees take up. */
final class RemapNodes {
    /** sizeof(struct maple_node). */
    private static final int NODE_BYTES = 256;
    /** Slots of a leaf (maple_range_64); each range and each gap between two takes one. */
    private static final int LEAF_SLOTS = 16;
    /** Slots of an inner node (maple_arange_64). */
    private static final int INNER_SLOTS = 10;

    private final Slab<RemapNode> slab;
    /** Up to so many ranges a tree needs no node, because its root has room for them. */
    private final int inRoot;

    /** Maple trees. */
    RemapNodes(StrategyContext context) {
        this(context, 0);
    }

    RemapNodes(StrategyContext context, int inRoot) {
        this(context.slab("maple_node (remap_mt)", NODE_BYTES, RemapNode::new), inRoot);
    }

    RemapNodes(Slab<RemapNode> slab, int inRoot) {
        this.slab = slab;
        this.inRoot = inRoot;
    }

    /** Nodes of a full tree: at best, for a tree that was filled in order. */
    int needed(int ranges) {
        if (ranges <= inRoot) {
            return 0;
        }
        int nodes = 0;
        int level = (2 * ranges + LEAF_SLOTS) / LEAF_SLOTS;
        nodes += level;
        while (level > 1) {
            level = (level + INNER_SLOTS - 1) / INNER_SLOTS;
            nodes += level;
        }
        return nodes;
    }

    /** The nodes of one tree. Guarded by its lock. */
    final class Account {
        private final Deque<RemapNode> held = new ArrayDeque<>();

        /**
         * Makes room.
         *
         * @throws AllocationRefusedException if refused; what was allocated stays for the next change
         */
        void reserve(int ranges) {
            int needed = needed(ranges);
            while (held.size() < needed) {
                held.push(slab.allocate());
            }
        }

        void shrinkTo(int ranges) {
            int needed = needed(ranges);
            while (held.size() > needed) {
                slab.free(held.pop());
            }
        }
    }

    Account account() {
        return new Account();
    }
}
