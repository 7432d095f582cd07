package io.github.rmap4j.engine.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The VMAs of one address space in address order: a B+ tree over their start addresses, whose leaves hold the VMAs, and
 * a list through the VMAs themselves. Linux uses a maple tree.
 *
 * <p>Changed only by the holder of the mmap lock for writing. {@link #floor} may also run without any lock: it may then
 * return a wrong answer or null while a change is under way, but it terminates and never throws; such a reader checks
 * the layout sequence of the address space afterwards.
 *
 * <p>Each node bounds from above the largest gap behind any VMA below it. Bounds are raised at once when a gap grows and
 * lowered only by the next search that looks there, so that changes stay cheap.
 */
final class VmaTree {
    private static final int CAPACITY = 32;
    private static final int MAX_DEPTH = 16;

    private static final class Node {
        final boolean leaf;
        final long[] keys = new long[CAPACITY];
        final @Nullable Object[] items = new @Nullable Object[CAPACITY];
        int n;
        long maxGap;

        Node(boolean leaf) {
            this.leaf = leaf;
        }

        /** Index of the last key that is not above an address, or -1. */
        int floorIndex(long address) {
            int low = 0;
            int high = Math.min(n, CAPACITY);
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (keys[middle] <= address) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low - 1;
        }

        /** A child of an inner node; readers without a lock may find none where a change is under way. */
        @Nullable
        Node child(int i) {
            return (Node) items[i];
        }

        Node childHeld(int i) {
            Node child = (Node) items[i];
            if (child == null) {
                throw new IllegalStateException("VMA tree: inner node without child " + i);
            }
            return child;
        }

        @Nullable
        VmaImpl vma(int i) {
            return (VmaImpl) items[i];
        }

        void insert(int at, long key, Object item) {
            System.arraycopy(keys, at, keys, at + 1, n - at);
            System.arraycopy(items, at, items, at + 1, n - at);
            keys[at] = key;
            items[at] = item;
            n++;
        }

        void delete(int at) {
            n--;
            System.arraycopy(keys, at + 1, keys, at, n - at);
            System.arraycopy(items, at + 1, items, at, n - at);
            items[n] = null;
        }
    }

    private Node root = new Node(true);
    /** The leaf of the last VMA, or null if that is not known. */
    private @Nullable Node lastLeaf = root;

    private @Nullable VmaImpl first;
    private @Nullable VmaImpl last;
    private int size;

    /** The way from the root to a leaf, of the change that is under way. */
    private final Node[] path = new Node[MAX_DEPTH];

    private final int[] position = new int[MAX_DEPTH];
    private int depth;

    int size() {
        return size;
    }

    @Nullable
    VmaImpl first() {
        return first;
    }

    @Nullable
    VmaImpl last() {
        return last;
    }

    /** The last VMA that starts at or below an address. */
    @Nullable
    VmaImpl floor(long address) {
        Node node = root;
        for (int level = 0; level < MAX_DEPTH; level++) {
            int i = node.floorIndex(address);
            if (node.leaf) {
                if (i >= 0) {
                    return node.vma(i);
                }
                // The separator above may be lower than the first start here.
                VmaImpl above = node.vma(0);
                return above != null ? above.prev : null;
            }
            Node child = node.child(Math.max(i, 0));
            if (child == null) {
                return null;
            }
            node = child;
        }
        return null;
    }

    /** The first VMA that ends above an address (find_vma). */
    @Nullable
    VmaImpl find(long address) {
        VmaImpl floor = floor(address);
        if (floor == null) {
            return first;
        }
        return floor.end > address ? floor : floor.next;
    }

    void insert(VmaImpl vma) {
        if (!append(vma)) {
            insertBelowLast(vma);
        }
    }

    /** The way of fork, which inserts in address order. */
    private boolean append(VmaImpl vma) {
        Node leaf = lastLeaf;
        if (leaf == null || leaf.n == CAPACITY || last == null || vma.start < last.start) {
            return false;
        }
        link(vma, last, null);
        leaf.insert(leaf.n, vma.start, vma);
        size++;
        // The gap behind what was last until now was larger, so all bounds above hold.
        leaf.maxGap = Math.max(leaf.maxGap, gapBehind(vma));
        return true;
    }

    private void insertBelowLast(VmaImpl vma) {
        descendMakingRoom(vma.start);
        Node leaf = path[depth];
        int at = position[depth] + 1;
        VmaImpl below;
        VmaImpl above;
        if (at > 0) {
            below = leaf.vma(at - 1);
            above = below != null ? below.next : null;
        } else {
            above = leaf.vma(0);
            below = above != null ? above.prev : null;
        }
        link(vma, below, above);
        leaf.insert(at, vma.start, vma);
        if (at == 0) {
            lowerSeparators(vma.start);
        }
        size++;
        raiseBounds(gapBehind(vma));
        lastLeaf = vma.next == null ? leaf : null;
    }

    private void link(VmaImpl vma, @Nullable VmaImpl below, @Nullable VmaImpl above) {
        vma.prev = below;
        vma.next = above;
        if (below != null) {
            below.next = vma;
        } else {
            first = vma;
        }
        if (above != null) {
            above.prev = vma;
        } else {
            last = vma;
        }
    }

    void remove(VmaImpl vma) {
        int at = descendTo(vma, vma.start);
        VmaImpl below = vma.prev;
        VmaImpl above = vma.next;
        if (below != null) {
            below.next = above;
        } else {
            first = above;
        }
        if (above != null) {
            above.prev = below;
        } else {
            last = below;
        }
        vma.prev = null;
        vma.next = null;
        path[depth].delete(at);
        size--;
        lastLeaf = null;
        shrink(depth);
        if (below != null) {
            gapGrewBehind(below);
        }
    }

    /** Forgets all VMAs; their links stay, for whoever is still going through them. */
    void clear() {
        root = new Node(true);
        lastLeaf = root;
        first = null;
        last = null;
        size = 0;
    }

    /** A VMA starts elsewhere now, between the same neighbours. */
    void startChanged(VmaImpl vma, long oldStart) {
        int at = descendTo(vma, oldStart);
        path[depth].keys[at] = vma.start;
        if (vma.start < oldStart) {
            if (at == 0) {
                lowerSeparators(vma.start);
            }
            return;
        }
        if (at == path[depth].n - 1 && vma.next != null) {
            raiseSeparatorOf(vma.next);
        }
        if (vma.prev != null) {
            gapGrewBehind(vma.prev);
        }
    }

    /**
     * The last VMA of a leaf starts later now: the separator between it and the first VMA of the next leaf may be too
     * low, because separators are not raised when a first VMA goes away.
     */
    private void raiseSeparatorOf(VmaImpl firstOfNextLeaf) {
        descendTo(firstOfNextLeaf, firstOfNextLeaf.start);
        for (int i = depth - 1; i >= 0; i--) {
            path[i].keys[position[i]] = firstOfNextLeaf.start;
            if (position[i] > 0) {
                return;
            }
        }
    }

    /** The gap behind a VMA may have grown: its end or the start of its neighbour moved. */
    void gapGrewBehind(VmaImpl vma) {
        descend(vma.start);
        raiseBounds(gapBehind(vma));
    }

    private static long gapBehind(VmaImpl vma) {
        return (vma.next != null ? vma.next.startGap() : Mm.TASK_SIZE) - vma.end;
    }

    private void descend(long key) {
        Node node = root;
        depth = 0;
        while (true) {
            path[depth] = node;
            int i = node.floorIndex(key);
            position[depth] = i;
            if (node.leaf) {
                return;
            }
            position[depth] = Math.max(i, 0);
            node = node.childHeld(position[depth]);
            depth++;
        }
    }

    private int descendTo(VmaImpl vma, long key) {
        descend(key);
        int at = position[depth];
        if (at < 0 || path[depth].items[at] != vma) {
            throw new IllegalStateException("VMA " + vma + " is not in the tree");
        }
        return at;
    }

    /** Splits every full node on the way down, so that a split never has to go up again. */
    private void descendMakingRoom(long key) {
        if (root.n == CAPACITY) {
            Node grown = new Node(false);
            grown.insert(0, root.keys[0], root);
            grown.maxGap = root.maxGap;
            splitChild(grown, 0);
            root = grown;
        }
        Node node = root;
        depth = 0;
        while (true) {
            path[depth] = node;
            int i = node.floorIndex(key);
            if (node.leaf) {
                position[depth] = i;
                return;
            }
            i = Math.max(i, 0);
            if (node.childHeld(i).n == CAPACITY) {
                splitChild(node, i);
                i = Math.max(node.floorIndex(key), 0);
            }
            position[depth] = i;
            node = node.childHeld(i);
            depth++;
        }
    }

    private static void splitChild(Node parent, int i) {
        Node full = parent.childHeld(i);
        // VMAs that come in address order (fork, bottom-up mapping) leave well-filled nodes behind.
        int keep = i == parent.n - 1 ? CAPACITY - 4 : CAPACITY / 2;
        Node right = new Node(full.leaf);
        right.n = CAPACITY - keep;
        System.arraycopy(full.keys, keep, right.keys, 0, right.n);
        System.arraycopy(full.items, keep, right.items, 0, right.n);
        right.maxGap = full.maxGap;
        parent.insert(i + 1, right.keys[0], right);
        full.n = keep;
        Arrays.fill(full.items, keep, CAPACITY, null);
    }

    private void shrink(int level) {
        Node node = path[level];
        if (level == 0) {
            while (!root.leaf && root.n == 1) {
                root = root.childHeld(0);
            }
            return;
        }
        if (node.n >= CAPACITY / 4) {
            return;
        }
        Node parent = path[level - 1];
        int at = position[level - 1];
        if (node.n == 0) {
            parent.delete(at);
            shrink(level - 1);
        } else if (at + 1 < parent.n && absorb(node, parent.childHeld(at + 1))) {
            parent.delete(at + 1);
            shrink(level - 1);
        } else if (at > 0 && absorb(parent.childHeld(at - 1), node)) {
            parent.delete(at);
            shrink(level - 1);
        }
    }

    private static boolean absorb(Node left, Node right) {
        if (left.n + right.n > CAPACITY * 3 / 4) {
            return false;
        }
        System.arraycopy(right.keys, 0, left.keys, left.n, right.n);
        System.arraycopy(right.items, 0, left.items, left.n, right.n);
        left.n += right.n;
        left.maxGap = Math.max(left.maxGap, right.maxGap);
        return true;
    }

    private void raiseBounds(long gap) {
        for (int i = depth; i >= 0; i--) {
            if (gap > path[i].maxGap) {
                path[i].maxGap = gap;
            }
        }
    }

    /** The first start of a leaf became lower: separators above must not be higher. */
    private void lowerSeparators(long start) {
        for (int i = depth - 1; i >= 0; i--) {
            if (path[i].keys[position[i]] > start) {
                path[i].keys[position[i]] = start;
            }
        }
    }

    /**
     * The highest free range of a length (vm_unmapped_area, top-down).
     *
     * @return its start, or -1
     */
    long highestGap(long length, long low, long high) {
        long found = size == 0 ? -1 : highestGap(root, length, low, high);
        if (found < 0) {
            long end = Math.min(high, first != null ? first.startGap() : high);
            found = end - length >= low ? end - length : -1;
        }
        return found;
    }

    private static long highestGap(Node node, long length, long low, long high) {
        if (node.maxGap < length) {
            return -1;
        }
        long exact = 0;
        for (int i = node.n - 1; i >= 0; i--) {
            if (node.leaf) {
                VmaImpl vma = node.vma(i);
                if (vma == null) {
                    continue;
                }
                long gap = gapBehind(vma);
                long end = Math.min(high, vma.end + gap);
                if (end - Math.max(low, vma.end) >= length) {
                    return end - length;
                }
                exact = Math.max(exact, gap);
            } else {
                Node child = node.childHeld(i);
                if (node.keys[i] < high) {
                    long found = highestGap(child, length, low, high);
                    if (found >= 0) {
                        return found;
                    }
                }
                exact = Math.max(exact, child.maxGap);
            }
        }
        node.maxGap = exact;
        return -1;
    }

    /** Checks order, links and bounds. */
    void verify() {
        int counted = 0;
        VmaImpl below = null;
        for (VmaImpl vma = first; vma != null; vma = vma.next) {
            if (vma.prev != below || vma.start >= vma.end || (below != null && below.end > vma.start)) {
                throw new IllegalStateException("VMA list: " + below + " before " + vma);
            }
            if (floor(vma.start) != vma) {
                throw new IllegalStateException("VMA tree does not find " + vma);
            }
            below = vma;
            counted++;
        }
        if (below != last || counted != size) {
            throw new IllegalStateException("VMA list has " + counted + " entries, the tree " + size);
        }
        verify(root);
    }

    private static long verify(Node node) {
        long max = 0;
        for (int i = 0; i < node.n; i++) {
            if (node.leaf) {
                VmaImpl vma = node.vma(i);
                if (vma == null || vma.start != node.keys[i]) {
                    throw new IllegalStateException("VMA tree: wrong key of " + vma);
                }
                max = Math.max(max, gapBehind(vma));
            } else {
                max = Math.max(max, verify(node.childHeld(i)));
            }
        }
        if (max > node.maxGap) {
            throw new IllegalStateException("VMA tree: a gap of " + max + " bytes under a bound of " + node.maxGap);
        }
        return max;
    }
}
