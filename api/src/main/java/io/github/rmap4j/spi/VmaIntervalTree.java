package io.github.rmap4j.spi;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * VMAs by page offset (mm/interval_tree.c): a red-black tree of nodes ordered by first page offset, each augmented with
 * the largest last offset below it. Nodes with equal first offsets come out in the order in which they were inserted:
 * insertion goes right on equality, and rotations keep the order. Fork and mremap of Linux rely on it.
 *
 * <p>A building block for strategies; the engine does not use it. Not safe for use by several threads: whoever owns a
 * tree guards it with a lock.
 *
 * @since 0.1
 */
public class VmaIntervalTree {
    private @Nullable VmaIntervalNode root;

    /** An empty tree. */
    public VmaIntervalTree() {}

    /**
     * Whether the tree has no nodes.
     *
     * @return true if empty
     */
    public final boolean isEmpty() {
        return root == null;
    }

    /** Forgets all nodes, which stay linked to one another and must not be used in another tree before {@link #insert}. */
    public final void clear() {
        root = null;
    }

    /**
     * Adds a node, behind those with the same first offset.
     *
     * @param entry a node in no tree; its VMA keeps its range and page offset until {@link #remove}
     */
    public final void insert(VmaIntervalNode entry) {
        long start = entry.startPgoff();
        long last = entry.lastPgoff();
        VmaIntervalNode above = null;
        VmaIntervalNode at = root;
        boolean wentLeft = false;
        while (at != null) {
            above = at;
            if (at.subtreeLast < last) {
                at.subtreeLast = last;
            }
            wentLeft = start < at.startPgoff();
            at = wentLeft ? at.left : at.right;
        }
        entry.left = null;
        entry.right = null;
        entry.up = above;
        entry.red = true;
        entry.subtreeLast = last;
        if (above == null) {
            root = entry;
        } else if (wentLeft) {
            above.left = entry;
        } else {
            above.right = entry;
        }
        repairAfterInsert(entry);
    }

    private void repairAfterInsert(VmaIntervalNode inserted) {
        VmaIntervalNode node = inserted;
        VmaIntervalNode parent = node.up;
        while (parent != null && parent.red) {
            VmaIntervalNode grandparent = present(parent.up);
            VmaIntervalNode uncle = parent == grandparent.left ? grandparent.right : grandparent.left;
            if (uncle != null && uncle.red) {
                parent.red = false;
                uncle.red = false;
                grandparent.red = true;
                node = grandparent;
            } else if (parent == grandparent.left) {
                if (node == parent.right) {
                    rotateLeft(parent);
                    parent = node;
                }
                parent.red = false;
                grandparent.red = true;
                rotateRight(grandparent);
                break;
            } else {
                if (node == parent.left) {
                    rotateRight(parent);
                    parent = node;
                }
                parent.red = false;
                grandparent.red = true;
                rotateLeft(grandparent);
                break;
            }
            parent = node.up;
        }
        present(root).red = false;
    }

    /**
     * Takes a node out.
     *
     * @param entry a node of this tree
     */
    public final void remove(VmaIntervalNode entry) {
        VmaIntervalNode left = entry.left;
        VmaIntervalNode right = entry.right;
        VmaIntervalNode hole;
        VmaIntervalNode holeParent;
        boolean removedRed;
        if (left == null || right == null) {
            hole = left != null ? left : right;
            holeParent = entry.up;
            removedRed = entry.red;
            replace(entry, hole);
            updateUpwards(holeParent);
        } else {
            VmaIntervalNode successor = right;
            while (successor.left != null) {
                successor = successor.left;
            }
            hole = successor.right;
            removedRed = successor.red;
            if (successor == right) {
                holeParent = successor;
            } else {
                holeParent = present(successor.up);
                replace(successor, hole);
                successor.right = right;
                right.up = successor;
            }
            replace(entry, successor);
            successor.left = left;
            left.up = successor;
            successor.red = entry.red;
            updateUpwards(holeParent);
        }
        entry.left = null;
        entry.right = null;
        entry.up = null;
        if (!removedRed) {
            repairAfterRemove(hole, holeParent);
        }
    }

