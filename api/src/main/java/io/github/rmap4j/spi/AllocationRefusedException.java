package io.github.rmap4j.spi;

import java.io.Serial;

/**
 * A slab allocation was refused. A strategy undoes what the event had done so far and lets the exception pass; the
 * engine undoes its part and reports ENOMEM.
 *
 * @since 0.1
 */
public final class AllocationRefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Name of the slab cache. */
    private final String slab;

    /**
     * A refusal.
     *
     * @param slab name of the slab cache
     */
    public AllocationRefusedException(String slab) {
        super("allocation from slab '" + slab + "' refused");
        this.slab = slab;
    }

    /**
     * Which slab refused.
     *
     * @return name of the slab cache
     */
    public String slab() {
        return slab;
    }
}
