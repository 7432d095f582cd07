package io.github.rmap4j.spi;

import io.github.rmap4j.api.AddressSpace;

/**
 * A page that was merged (struct ksm_rmap_item). It and what inherits it by fork stay at its address: mremap undoes the
 * merge first.
 *
 * @since 0.1
 */
public interface KsmItem {
    /**
     * What {@link RmapStrategy#retain(io.github.rmap4j.api.Vma)} returned for the VMA that mapped the page then.
     *
     * @return the strategy's object
     */
    Object retained();

    /**
     * Whose page was merged.
     *
     * @return the address space; it may have exited since, while those that inherited the page go on
     */
    AddressSpace space();

    /**
     * Where.
     *
     * @return address in bytes
     */
    long address();
}
