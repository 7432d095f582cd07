package io.github.rmap4j.spi;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.Vma;
import java.util.function.Supplier;

/**
 * What the engine gives to a strategy. Slabs, lock classes and counters are created once, in
 * {@link RmapStrategyProvider#create}.
 *
 * @since 0.1
 */
public interface StrategyContext {
    /**
     * The slot on each address space (Linux's CoW context proposal: {@code mm->cow_ctx}).
     *
     * @param <T> what is kept there
     * @param type its class
     * @return the slot
     * @throws IllegalStateException if the strategy has asked for this slot before
     */
    <T> Slot<AddressSpace, T> spaceSlot(Class<T> type);

    /**
     * The slot on each VMA ({@code vma->anon_vma} and {@code vma->anon_vma_chain}).
     *
     * @param <T> what is kept there
     * @param type its class
     * @return the slot
     * @throws IllegalStateException if the strategy has asked for this slot before
     */
    <T> Slot<Vma, T> vmaSlot(Class<T> type);

    /**
     * The slot on each folio that names its owner ({@code folio->mapping}).
     *
     * @param <T> what is kept there
     * @param type its class
     * @return the slot
     * @throws IllegalStateException if the strategy has asked for this slot before
     */
    <T> FolioSlot<T> folioSlot(Class<T> type);

    /**
     * The number on each folio that is the strategy's own.
     *
     * @param folio the folio
     * @return the number last set, 0 at first
     */
    int folioTag(Folio folio);

    /**
     * Sets the number on a folio that is the strategy's own.
     *
     * @param folio the folio
     * @param tag the number
     */
    void setFolioTag(Folio folio, int tag);

    /**
     * Creates a slab cache.
     *
     * @param <T> its objects
     * @param name the name, Linux's where Linux has one
     * @param objectBytes size of one object in Linux, in bytes
     * @param constructor makes an object
     * @return the slab
     */
    <T extends SlabObject> Slab<T> slab(String name, int objectBytes, Supplier<T> constructor);

    /**
     * Declares that this strategy's objects differ in size from Linux's: adds to (or, negative, takes from) the size
     * of every vm_area_struct.
     *
     * @param bytes difference in bytes
     */
    void growVma(int bytes);

    /**
     * Declares that this strategy needs more room in every folio (struct page) than {@code folio->mapping} and
     * {@code folio->index}. Reported as if it were a slab, {@code folio (growth)}, with as many objects as there are folios
     * in memory.
     *
     * @param bytes how many more, at least 1
     */
    void growFolio(int bytes);

    /**
     * Names a class of locks.
     *
     * @param name the class; every lock of it has the same place in the lock order
     * @return the class
     */
    LockClass lockClass(String name);

    /**
     * Creates an event counter.
     *
     * @param name its name
     * @param unit what it counts
     * @param description one sentence
     * @return the counter
     */
    EventCounter counter(String name, String unit, String description);

    /**
     * Declares a setting that users may choose. The words for its values are their names in lower case, with
     * {@code -} for {@code _}.
     *
     * @param <E> its values
     * @param name its name, of the form {@code [a-z0-9-]+}
     * @param description one sentence
     * @param initial the value unless another one is chosen
     * @param change when users may choose
     * @return the setting
     * @throws IllegalArgumentException if the user has chosen a value that there is not, or the name is taken
     */
    <E extends Enum<E>> StrategyOption<E> option(
            String name, String description, E initial, StrategyOption.Change change);

    /**
     * Keeps a VMA beyond its life in the layout, until {@link #release}: its object stays allocated, and its range and
     * page offset as they were when it left. Called at the latest in the last event for the VMA
     * ({@link RmapStrategy#vmaUnlinked}, or {@link RmapStrategy#endChange} that removes it).
     *
     * @param vma the VMA
     */
    void retain(Vma vma);

    /**
     * Ends {@link #retain}. From any thread, under any locks.
     *
     * @param vma the VMA; must not be used any more if it has left the layout
     */
    void release(Vma vma);

    /**
     * The version of Linux that is simulated, for strategies whose rules differ from one to the next.
     *
     * @return the version
     */
    KernelVersion kernelVersion();

    /**
     * The page_table_lock of an address space, to decide races between faults on one VMA, which hold the mmap lock for
     * reading only. Inside of outer strategy locks, outside of page-table locks and inner strategy locks
     * ({@linkplain io.github.rmap4j.spi lock order}): not for events under a page-table lock.
     *
     * @param space the space
     * @return its lock
     */
    Mutex pageTableLock(AddressSpace space);

    /**
     * Adds work that was done while locks are held, in nodes or entries touched.
     *
     * @param units how many
     */
    void work(int units);

    /** Makes the locks of one class. */
    interface LockClass {
        /**
         * A new reader-writer lock.
         *
         * @return the lock
         */
        RwLock newRwLock();

        /**
         * A new mutex.
         *
         * @return the lock
         */
        Mutex newMutex();
    }
}