    /** Puts a subtree, possibly none, in the place of another. */
    private void replace(VmaIntervalNode old, @Nullable VmaIntervalNode with) {
        VmaIntervalNode parent = old.up;
        if (parent == null) {
            root = with;
        } else if (parent.left == old) {
            parent.left = with;
        } else {
            parent.right = with;
        }
        if (with != null) {
            with.up = parent;
        }
    }

    private void repairAfterRemove(@Nullable VmaIntervalNode hole, @Nullable VmaIntervalNode holeParent) {
        VmaIntervalNode node = hole;
        VmaIntervalNode parent = holeParent;
        while (node != root && (node == null || !node.red)) {
            VmaIntervalNode above = present(parent);
            if (node == above.left) {
                VmaIntervalNode sibling = present(above.right);
                if (sibling.red) {
                    sibling.red = false;
                    above.red = true;
                    rotateLeft(above);
                    sibling = present(above.right);
                }
                if (!isRed(sibling.left) && !isRed(sibling.right)) {
                    sibling.red = true;
                    node = above;
                    parent = node.up;
                } else {
                    if (!isRed(sibling.right)) {
                        present(sibling.left).red = false;
                        sibling.red = true;
                        rotateRight(sibling);
                        sibling = present(above.right);
                    }
                    sibling.red = above.red;
                    above.red = false;
                    present(sibling.right).red = false;
                    rotateLeft(above);
                    node = root;
                }
            } else {
                VmaIntervalNode sibling = present(above.left);
                if (sibling.red) {
                    sibling.red = false;
                    above.red = true;
                    rotateRight(above);
                    sibling = present(above.left);
                }
                if (!isRed(sibling.left) && !isRed(sibling.right)) {
                    sibling.red = true;
                    node = above;
                    parent = node.up;
                } else {
                    if (!isRed(sibling.left)) {
                        present(sibling.right).red = false;
                        sibling.red = true;
                        rotateLeft(sibling);
                        sibling = present(above.left);
                    }
                    sibling.red = above.red;
                    above.red = false;
                    present(sibling.left).red = false;
                    rotateRight(above);
                    node = root;
                }
            }
        }
        if (node != null) {
            node.red = false;
        }
    }

    private static boolean isRed(@Nullable VmaIntervalNode node) {
        return node != null && node.red;
    }

    private static VmaIntervalNode present(@Nullable VmaIntervalNode node) {
        if (node == null) {
            throw new IllegalStateException("interval tree is damaged");
        }
        return node;
    }

    private void rotateLeft(VmaIntervalNode node) {
        VmaIntervalNode child = present(node.right);
        node.right = child.left;
        if (child.left != null) {
            child.left.up = node;
        }
        replace(node, child);
        child.left = node;
        node.up = child;
        child.subtreeLast = node.subtreeLast;
        update(node);
    }

    private void rotateRight(VmaIntervalNode node) {
        VmaIntervalNode child = present(node.left);
        node.left = child.right;
        if (child.right != null) {
            child.right.up = node;
        }
        replace(node, child);
        child.right = node;
        node.up = child;
        child.subtreeLast = node.subtreeLast;
        update(node);
    }

    private static long subtreeLastOf(VmaIntervalNode node) {
        long last = node.lastPgoff();
        if (node.left != null && node.left.subtreeLast > last) {
            last = node.left.subtreeLast;
        }
        if (node.right != null && node.right.subtreeLast > last) {
            last = node.right.subtreeLast;
        }
        return last;
    }

    private static void update(VmaIntervalNode node) {
        node.subtreeLast = subtreeLastOf(node);
    }

    private static void updateUpwards(@Nullable VmaIntervalNode from) {
        for (VmaIntervalNode node = from; node != null; node = node.up) {
            node.subtreeLast = subtreeLastOf(node);
        }
    }

