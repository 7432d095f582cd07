package io.github.rmap4j.engine.account;

/**
 * Keeps two cache lines between the fields of a subclass and whatever lies in front of them in memory, such as the fields
 * of its sibling that another thread writes.
 */
@SuppressWarnings("unused")
public abstract class CacheLinePadding {
    private long line0word0;
    private long line0word1;
    private long line0word2;
    private long line0word3;
    private long line0word4;
    private long line0word5;
    private long line0word6;
    private long line0word7;
    private long line1word0;
    private long line1word1;
    private long line1word2;
    private long line1word3;
    private long line1word4;
    private long line1word5;
    private long line1word6;
    private long line1word7;

    /** For subclasses. */
    protected CacheLinePadding() {}
}
