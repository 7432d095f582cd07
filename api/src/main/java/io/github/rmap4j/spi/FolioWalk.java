package io.github.rmap4j.spi;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkPurpose;

/**
 * One walk that a strategy answers with candidates. The folio is locked and mapped somewhere when the walk begins. Each
 * candidate takes page-table locks: of its own locks the strategy may hold outer ones then, but no inner ones
 * ({@linkplain io.github.rmap4j.spi lock order}).
 *
 * @since 0.1
 */
public interface FolioWalk {
    /**
     * The folio.
     *
     * @return the folio whose mappings are wanted
     */
    Folio folio();

    /**
     * Index of the folio's first page.
     *
     * @return linear page index
     */
    long index();

    /**
     * Index of the folio's last page.
     *
     * @return linear page index, inclusive
     */
    long lastIndex();

    /**
     * What the walk is for.
     *
     * @return the purpose
     */
    WalkPurpose purpose();

    /**
     * Whether the strategy may wait for its locks.
     *
     * @return the mode
     */
    WalkMode mode();

    /**
     * Whether this walk serves a split of the folio: {@link RmapStrategy#beginSplit} has been called on this thread, and
     * {@link RmapStrategy#endSplit} has not.
     *
     * @return true if the strategy holds what it locked there
     */
    boolean isSplitting();

    /**
     * Offers a candidate: the engine looks at the page tables and reports the mapping if there is one. The strategy
     * keeps {@code vma} from being freed or changed during the call, or offers address ranges instead.
     *
     * @param vma a VMA that may map the folio
     * @param address where in it the page with {@link #index()} would be, in bytes; may lie outside of the VMA, the
     *     engine clips
     * @return true to go on with the next candidate, false to end the walk
     */
    boolean candidate(Vma vma, long address);

    /**
     * Offers all VMAs of an address space that overlap the folio's pages at an address, for strategies that do not keep
     * VMAs still: the engine finds the VMAs without the mmap lock and looks again if the layout changed meanwhile.
     *
     * @param space the address space
     * @param address where the page with {@link #index()} would be, in bytes
     * @return true to go on with the next candidate, false to end the walk
     */
    boolean candidate(AddressSpace space, long address);

    /**
     * Like {@link #candidate(AddressSpace, long)}, with a guess that may save the search for the VMA.
     *
     * @param space the address space
     * @param address where the page with {@link #index()} would be, in bytes
     * @param likely a VMA that may be, or have been, there; it may have left the layout
     * @return true to go on with the next candidate, false to end the walk
     */
    boolean candidate(AddressSpace space, long address, Vma likely);

    /**
     * How often entries of a space have moved to other addresses. A strategy that offers several addresses of a space must
     * offer them again if this has changed meanwhile: an entry may have gone from one that was still to come to one that
     * was looked at. Mappings that were reported are not reported again.
     *
     * @param space the address space
     * @return a number that changes with each move
     */
    int moves(AddressSpace space);

    /**
     * Offers every page of an address space: the engine scans all its page tables.
     *
     * @param space the address space
     * @return true to go on with the next candidate, false to end the walk
     */
    boolean candidate(AddressSpace space);

    /**
     * Whether the engine only compares this walk with the page tables ({@link io.github.rmap4j.api.MemoryManager#verify}):
     * nothing that it finds may change a later walk, or what is counted.
     *
     * @return true if the strategy must not remember anything
     */
    default boolean isCheck() {
        return false;
    }

    /**
     * How many mappings this walk has reported.
     *
     * @return the number; runs of consecutive pages of a large folio count once
     */
    default long hits() {
        return 0;
    }

    /**
     * Whether this walk has reported every mapping that there is, and no process can get one but by a fork of one that was
     * reported: a strategy may end the walk, or remember where the mappings are. For walks that take mappings away: whether
     * none is left. Says no when it cannot be sure: for large folios, and those of the swap cache, and after a fork anywhere
     * during this walk, for the map count alone does not tell who is counted.
     *
     * @return true if nothing is left to be found
     */
    default boolean allFound() {
        return false;
    }

    /**
     * Looks at a range of page tables on the strategy's own behalf: nothing is reported, and no candidate counted. The mmap
     * lock need not be held; each entry is seen as it was at some moment of the call, and one that moves meanwhile
     * ({@link #moves}) may not be seen at all.
     *
     * @param space the address space
     * @param start first address in bytes
     * @param end last address in bytes, exclusive
     * @param scan is told of each entry of an anonymous page, in the order of addresses
     * @return false if the scan was ended
     */
    default boolean scan(AddressSpace space, long start, long end, EntryScan scan) {
        throw new UnsupportedOperationException("this walk does not scan page tables");
    }

    /** Counts one node of the strategy's index that was touched. */
    void indexNode();

    /** Counts one address space or context that was entered. */
    void context();
}
