package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import java.util.BitSet;

/** A maple tree for each anon_vma, with keys that begin with the id of a VMA. */
final class VmaIdTrees implements IndexDesign {
    /** How long the keys of a maple tree are ({@code unsigned long}). */
    enum KeyBits {
        /** Beside 40 bits of a page offset there are 24 for the id. */
        SIXTY_FOUR(24),
        /** Beside 20 bits of a page offset there are 12. */
        THIRTY_TWO(12);

        private final int idBits;

        KeyBits(int idBits) {
            this.idBits = idBits;
        }
    }

    /** sizeof(struct maple_node). */
    private static final int NODE_BYTES = 256;
    /** The anon_vma (8) and the place in the VMA's list (16): the node of the interval tree and the VMA are in the tree. */
    private static final int CHAIN_BYTES = 24;

    private final Slab<MapleNode> nodes;
    private final int ids;
    private final BitSet used = new BitSet();

    VmaIdTrees(StrategyContext context) {
        this.nodes = context.slab("maple_node (anon_vma)", NODE_BYTES, MapleNode::new);
        KeyBits keys = context.option(
                        "key-bits",
                        "How long a key of the maple trees is; what a page offset leaves of it numbers VMAs.",
                        KeyBits.SIXTY_FOUR,
                        StrategyOption.Change.AT_CREATION)
                .value();
        this.ids = 1 << keys.idBits;
    }

    @Override
    public int chainBytes() {
        return CHAIN_BYTES;
    }

    @Override
    public ChainIndex newIndex() {
        return new VmaIdIndex(nodes);
    }

    @Override
    public int vmaLinked() {
        return smallestFree(0);
    }

    @Override
    public int vmaForked(int parentId) {
        return smallestFree(parentId + 1);
    }

    /** ida_alloc_min. */
    private int smallestFree(int least) {
        synchronized (used) {
            int id = used.nextClearBit(least);
            if (id >= ids) {
                throw new AllocationRefusedException("vma_id");
            }
            used.set(id);
            return id;
        }
    }

    @Override
    public void vmaUnlinked(int id) {
        synchronized (used) {
            used.clear(id);
        }
    }

    /** The copy has any id that is free: it may come in front of its source. */
    @Override
    public boolean mayOvertakeWalk(PageMove move) {
        return true;
    }
}
