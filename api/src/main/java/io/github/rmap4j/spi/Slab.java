package io.github.rmap4j.spi;

/**
 * A slab cache: counts the objects that Linux would allocate, with their size in Linux. Safe for use by several threads.
 *
 * @param <T> the objects
 * @since 0.1
 */
public interface Slab<T extends SlabObject> {
    /**
     * Allocates an object.
     *
     * @return a live object; in checked mode it may be one that was freed before, so set every field
     * @throws AllocationRefusedException if the allocation is refused; undo the event and let it pass
     */
    T allocate();

    /**
     * Frees an object. Nothing may refer to it any more.
     *
     * @param object a live object of this slab
     * @throws IllegalStateException if it was freed already
     */
    void free(T object);
}
