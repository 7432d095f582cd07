package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.spi.KsmItem;
import java.util.ArrayList;
import java.util.List;

/**
 * A KSM folio and the pages that were merged into it (struct ksm_stable_node). Items are never removed before the folio goes
 * away, be their own page unmapped or written long ago: a child may have inherited it. Linux drops them then, and does not
 * find the child's page before the next scan.
 */
final class StableNode {
    /** Most items of a node, because walks visit them all (ksm_max_page_sharing). */
    private static final int MAX_SHARING = 256;

    private final long content;
    private volatile FolioImpl folio;
    /** Guarded by this node's monitor. */
    private final List<Item> items = new ArrayList<>();

    record Item(Object retained, Mm space, long address) implements KsmItem {}

    StableNode(FolioImpl folio, long content) {
        this.folio = folio;
        this.content = content;
    }

    long content() {
        return content;
    }

    FolioImpl folio() {
        return folio;
    }

    /** Migration gave the node another folio. */
    void setFolio(FolioImpl replacement) {
        folio = replacement;
    }

    /**
     * Adds an item, before its page becomes a mapping of the folio.
     *
     * @return false if the node has an equal one already: the caller releases what it retained
     */
    synchronized boolean add(Item item) {
        for (Item known : items) {
            if (known.address == item.address && known.space == item.space && known.retained == item.retained) {
                return false;
            }
        }
        items.add(item);
        return true;
    }

    synchronized boolean isFull() {
        return items.size() >= MAX_SHARING;
    }

    synchronized List<Item> items() {
        return new ArrayList<>(items);
    }
}
