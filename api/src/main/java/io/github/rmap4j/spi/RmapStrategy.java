package io.github.rmap4j.spi;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import org.jspecify.annotations.Nullable;

/**
 * One complete design of the anonymous reverse map. Instances serve one manager and are called from many threads; each
 * method says which locks the engine holds. Which locks a strategy may take is the
 * {@linkplain io.github.rmap4j.spi lock order}: outer and inner ones, but only inner ones where a page-table lock may
 * be held. Methods that may be refused throw {@link AllocationRefusedException} after undoing their own part; the
 * others must not fail.
 *
 * @since 0.1
 */
public interface RmapStrategy {
    /**
     * Answers a walk: offers candidates until all are offered or one call says false. The folio lock is held, mmap
     * locks may be; page-table locks are not. The folio was mapped when the walk began, but its last mapping may go
     * away at any moment, and its slot be empty then.
     *
     * @param walk what is wanted, and where candidates go
     * @return COMPLETE when every candidate was offered, STOPPED when a call said false, CONTENDED when a lock could
     *     not be had in {@link io.github.rmap4j.api.WalkMode#TRY}
     */
    WalkOutcome walk(FolioWalk walk);

    /**
     * A folio becomes anonymous here, mapped by this entry alone (folio_add_new_anon_rmap with RMAP_EXCLUSIVE). Sets
     * the folio's owner; nobody else knows the folio yet. The page-table lock is held: only inner strategy locks may be
     * taken.
     *
     * @param folio the new folio; its index is already set to {@link #index}
     * @param vma a prepared VMA
     */
    void folioMapped(Folio folio, Vma vma);

    /**
     * The only mapping of an exclusive folio has moved to another VMA of its process, and its index is that of the new
     * place now (UFFDIO_MOVE). The folio lock and the page-table locks are held: only inner strategy locks may be
     * taken.
     *
     * @param folio the folio
     * @param vma the VMA that maps it now, prepared
     */
    default void folioMoved(Folio folio, Vma vma) {
        folioReused(folio, vma);
    }

    /**
     * A folio that was read back from swap becomes anonymous here, while other processes have swap entries for it
     * (folio_add_new_anon_rmap without RMAP_EXCLUSIVE): walks must reach them all when they map it, too. The folio lock
     * and the page-table lock are held: only inner strategy locks may be taken.
     *
     * @param folio the folio; its index is already set to {@link #index}
     * @param vma a prepared VMA, the first to map it
     */
    void folioMappedShared(Folio folio, Vma vma);

    /**
     * An entry maps a folio of the swap cache again, which has kept its owner since it was mapped before
     * (folio_add_anon_rmap_ptes in do_swap_page). The owner's VMAs may be gone: walks must find this mapping, and those
     * of other processes that have swap entries for the folio when they map it, too. The folio lock and the page-table
     * lock are held: only inner strategy locks may be taken.
     *
     * @param folio the folio
     * @param vma a prepared VMA that maps it now
     */
    default void folioMappedFromSwapCache(Folio folio, Vma vma) {}

    /**
     * The only process that still maps a folio goes on using it instead of copying it (folio_move_anon_rmap). The
     * folio lock and the page-table lock are held: only inner strategy locks may be taken.
     *
     * @param folio the folio
     * @param vma the VMA that maps it, prepared
     */
    default void folioReused(Folio folio, Vma vma) {}

    /**
     * The folio's mappings will be replaced by migration entries. Until {@link #release}, walks for
     * {@link io.github.rmap4j.api.WalkPurpose#RESTORE} must find the places of those entries although the folio is not
     * mapped, and whatever happens to the VMAs meanwhile (folio_get_anon_vma). The folio is locked; its last mapping may go
     * away at any moment. Must not wait for a lock that is held while folio locks are waited for.
     *
     * @param folio the folio
     * @return what {@link #release} will be given, or null if the folio is not mapped any more or a lock could not be
     *     had at once: the engine leaves the folio where it is then
     */
    default @Nullable Object retain(Folio folio) {
        return folio;
    }

    /**
     * A page of a VMA is about to be merged (get_anon_vma in try_to_merge_with_ksm_page). Until {@link #release},
     * {@link #walkKsm} must find the VMA, and all that inherit from it by fork, whatever happens to it meanwhile. The mmap
     * lock is held for reading, and folio locks are; page-table locks are not. Must not wait for a lock that is held while
     * folio locks are waited for.
     *
     * @param vma the VMA, prepared
     * @return what {@link #release} will be given, or null if a lock could not be had at once: the page is not merged then
     * @throws AllocationRefusedException if refused; the page is not merged
     */
    default @Nullable Object retain(Vma vma) {
        return vma.addressSpace();
    }

