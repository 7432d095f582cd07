package io.github.rmap4j.cowctx;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is known of a child without looking at its context. Passed on when the child gets another parent because the one
 * between is gone.
 */
final class Lineage {
    /** What a walk in vain may cost more, in page-table entries. */
    private static final int ENTRIES_PER_WALK = 256;

    /** Number of the fork among those of the parent, from 1. */
    private final int born;

    private volatile boolean copied;
    private volatile boolean fertile;
    private volatile Inheritance inheritance = Inheritance.UNKNOWN;
    /** What the blocks of the inheritance take up. Guarded by the lock of the tree. */
    private final Deque<SummaryNode> nodes;
    /** Walks that were here in vain until the next survey pays; racy, for it is only about cost. */
    private int patience;

    Lineage(int born) {
        this(born, new ArrayDeque<>(0));
    }

    private Lineage(int born, Deque<SummaryNode> nodes) {
        this.born = born;
        this.nodes = nodes;
    }

    /** The same child below the parent of its parent, which forked that one then. */
    Lineage below(Lineage parent) {
        Lineage moved = new Lineage(parent.born, nodes);
        moved.copied = copied;
        moved.fertile = fertile;
        moved.inheritance = inheritance;
        return moved;
    }

    int born() {
        return born;
    }

    /** The fork is over: what the child has not inherited by now it never will. */
    boolean isCopied() {
        return copied;
    }

    void setCopied() {
        copied = true;
    }

    /** Whether the child has forked; if so, there may be contexts below it. */
    boolean isFertile() {
        return fertile;
    }

    void setFertile() {
        fertile = true;
    }

    /** Which of the pages that the child inherited it may still map. */
    Inheritance inheritance() {
        return inheritance;
    }

    void setInheritance(Inheritance learned) {
        inheritance = learned;
    }

    Deque<SummaryNode> nodes() {
        return nodes;
    }

    /** A walk was here in vain: whether it should look around, to spare others the same. */
    boolean isSurveyDue() {
        return patience-- <= 0;
    }

    /** A survey has looked at so many entries: it must have been worth it before the next one. */
    void surveyed(int entries) {
        patience = entries / ENTRIES_PER_WALK;
    }
}
