package io.github.rmap4j.engine.account;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.FaultInjector;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A slab cache.
 *
 * <p>In checked mode freed objects are poisoned and the latest is the first to be used again, so that a stale reference
 * soon meets a foreign object.
 *
 * @param <T> the objects
 */
public final class CountedSlab<T extends SlabObject> implements Slab<T> {
    /** Whether freed objects are used again in checked mode. */
    public enum Reuse {
        /** Never: callers of the API may keep references to them. */
        NEVER,
        /** The latest freed is the first to be used again. */
        LATEST_FREED
    }

    private static final int RECYCLED_AT_MOST = 1024;

    private final String name;
    private final Supplier<T> constructor;
    /** Null refuses nothing: the usual case pays no call. */
    private final @Nullable FaultInjector injector;

    private final Checking checking;
    private final Reuse reuse;
    private final ArrayDeque<T> recycled = new ArrayDeque<>();
    private final LiveCount live;
    private int objectBytes;

    /**
     * A slab.
     *
     * @param accounts where to count
     * @param name its name
     * @param objectBytes size of an object in bytes
     * @param constructor makes an object
     * @param injector asked at each allocation, or null
     * @param checking whether to poison and reuse
     * @param reuse whether objects may be used again
     */
    public CountedSlab(
            Accounts accounts,
            String name,
            int objectBytes,
            Supplier<T> constructor,
            @Nullable FaultInjector injector,
            Checking checking,
            Reuse reuse) {
        this.name = name;
        this.objectBytes = objectBytes;
        this.constructor = constructor;
        this.injector = injector;
        this.checking = checking;
        this.reuse = checking == Checking.ON ? reuse : Reuse.NEVER;
        this.live = new LiveCount(accounts);
    }

    /**
     * The name.
     *
     * @return the slab's name
     */
    public String name() {
        return name;
    }

    /**
     * Changes the declared size of an object.
     *
     * @param bytes added to it
     */
    public void grow(int bytes) {
        objectBytes += bytes;
    }

    @Override
    public T allocate() {
        if (injector != null && injector.refuse(name)) {
            throw new AllocationRefusedException(name);
        }
        T object = reuse == Reuse.LATEST_FREED ? recycledOrNew() : constructor.get();
        SlabLife.born(object);
        live.born();
        return object;
    }

    @Override
    public void free(T object) {
        SlabLife.dead(object);
        if (checking == Checking.ON) {
            SlabLife.poison(object);
        }
        if (reuse == Reuse.LATEST_FREED) {
            recycle(object);
        }
        live.gone();
    }

    private void recycle(T object) {
        synchronized (recycled) {
            if (recycled.size() < RECYCLED_AT_MOST) {
                recycled.push(object);
            }
        }
    }

    private T recycledOrNew() {
        synchronized (recycled) {
            T object = recycled.poll();
            return object != null ? object : constructor.get();
        }
    }

    /**
     * The slab's cost.
     *
     * @return a snapshot
     */
    public CostReport.SlabCost cost() {
        return live.cost(name, objectBytes);
    }
}
