package io.github.rmap4j.api;

/**
 * Receives the page-table entries of a range, see {@link AddressSpace#forEachPage}. The mmap lock of the space is held
 * for reading: the visitor must not change the space, fork it, access its pages or ask for its VMAs, because each of
 * these may wait for that lock for ever.
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
