package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.Slab;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A B-tree of maple nodes, in which each VMA has the range of keys {@code (id << bits) + pgoff}. Ids are of VMAs, because two
 * VMAs of a process may have the same page offsets, and a key has one value only. So a range of page offsets is not a range
 * of keys: a walk looks at every entry.
 *
 * <p>Leaves are kept as they are split and merged; of the nodes above them only the number is, for all leaves full.
 */
final class VmaIdIndex implements ChainIndex {
    /** Of 16 slots of a leaf, the gap in front of each range takes one. */
    static final int LEAF_ENTRIES = 8;
    /** Slots of an inner node that knows its gaps (maple_arange_64); one that does not has 16. */
    private static final int INNER_SLOTS = 10;
    /** Two leaves that have no more than this become one. */
    private static final int FEW = LEAF_ENTRIES * 3 / 4;

    private final Slab<MapleNode> slab;
    private final List<List<AnonVmaChain>> leaves = new ArrayList<>(1);
    private final Deque<MapleNode> nodes = new ArrayDeque<>(1);

    VmaIdIndex(Slab<MapleNode> slab) {
        this.slab = slab;
    }

    /** Nodes above and including so many leaves. */
    static int nodes(int leaves) {
        int all = leaves;
        for (int level = leaves; level > 1; ) {
            level = (level + INNER_SLOTS - 1) / INNER_SLOTS;
            all += level;
        }
        return all;
    }

    @Override
    public boolean hasNoVmas() {
        return leaves.isEmpty();
    }

    @Override
    public void reset() {
        leaves.clear();
        unreserve();
    }

    @Override
    public void reserve() {
        int needed = nodes(leaves.size() + 1);
        while (nodes.size() < needed) {
            nodes.push(slab.allocate());
        }
    }

    @Override
    public void unreserve() {
        int needed = nodes(leaves.size());
        while (nodes.size() > needed) {
            slab.free(nodes.pop());
        }
    }

    @Override
    public void add(AnonVmaChain chain) {
        if (leaves.isEmpty()) {
            leaves.add(new ArrayList<>(LEAF_ENTRIES));
        }
        int at = leafOf(chain.id());
        List<AnonVmaChain> leaf = leaves.get(at);
        if (leaf.size() == LEAF_ENTRIES) {
            List<AnonVmaChain> upper = leaf.subList(LEAF_ENTRIES / 2, LEAF_ENTRIES);
            List<AnonVmaChain> split = new ArrayList<>(LEAF_ENTRIES);
            split.addAll(upper);
            upper.clear();
            leaves.add(at + 1, split);
            leaf = chain.id() < split.get(0).id() ? leaf : split;
        }
        int place = 0;
        while (place < leaf.size() && leaf.get(place).id() < chain.id()) {
            place++;
        }
        leaf.add(place, chain);
        unreserve();
    }

    /** The leaf in which an id is, or would be. */
    private int leafOf(int id) {
        int low = 0;
        int high = leaves.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (leaves.get(middle).get(0).id() <= id) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    @Override
    public void delete(AnonVmaChain chain) {
        int at = leafOf(chain.id());
        List<AnonVmaChain> leaf = leaves.get(at);
        if (!leaf.remove(chain)) {
            throw new IllegalStateException(chain.vma() + " is not in the tree");
        }
        if (leaf.isEmpty()) {
            leaves.remove(at);
        } else if (at > 0 && leaves.get(at - 1).size() + leaf.size() <= FEW) {
            leaves.get(at - 1).addAll(leaf);
            leaves.remove(at);
        } else if (at + 1 < leaves.size() && leaves.get(at + 1).size() + leaf.size() <= FEW) {
            leaf.addAll(leaves.remove(at + 1));
        }
        unreserve();
    }

    /** The keys of one id are its VMA's alone: wherever the range goes, the place in the tree stays. */
    @Override
    public void beforeChange(AnonVmaChain chain) {}

    @Override
    public void afterChange(AnonVmaChain chain) {}

    @Override
    public WalkOutcome offer(FolioWalk walk, long first, long last, Offer offer) {
        for (int at = 0; at < leaves.size(); at++) {
            descend(walk, at);
            for (AnonVmaChain chain : leaves.get(at)) {
                Vma vma = chain.vma();
                boolean overlaps = vma.pgoff() <= last && first <= lastPgoff(vma);
                if (overlaps && !offer.vma(walk, vma)) {
                    return WalkOutcome.STOPPED;
                }
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** Touches the leaf at a place, and the nodes above it that the leaf before it is not below. */
    private void descend(FolioWalk walk, int leaf) {
        walk.indexNode();
        int place = leaf;
        int level = leaves.size();
        while (level > 1 && place % INNER_SLOTS == 0) {
            walk.indexNode();
            place /= INNER_SLOTS;
            level = (level + INNER_SLOTS - 1) / INNER_SLOTS;
        }
    }

    private static long lastPgoff(Vma vma) {
        return vma.pgoff() + ((vma.end() - vma.start()) >> 12) - 1;
    }

    @Override
    public void visitAll(Consumer<AnonVmaChain> visitor) {
        leaves.forEach(leaf -> leaf.forEach(visitor));
    }

    @Override
    public void check() {
        int before = -1;
        for (List<AnonVmaChain> leaf : leaves) {
            if (leaf.isEmpty() || leaf.size() > LEAF_ENTRIES) {
                throw new IllegalStateException("a leaf has " + leaf.size() + " entries");
            }
            for (AnonVmaChain chain : leaf) {
                if (chain.id() <= before) {
                    throw new IllegalStateException("id " + chain.id() + " comes after " + before);
                }
                before = chain.id();
            }
        }
        if (nodes.size() != nodes(leaves.size())) {
            throw new IllegalStateException(nodes.size() + " nodes for " + leaves.size() + " leaves");
        }
    }
}
