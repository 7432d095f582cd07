package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.FolioWalk;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The interval tree of an anon_vma (mm/interval_tree.c): a red-black tree of chain entries ordered by first page offset,
 * each entry augmented with the largest last offset below it. Entries with equal first offsets come out in the order in
 * which they were inserted: insertion goes right on equality, and rotations keep the order. Fork and mremap rely on it.
 *
 * <p>Guarded by the lock of the anon_vma's root.
 */
final class IntervalTree {
    private @Nullable AnonVmaChain root;

    boolean isEmpty() {
        return root == null;
    }

    void clear() {
        root = null;
    }

    void insert(AnonVmaChain entry) {
        long start = entry.startPgoff();
        long last = entry.lastPgoff();
        AnonVmaChain above = null;
        AnonVmaChain at = root;
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

    private void repairAfterInsert(AnonVmaChain inserted) {
        AnonVmaChain node = inserted;
        AnonVmaChain parent = node.up;
        while (parent != null && parent.red) {
            AnonVmaChain grandparent = present(parent.up);
            AnonVmaChain uncle = parent == grandparent.left ? grandparent.right : grandparent.left;
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

    void remove(AnonVmaChain entry) {
        AnonVmaChain left = entry.left;
        AnonVmaChain right = entry.right;
        AnonVmaChain hole;
        AnonVmaChain holeParent;
        boolean removedRed;
        if (left == null || right == null) {
            hole = left != null ? left : right;
            holeParent = entry.up;
            removedRed = entry.red;
            replace(entry, hole);
            updateUpwards(holeParent);
        } else {
            AnonVmaChain successor = right;
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
    private void replace(AnonVmaChain old, @Nullable AnonVmaChain with) {
        AnonVmaChain parent = old.up;
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

    private void repairAfterRemove(@Nullable AnonVmaChain hole, @Nullable AnonVmaChain holeParent) {
        AnonVmaChain node = hole;
        AnonVmaChain parent = holeParent;
        while (node != root && (node == null || !node.red)) {
            AnonVmaChain above = present(parent);
            if (node == above.left) {
                AnonVmaChain sibling = present(above.right);
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
                AnonVmaChain sibling = present(above.left);
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

    private static boolean isRed(@Nullable AnonVmaChain node) {
        return node != null && node.red;
    }

    private static AnonVmaChain present(@Nullable AnonVmaChain node) {
        if (node == null) {
            throw new IllegalStateException("interval tree is damaged");
        }
        return node;
    }

    private void rotateLeft(AnonVmaChain node) {
        AnonVmaChain child = present(node.right);
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

    private void rotateRight(AnonVmaChain node) {
        AnonVmaChain child = present(node.left);
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

    private static long subtreeLastOf(AnonVmaChain node) {
        long last = node.lastPgoff();
        if (node.left != null && node.left.subtreeLast > last) {
            last = node.left.subtreeLast;
        }
        if (node.right != null && node.right.subtreeLast > last) {
            last = node.right.subtreeLast;
        }
        return last;
    }

    private static void update(AnonVmaChain node) {
        node.subtreeLast = subtreeLastOf(node);
    }

    private static void updateUpwards(@Nullable AnonVmaChain from) {
        for (AnonVmaChain node = from; node != null; node = node.up) {
            node.subtreeLast = subtreeLastOf(node);
        }
    }

    /** The first entry in order that overlaps a range (anon_vma_interval_tree_iter_first). */
    @Nullable
    AnonVmaChain first(long start, long last, FolioWalk cost) {
        AnonVmaChain node = root;
        return node == null || node.subtreeLast < start ? null : leftmostOverlap(node, start, last, cost);
    }

    /** The caller knows that something in this subtree ends at or behind {@code start}. */
    private static @Nullable AnonVmaChain leftmostOverlap(AnonVmaChain subtree, long start, long last, FolioWalk cost) {
        AnonVmaChain node = subtree;
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

    /** The next entry in order that overlaps a range (anon_vma_interval_tree_iter_next). */
    static @Nullable AnonVmaChain next(AnonVmaChain entry, long start, long last, FolioWalk cost) {
        AnonVmaChain node = entry;
        while (true) {
            AnonVmaChain right = node.right;
            if (right != null && right.subtreeLast >= start) {
                return leftmostOverlap(right, start, last, cost);
            }
            AnonVmaChain came;
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

    /** All entries, in order. */
    void forEach(Consumer<AnonVmaChain> action) {
        forEach(root, action);
    }

    private static void forEach(@Nullable AnonVmaChain node, Consumer<AnonVmaChain> action) {
        if (node != null) {
            forEach(node.left, action);
            action.accept(node);
            forEach(node.right, action);
        }
    }

    /** Checks colours, order and augmentation. */
    void verify() {
        if (root != null && (root.red || root.up != null)) {
            throw new IllegalStateException("interval tree: bad root");
        }
        blackHeight(root);
    }

    private static int blackHeight(@Nullable AnonVmaChain node) {
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
