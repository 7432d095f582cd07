package io.github.rmap4j.api;

/**
 * Receives the page-table entries of a range, see {@link AddressSpace#forEachPage}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PageVisitor {
    /**
     * One entry that is not empty.
     *
     * @param entry the entry
     */
    void visit(PageEntry entry);
}
