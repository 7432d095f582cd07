package io.github.rmap4j.api;

/**
 * Deterministic cost of walks, added up over all walks that were given this object. Not safe for several threads.
 *
 * @since 0.1
 */
public final class WalkCost {
    private long visited;
    private long hits;
    private long falseVisits;
    private long indexNodes;
    private long contexts;

    /** A cost of zero. */
    public WalkCost() {}

    /**
     * Adds the cost of one walk.
     *
     * @param visited candidates that the strategy offered
     * @param hits mappings found
     * @param falseVisits candidates that mapped no page of the folio
     * @param indexNodes nodes of the strategy's index that were touched
     * @param contexts address spaces or contexts that were entered
     */
    public void add(long visited, long hits, long falseVisits, long indexNodes, long contexts) {
        this.visited += visited;
        this.hits += hits;
        this.falseVisits += falseVisits;
        this.indexNodes += indexNodes;
        this.contexts += contexts;
    }

    /** Sets everything to zero. */
    public void reset() {
        visited = 0;
        hits = 0;
        falseVisits = 0;
        indexNodes = 0;
        contexts = 0;
    }

    /**
     * Candidates visited.
     *
     * @return VMAs, or places in address spaces, that the strategy offered
     */
    public long visited() {
        return visited;
    }

    /**
     * Hits.
     *
     * @return mappings found: pages, or runs of consecutive pages of a large folio
     */
    public long hits() {
        return hits;
    }

    /**
     * False visits.
     *
     * @return candidates that mapped no page of the folio
     */
    public long falseVisits() {
        return falseVisits;
    }

    /**
     * Index nodes.
     *
     * @return nodes of the strategy's index that were touched
     */
    public long indexNodes() {
        return indexNodes;
    }

    /**
     * Contexts.
     *
     * @return address spaces or contexts that were entered
     */
    public long contexts() {
        return contexts;
    }
}
