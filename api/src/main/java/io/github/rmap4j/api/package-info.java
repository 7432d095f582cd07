/**
 * What a caller uses: a {@link io.github.rmap4j.api.MemoryManager} holds address spaces, an
 * {@link io.github.rmap4j.api.AddressSpace} takes the memory system calls, and the
 * {@link io.github.rmap4j.api.RmapWalker} finds every page-table entry that maps a folio.
 *
 * <p>Addresses and lengths are bytes; ranges are half-open ({@code end} is exclusive) and the page size is 4096.
 * Whatever counts pages says so in its name or its documentation. A failing operation throws
 * {@link io.github.rmap4j.api.ErrnoException} with the errno that Linux returns.
 */
package io.github.rmap4j.api;
