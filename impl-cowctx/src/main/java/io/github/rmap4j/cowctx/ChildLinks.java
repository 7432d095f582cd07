package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.Mutex;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The children of a context, in an RCU list: written under a lock, read without. A link that was removed still leads on,
 * so a reader that stands on it comes to the end of the list; the collector is the grace period. New children come first:
 * a reader that has begun does not see them, and need not, for it has been at the parent already.
 */
final class ChildLinks {
    private static final VarHandle FIRST;
    private static final VarHandle NEXT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            FIRST = lookup.findVarHandle(ChildLinks.class, "first", Link.class);
            NEXT = lookup.findVarHandle(Link.class, "next", Link.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The place of a child. Never used again, unlike contexts, so that it tells which life of a context is meant. */
    static final class Link {
        private final CowContext child;
        private @Nullable Link next;
        /** Guarded by the list's lock. */
        private @Nullable Link previous;

        private Link(CowContext child) {
            this.child = child;
        }
    }

    private final Mutex lock;
    private @Nullable Link first;

    ChildLinks(Mutex lock) {
        this.lock = lock;
    }

    Link add(CowContext child) {
        Link added = new Link(child);
        lock.lock();
        Link old = first;
        added.next = old;
        if (old != null) {
            old.previous = added;
        }
        FIRST.setRelease(this, added);
        lock.unlock();
        return added;
    }

    void remove(Link link) {
        lock.lock();
        Link next = link.next;
        Link previous = link.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            NEXT.setRelease(previous, next);
        } else {
            FIRST.setRelease(this, next);
        }
        lock.unlock();
    }

    /** The first child that lives, with a reference to it for the caller. */
    @Nullable
    CowContext first(ContextTree tree) {
        return living((Link) FIRST.getAcquire(this), tree);
    }

    /** The next child behind a link that lives, with a reference to it for the caller. */
    static @Nullable CowContext next(Link link, ContextTree tree) {
        return living((Link) NEXT.getAcquire(link), tree);
    }

    private static @Nullable CowContext living(@Nullable Link from, ContextTree tree) {
        for (Link link = from; link != null; link = (Link) NEXT.getAcquire(link)) {
            CowContext child = link.child;
            if (child.getUnlessFree()) {
                // A context that was freed and is somebody else's now has another link.
                if (child.link() == link) {
                    return child;
                }
                tree.put(child);
            }
        }
        return null;
    }
}
