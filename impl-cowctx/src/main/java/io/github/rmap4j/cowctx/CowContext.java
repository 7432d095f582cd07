package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.SlabObject;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A struct cow_context: an address space in the tree of forks. It outlives its space as long as there are contexts below
 * it, because folios may name it that only those map.
 *
 * <p>References: one for the space until it exits, one for each child, one for each walk or handle that stands here. Folios
 * have none: who maps a folio has the folio's context as an ancestor, and so keeps it.
 */
final class CowContext extends SlabObject {
    /** The number of all forks from this one on: as many bits as there are beside the context in {@code folio->mapping}. */
    private static final int LAST_FORK = (1 << 21) - 1;

    private static final VarHandle SPACE;
    private static final VarHandle REFERENCES;
    private static final VarHandle FOLIOS;
    private static final VarHandle LINK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SPACE = lookup.findVarHandle(CowContext.class, "space", AddressSpace.class);
            REFERENCES = lookup.findVarHandle(CowContext.class, "references", int.class);
            FOLIOS = lookup.findVarHandle(CowContext.class, "folios", int.class);
            LINK = lookup.findVarHandle(CowContext.class, "link", ChildLinks.Link.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable AddressSpace space;
    private @Nullable ChildLinks children;
    /** This context's place in the parent's list; null for a root. */
    private ChildLinks.@Nullable Link link;

    private @Nullable RemapTree remaps;

    @SuppressWarnings("unused") // through REFERENCES
    private int references;

    @SuppressWarnings("unused") // through FOLIOS
    private int folios;

    /** How many children were forked. Guarded by the mmap lock of the space. */
    private int forks;

    void init(AddressSpace newSpace, Mutex childrenLock, RemapTree newRemaps) {
        space = newSpace;
        LINK.setRelease(this, null);
        folios = 0;
        forks = 0;
        children = new ChildLinks(childrenLock);
        remaps = newRemaps;
        REFERENCES.setRelease(this, 1);
    }

    /** The address space; null once it has exited. */
    @Nullable
    AddressSpace space() {
        return (AddressSpace) SPACE.getAcquire(this);
    }

    void forgetSpace() {
        SPACE.setRelease(this, null);
    }

    @Nullable
    CowContext parent() {
        ChildLinks.Link mine = link();
        return mine == null ? null : mine.parent();
    }

    ChildLinks.@Nullable Link link() {
        return (ChildLinks.Link) LINK.getAcquire(this);
    }

    /** Has another place in the tree, or none. */
    void setLink(ChildLinks.@Nullable Link place) {
        LINK.setRelease(this, place);
    }

    /** Becomes a child; the caller holds a reference to the parent for it. */
    void adopt(CowContext newParent) {
        newParent.forks = Math.min(newParent.forks + 1, LAST_FORK);
        setLink(newParent.children().add(this, newParent, new Lineage(newParent.forks)));
    }

    /** Leaves the parent's list; returns the parent, the reference to which is the caller's now. */
    @Nullable
    CowContext leaveParent() {
        for (ChildLinks.Link mine = link(); mine != null; mine = link()) {
            if (mine.parent().children().remove(mine)) {
                return mine.parent();
            }
        }
        return null;
    }

    /**
     * The number of the last fork. The space's mmap lock is held. Never {@link #LAST_FORK}: whoever has that one is younger
     * than everything.
     */
    int forks() {
        return Math.min(forks, LAST_FORK - 1);
    }

    /** How many folios name this context, where that is counted. */
    int folios() {
        return (int) FOLIOS.getAcquire(this);
    }

    /** One more folio names it, or one less; how many there are now. */
    int addFolios(int difference) {
        return (int) FOLIOS.getAndAdd(this, difference) + difference;
    }

    ChildLinks children() {
        return live(children);
    }

    RemapTree remaps() {
        return live(remaps);
    }

    private static <T> T live(@Nullable T field) {
        if (field == null) {
            throw new IllegalStateException("use after free of CowContext");
        }
        return field;
    }

    /** A reference for somebody who has another one, or knows of one. */
    void get() {
        if (!getUnlessFree()) {
            throw new IllegalStateException("use after free of CowContext");
        }
    }

    /** A reference for somebody who has none; false if the last one was dropped already. */
    boolean getUnlessFree() {
        for (int now = references(); now > 0; now = references()) {
            if (REFERENCES.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Drops a reference; true if it was the last. */
    boolean put() {
        return (int) REFERENCES.getAndAdd(this, -1) == 1;
    }

    int references() {
        return (int) REFERENCES.getAcquire(this);
    }

    @Override
    protected void poison() {
        space = null;
        children = null;
        LINK.setRelease(this, null);
        remaps = null;
        REFERENCES.setRelease(this, Integer.MIN_VALUE);
    }
}
