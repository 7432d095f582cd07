package io.github.rmap4j.spi;

/**
 * An object of a {@link Slab}: something that Linux allocates with kmem_cache_alloc and must free. Its life is tracked,
 * because garbage collection would hide a use after free.
 *
 * @since 0.1
 */
public abstract class SlabObject {
    /**
     * Odd while allocated; counts allocations and frees, so that a reborn object differs from its former life. Only the
     * engine's slabs write it, through a handle, because a strategy must not.
     */
    @SuppressWarnings("FieldMayBeFinal")
    private int generation = 0;

    /** For subclasses. */
    protected SlabObject() {}

    /**
     * Whether the object is allocated.
     *
     * @return false before allocation and after it was freed
     */
    public final boolean isLive() {
        return (generation & 1) != 0;
    }

    /**
     * Which life this is.
     *
     * @return a number that differs between lives of a recycled object
     */
    public final int generation() {
        return generation;
    }

    /**
     * Throws if the object was freed.
     *
     * @throws IllegalStateException on a use after free
     */
    public final void checkLive() {
        if (!isLive()) {
            throw new IllegalStateException("use after free of " + getClass().getSimpleName() + "@"
                    + Integer.toHexString(System.identityHashCode(this)));
        }
    }

    /** Makes every field useless, so that a stale reference fails; called when the object is freed in checked mode. */
    protected abstract void poison();
}