    /**
     * Pages of other VMAs may be merged into this folio from now on: it has no owner any more, and its index says nothing
     * (folio_set_stable_node). Neither {@link #folioFreed} nor {@link #folioReplaced} follows for it; a folio that
     * migration puts in its place gets its slot and tag. The folio lock and the page-table lock are held: only inner
     * strategy locks may be taken.
     *
     * @param folio the folio, mapped once
     */
    default void folioMerged(Folio folio) {}

    /**
     * Answers a walk of a folio that pages were merged into (rmap_walk_ksm): offers the VMAs that each item retained, at
     * the item's address. A strategy that knows where every entry is, or looks everywhere, may answer with {@link #walk}.
     *
     * @param walk what is wanted, and where candidates go
     * @param items the pages that were merged
     * @return as for {@link #walk}
     */
    WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items);

    /**
     * Ends {@link #retain(Folio)} or {@link #retain(Vma)} (put_anon_vma). Folio locks and mmap locks may be held: must
     * not take a lock that is outside of them, nor start a walk.
     *
     * @param retained what it returned
     */
    default void release(Object retained) {}

    /**
     * A folio takes the place of another one (folio_migrate_mapping), or of a part of it that was split off. The engine has
     * copied the index, the slot and the tag already. Nobody else knows the new folio; both are locked, and no
     * page-table lock is held. For a part it comes between {@link #beginSplit} and {@link #endSplit}; never for a folio
     * that pages were merged into.
     *
     * @param source the folio whose entries are migration entries now
     * @param destination the folio that they will map
     */
    default void folioReplaced(Folio source, Folio destination) {}

    /**
     * A large folio that was {@linkplain #retain(Folio) retained} is about to be split (anon_vma_lock_write in
     * __folio_split): until {@link #endSplit}, walks of it come from this thread alone ({@link FolioWalk#isSplitting}),
     * and find what is locked here locked.
     *
     * @param folio the folio, locked
     */
    default void beginSplit(Folio folio) {}

    /**
     * The split is over.
     *
     * @param folio the folio
     */
    default void endSplit(Folio folio) {}

    /**
     * The pages of a VMA are about to be gathered in a new large folio (anon_vma_lock_write in collapse_huge_page): walks of
     * folios that it maps must stay out until {@link #endCollapse}, unless they find every mapping all the same. The mmap
     * lock is held for writing.
     *
     * @param vma the VMA, prepared
     */
    default void beginCollapse(Vma vma) {}

    /**
     * The pages are in the new folio, or could not be gathered.
     *
     * @param vma the VMA
     */
    default void endCollapse(Vma vma) {}

    /**
     * A folio is no longer mapped and will be freed. Between its last mapping and this it may have been in the swap cache
     * for a while, and be mapped again. Not called for a folio that pages were merged into. A page-table lock may be
     * held: only inner strategy locks may be taken.
     *
     * @param folio the folio
     */
    default void folioFreed(Folio folio) {}

    /**
     * The index a folio gets when it becomes anonymous at an address (linear_page_index).
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @return linear page index, in pages
     */
    default long index(Vma vma, long address) {
        return vma.pgoff() + ((address - vma.start()) >> 12);
    }

    /**
     * A VMA will hold its first anonymous folio (anon_vma_prepare). Afterwards the engine marks it faulted. The mmap
     * lock is held for reading (for writing where a stack grows): other threads may prepare the same VMA or a neighbour
     * at the same time.
     *
     * @param request the VMA and its neighbours
     * @throws AllocationRefusedException if refused
     */
    default void prepare(PrepareRequest request) {}

    /**
     * Whether a range may become part of a neighbouring VMA. The mmap lock is held for writing.
     *
     * @param query the neighbour, and where the range's pages come from
     * @return true if this strategy can keep finding all pages
     */
    boolean mayMerge(MergeQuery query);

    /**
     * Whether two VMAs may become one when a range between them is filled. The mmap lock is held for writing.
     *
     * @param previous the VMA below
     * @param next the VMA above
     * @return true if their anonymous states can be united
     */
    boolean mayUnite(Vma previous, Vma next);

    /**
     * Allocates what a change of the layout needs: for a split the state of the created VMA, for a merge that of the
     * heir. The mmap lock is held for writing.
     *
     * @param change what will happen
     * @throws AllocationRefusedException if refused; neither begin, end nor abort follows. Only a change that creates a
     *     VMA or has an heir may be refused: with others the engine undoes a split when memory is short
     */
    default void prepareChange(LayoutChange change) {}

    /**
     * The ranges are about to change. Takes the locks that keep walks away from here to {@link #endChange}: outer
     * strategy locks, for the engine may take page-table locks meanwhile.
     *
     * @param change what will happen
     */
    default void beginChange(LayoutChange change) {}

    /**
     * The ranges have changed and the removed VMAs are no longer part of the layout: drops their state, for no
     * {@link #vmaUnlinked} follows for them.
     *
     * @param change what has happened
     */
    default void endChange(LayoutChange change) {}

    /**
     * The change does not happen: undoes {@link #prepareChange}.
     *
     * @param change what will not happen
     */
    default void abortChange(LayoutChange change) {}

    /**
     * mremap made a copy of a VMA at another place and will move pages into it (anon_vma_clone in copy_vma). The copy
     * has its range but is not part of the layout yet; the engine marks it faulted if the source is. The mmap lock is
     * held for writing.
     *
     * @param source the VMA that is moved, possibly only in part
     * @param copy the new VMA
     * @throws AllocationRefusedException if refused
     */
    default void vmaCopied(Vma source, Vma copy) {}

    /**
     * mremap is about to move a run of entries. The mmap lock is held for writing, page-table locks are not; the engine
     * takes page_table_lock and page-table locks before {@link #endMove}.
     *
     * @param move the run
     */
    default void beginMove(PageMove move) {}

    /**
     * mremap moved a run of entries.
     *
     * @param move the run
     */
    default void endMove(PageMove move) {}

    /**
     * A VMA goes away, or loses its anonymous state (unlink_anon_vmas): all its entries are gone already. By munmap and
     * exit it has left the layout before, so that {@link FolioWalk#candidate(AddressSpace, long)} no longer finds it;
     * after an MREMAP_DONTUNMAP of all of it, it stays there. The mmap lock is held for writing, for the child of a
     * failed fork the parent's.
     *
     * @param vma the VMA, faulted or not; the engine clears its faulted mark afterwards
     */
    default void vmaUnlinked(Vma vma) {}

    /**
     * An address space was created, empty. For a child this comes before {@link #forkBegin}.
     *
     * @param space the space
     * @throws AllocationRefusedException if refused; nothing else follows for this space
     */
    default void spaceCreated(AddressSpace space) {}

    /**
     * A fork begins. The parent's mmap lock is held for writing until {@link #forkEnd}; nobody else knows the child,
     * but walks find it as soon as the strategy offers it.
     *
     * @param parent the parent
     * @param child the child, still empty
     * @throws AllocationRefusedException if refused; {@link #spaceExited} follows for the child, but no
     *     {@link #forkEnd}
     */
    default void forkBegin(AddressSpace parent, AddressSpace child) {}

    /**
     * A child inherits a VMA (anon_vma_fork); its entries are copied afterwards. VMAs come in address order, also those
     * that were never faulted and shared ones, of which there is nothing to inherit. Not called for VMAs that the child
     * gets empty (MADV_WIPEONFORK) or not at all. The engine marks the child's VMA faulted if the parent's is.
     *
     * @param parentVma the parent's VMA
     * @param childVma the child's VMA, not yet part of its layout
     * @throws AllocationRefusedException if refused; the fork fails, and no {@link #vmaUnlinked} follows for this VMA
     */
    default void vmaForked(Vma parentVma, Vma childVma) {}

    /**
     * A fork is over. If it failed after {@link #forkBegin}, the child has been torn down like an exiting one before
     * this: {@link #vmaUnlinked} for each VMA that became part of its layout, then {@link #spaceExited}.
     *
     * @param parent the parent
     * @param child the child
     */
    default void forkEnd(AddressSpace parent, AddressSpace child) {}

    /**
     * The last user of an address space has left, or the fork or exec that created it failed, and all its VMAs are
     * unlinked.
     *
     * @param space the space; never used again but by the {@link #forkEnd} of a failed fork
     */
    default void spaceExited(AddressSpace space) {}

    /**
     * Asks to be told which folios of a VMA fork maps in the child. Asked after {@link #vmaForked}, before the entries are
     * copied.
     *
     * @param parentVma the parent's VMA, faulted
     * @return the observer, or null
     */
    default @Nullable ForkObserver forkObserver(Vma parentVma) {
        return null;
    }

    /**
     * Asks to be told of every entry.
     *
     * @return the observer, or null; asked once
     */
    default @Nullable EntryObserver entryObserver() {
        return null;
    }

    /**
     * Checks the strategy's invariants. No operation runs meanwhile.
     *
     * @param spaces all address spaces that have users
     * @throws IllegalStateException naming what is violated
     */
    default void verify(Iterable<AddressSpace> spaces) {}
}
