/**
 * What a reverse-map strategy implements ({@link io.github.rmap4j.spi.RmapStrategyProvider},
 * {@link io.github.rmap4j.spi.RmapStrategy}) and what it is given ({@link io.github.rmap4j.spi.StrategyContext},
 * {@link io.github.rmap4j.spi.FolioWalk}).
 *
 * <p>The engine owns address spaces, VMAs, page tables, faults, fork's copy, map counts and exclusivity. A strategy owns
 * one thing: how the mappings of a folio are found. It is told of the events that matter and answers walks with
 * candidates; the engine checks each candidate in the page tables. Extra candidates cost a false visit; a missing one is
 * a defect.
 *
 * <h2>Lock order</h2>
 *
 * From the outside in; the checked mode reports the first inversion.
 *
 * <ol>
 *   <li>{@code mmap_lock} of an address space: for reading by faults, for writing by layout changes and fork. Only one
 *       at a time: fork does not need that of the child, which nobody else knows yet. No walk ever takes it, but walks
 *       run under it (MADV_PAGEOUT, reclaim in a fault).
 *   <li>the folio lock: held by a walk, a migration and reclaim from beginning to end; a fault waits for it where it finds
 *       a migration or swap entry, and tries it otherwise. Who holds one does not wait for a second one, but only
 *       tries.
 *   <li><em>outer strategy locks</em>, in the order the strategy documents: whatever is held when the strategy offers a
 *       candidate, takes {@code page_table_lock}, or returns from a begin event (the root's lock of {@code anonvma}).
 *   <li>{@code page_table_lock} of an address space: guards the first anonymous use of a VMA and new page tables. A
 *       strategy that takes it releases it before it offers a candidate or returns.
 *   <li>{@code ptl}, one for each page table. Two at a time ({@code ptl/1} is the second) under the mmap lock for
 *       writing: fork takes the child's, then the parent's; mremap the source's, then the destination's; and under the
 *       mmap lock for reading in the order of addresses (UFFDIO_MOVE). Inside of it the engine waits only for
 *       {@code lruvec}, under which it calls nobody.
 *   <li><em>inner strategy locks</em>: leaves, such as one for each folio. A strategy that takes one releases it before
 *       it offers a candidate or returns.
 * </ol>
 *
 * <p>So an event that comes under a {@code ptl} may take inner strategy locks and nothing else:
 * {@link io.github.rmap4j.spi.EntryObserver} (but for {@code reserve}),
 * {@link io.github.rmap4j.spi.RmapStrategy#folioFreed} and the events {@code folioMapped}, {@code folioMappedShared},
 * {@code folioMoved}, {@code folioReused} and {@code folioMerged}. All other methods may take outer ones, too. Between
 * a begin event and its end event the engine takes {@code ptl} ({@code beginChange}: to split an entry of 2 MiB;
 * {@code beginMove}, {@code beginSplit}, {@code beginCollapse}), for a move also {@code page_table_lock}: what a
 * strategy holds meanwhile is an outer lock. Locks are not reentrant: an event that comes in between must not take what
 * the begin event took.
 */
package io.github.rmap4j.spi;