    /**
     * The first node in order that overlaps a range (anon_vma_interval_tree_iter_first).
     *
     * @param start first page offset
     * @param last last page offset, inclusive
     * @param cost where the nodes that are touched are counted
     * @return the node, or null
     */
    public final @Nullable VmaIntervalNode first(long start, long last, FolioWalk cost) {
        VmaIntervalNode node = root;
        return node == null || node.subtreeLast < start ? null : leftmostOverlap(node, start, last, cost);
    }

    /** The caller knows that something in this subtree ends at or behind {@code start}. */
    private static @Nullable VmaIntervalNode leftmostOverlap(
            VmaIntervalNode subtree, long start, long last, FolioWalk cost) {
        VmaIntervalNode node = subtree;
        while (true) {
            cost.indexNode();
            if (node.left != null && node.left.subtreeLast >= start) {
                node = node.left;
                continue;
            }
            if (node.startPgoff() > last) {
                return null;
            }
            if (node.lastPgoff() >= start) {
                return node;
            }
            if (node.right == null || node.right.subtreeLast < start) {
                return null;
            }
            node = node.right;
        }
    }

    /**
     * The next node in order that overlaps a range (anon_vma_interval_tree_iter_next).
     *
     * @param entry the node that was found last
     * @param start first page offset
     * @param last last page offset, inclusive
     * @param cost where the nodes that are touched are counted
     * @return the node, or null
     */
    public static @Nullable VmaIntervalNode next(VmaIntervalNode entry, long start, long last, FolioWalk cost) {
        VmaIntervalNode node = entry;
        while (true) {
            VmaIntervalNode right = node.right;
            if (right != null && right.subtreeLast >= start) {
                return leftmostOverlap(right, start, last, cost);
            }
            VmaIntervalNode came;
            do {
                came = node;
                node = node.up;
                if (node == null) {
                    return null;
                }
                cost.indexNode();
            } while (node.right == came);
            if (node.startPgoff() > last) {
                return null;
            }
            if (node.lastPgoff() >= start) {
                return node;
            }
        }
    }

    /**
     * Goes through all nodes, in order.
     *
     * @param action what is done with each; must not change the tree
     */
    public final void forEach(Consumer<VmaIntervalNode> action) {
        forEach(root, action);
    }

    private static void forEach(@Nullable VmaIntervalNode node, Consumer<VmaIntervalNode> action) {
        if (node != null) {
            forEach(node.left, action);
            action.accept(node);
            forEach(node.right, action);
        }
    }

    /**
     * Whether something is true of all nodes. Stops at the first of which it is not.
     *
     * @param property the question; must not change the tree
     * @return true if there is no other node
     */
    public final boolean allMatch(Predicate<VmaIntervalNode> property) {
        return allMatch(root, property);
    }

    private static boolean allMatch(@Nullable VmaIntervalNode node, Predicate<VmaIntervalNode> property) {
        return node == null || (property.test(node) && allMatch(node.left, property) && allMatch(node.right, property));
    }

    /**
     * Checks colours, order and augmentation.
     *
     * @throws IllegalStateException if the tree is damaged
     */
    public final void verify() {
        if (root != null && (root.red || root.up != null)) {
            throw new IllegalStateException("interval tree: bad root");
        }
        blackHeight(root);
    }

    private static int blackHeight(@Nullable VmaIntervalNode node) {
        if (node == null) {
            return 1;
        }
        boolean ok = node.subtreeLast == subtreeLastOf(node)
                && (!node.red || (!isRed(node.left) && !isRed(node.right)))
                && (node.left == null || (node.left.up == node && node.left.startPgoff() <= node.startPgoff()))
                && (node.right == null || (node.right.up == node && node.right.startPgoff() >= node.startPgoff()));
        int left = blackHeight(node.left);
        if (!ok || left != blackHeight(node.right)) {
            throw new IllegalStateException("interval tree: damaged at " + node.vma());
        }
        return left + (node.red ? 0 : 1);
    }
}
