package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.SlabObject;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A vm_area_struct. Range, flags and links change only under the mmap lock for writing, except that a fault may set
 * VM_MAYBE_GUARD and the faulted mark under the mmap lock for reading.
 */
public final class VmaImpl extends SlabObject implements Vma {
    private static final VarHandle STATE;
    private static final VarHandle FLAGS;
    private static final VarHandle ATTACHED;
    private static final VarHandle FAULTED;
    private static final VarHandle HOLDERS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(VmaImpl.class, "strategyState", Object.class);
            FLAGS = lookup.findVarHandle(VmaImpl.class, "flags", long.class);
            ATTACHED = lookup.findVarHandle(VmaImpl.class, "attached", boolean.class);
            FAULTED = lookup.findVarHandle(VmaImpl.class, "faulted", boolean.class);
            HOLDERS = lookup.findVarHandle(VmaImpl.class, "holders", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Nullable
    Mm mm;

    long start;
    long end;
    long pgoff;
    private long flags;

    @Nullable
    MappedFile file;

    int policy;
    /** Neighbours in address order; null at the ends and while detached. */
    @Nullable
    VmaImpl prev;

    @Nullable
    VmaImpl next;

    private @Nullable Object strategyState;
    private boolean attached;
    private boolean faulted;
    /** 1 for the layout, or whoever is about to link the VMA, and 1 for each time the strategy retains it. */
    private int holders;

    void init(Mm space, long newStart, long newEnd, long newPgoff, long newFlags, @Nullable MappedFile newFile) {
        mm = space;
        start = newStart;
        end = newEnd;
        pgoff = newPgoff;
        flags = newFlags;
        file = newFile;
        policy = 0;
        strategyState = null;
        faulted = false;
        holders = 1;
    }

    /** Somebody keeps the object beyond its life in the layout; the caller knows that it is in the layout still. */
    public void hold() {
        HOLDERS.getAndAdd(this, 1);
    }

    /**
     * Ends {@link #hold}, or life in the layout.
     *
     * @return true if nobody holds the object any more
     */
    public boolean drop() {
        // Nobody else can hold it once the last holder lets go.
        return (int) HOLDERS.getOpaque(this) == 1 || (int) HOLDERS.getAndAdd(this, -1) == 1;
    }

    /** Copies everything but links and anonymous state (vm_area_dup). */
    void initFrom(VmaImpl other, Mm space) {
        init(space, other.start, other.end, other.pgoff, other.flags, other.file);
        policy = other.policy;
    }

    @Override
    protected void poison() {
        // The range stays readable for API callers that kept a reference; strategies must not use it any more.
        strategyState = null;
        prev = null;
        next = null;
    }

    Mm mm() {
        Mm space = mm;
        if (space == null) {
            throw new IllegalStateException("VMA was never initialised");
        }
        return space;
    }

    @Override
    public AddressSpace addressSpace() {
        return mm();
    }

    @Override
    public long start() {
        return start;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public long pgoff() {
        return pgoff;
    }

    @Override
    public long flags() {
        return (long) FLAGS.getOpaque(this);
    }

    @Override
    public @Nullable MappedFile file() {
        return file;
    }

    @Override
    public boolean isAnonymous() {
        return file == null;
    }

    @Override
    public boolean isFaulted() {
        return (boolean) FAULTED.getAcquire(this);
    }

    @Override
    public boolean isAttached() {
        return (boolean) ATTACHED.getAcquire(this);
    }

    void setFlags(long newFlags) {
        FLAGS.setOpaque(this, newFlags);
    }

    /** vma_set_atomic_flag: allowed under the mmap lock for reading. */
    void setFlagAtomically(long flag) {
        FLAGS.getAndBitwiseOr(this, flag);
    }

    void setFaulted(boolean newFaulted) {
        FAULTED.setRelease(this, newFaulted);
    }

    void setAttached(boolean newAttached) {
        ATTACHED.setRelease(this, newAttached);
    }

    /** Where the strategy keeps its state; null when it has none. */
    public @Nullable Object strategyState() {
        return STATE.getAcquire(this);
    }

    /**
     * Sets the strategy's state.
     *
     * @param state what it keeps, or null
     */
    public void setStrategyState(@Nullable Object state) {
        STATE.setRelease(this, state);
    }

    boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** vma_is_accessible. */
    boolean isAccessible() {
        return has(VmFlags.VM_READ | VmFlags.VM_WRITE | VmFlags.VM_EXEC);
    }

    /** Whether private pages are copied on write (is_cow_mapping). */
    boolean isCowMapping() {
        return (flags & (VmFlags.VM_SHARED | VmFlags.VM_MAYWRITE)) == VmFlags.VM_MAYWRITE;
    }

    /** Offset in the mapped file of an address, in pages. */
    long filePgoff(long address) {
        return pgoff + ((address - start) >> Mm.PAGE_SHIFT);
    }

    long pages() {
        return (end - start) >> Mm.PAGE_SHIFT;
    }

    /** Lowest address that a neighbour below should leave free (vm_start_gap). */
    long startGap() {
        return has(VmFlags.VM_GROWSDOWN) ? Math.max(0, start - Mm.STACK_GUARD_GAP) : start;
    }

    /** vm_ops->may_split: what the kernel installed stays in one piece (special_mapping_split). */
    boolean maySplit() {
        return file == null || (file.kind() != MappedFile.Kind.SPECIAL && file.kind() != MappedFile.Kind.SPECIAL_PFN);
    }

    /** vm_ops->close: a merge may not delete such a VMA. */
    boolean hasClose() {
        return file != null && file.kind() == MappedFile.Kind.SYSV_SHM;
    }

    @Override
    public String toString() {
        return Long.toHexString(start) + "-" + Long.toHexString(end) + " " + permissions();
    }
}
