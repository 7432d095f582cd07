package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Deque;

/**
 * Accounts for the memory that blocks of inheritances take up. Ranges need none: their 16 bytes are part of the context.
 * Guarded by the lock of the tree.
 */
final class SummaryNodes {
    /** A node has a range, the next node, and seven blocks of 16 bytes. */
    private static final int NODE_BYTES = 128;

    static final int BLOCKS_IN_NODE = 7;

    private final Slab<SummaryNode> slab;

    SummaryNodes(StrategyContext context) {
        this.slab = context.slab("cow_summary", NODE_BYTES, SummaryNode::new);
    }

    /** Notes what is known; not, if there is no memory. */
    void store(Lineage lineage, Inheritance learned) {
        Deque<SummaryNode> nodes = lineage.nodes();
        int needed = (learned.blocks().length + BLOCKS_IN_NODE - 1) / BLOCKS_IN_NODE;
        try {
            while (nodes.size() < needed) {
                nodes.push(slab.allocate());
            }
        } catch (AllocationRefusedException e) {
            // A walk must not fail: it goes on knowing what it knew.
            return;
        }
        lineage.setInheritance(learned);
        shrink(nodes, needed);
    }

    /** The child is gone, or nobody will ask any more. */
    void free(Lineage lineage) {
        lineage.setInheritance(Inheritance.UNKNOWN);
        shrink(lineage.nodes(), 0);
    }

    private void shrink(Deque<SummaryNode> nodes, int needed) {
        while (nodes.size() > needed) {
            slab.free(nodes.pop());
        }
    }
}
