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
 *       at a time: fork does not need that of the child, which nobody else knows yet. No walk ever takes it.
 *   <li>the folio lock: held by a walk, a migration and reclaim from beginning to end; a fault waits for it where it finds
 *       a migration or swap entry, and tries it otherwise. Two at a time only where the second is of a new folio.
 *   <li>the strategy's own locks, in the order the strategy documents.
 *   <li>{@code page_table_lock} of an address space: guards the first anonymous use of a VMA and new page tables.
 *   <li>{@code ptl}, one for each page table: innermost. Two at a time ({@code ptl/1} is the second) under the mmap lock for
 *       writing: fork takes the child's, then the parent's; mremap the source's, then the destination's; and under the
 *       mmap lock for reading in the order of addresses (UFFDIO_MOVE).
 * </ol>
 */
package io.github.rmap4j.spi;
