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
        private final CowContext parent;
        private final Lineage lineage;
        private @Nullable Link next;
        /** Guarded by the list's lock. */
        private @Nullable Link previous;

        private Link(CowContext child, CowContext parent, Lineage lineage) {
            this.child = child;
            this.parent = parent;
            this.lineage = lineage;
        }

        CowContext parent() {
            return parent;
        }

        Lineage lineage() {
            return lineage;
        }
    }

    private final Mutex lock;
    private @Nullable Link first;

    ChildLinks(Mutex lock) {
        this.lock = lock;
    }

    Link add(CowContext child, CowContext parent, Lineage lineage) {
        lock.lock();
        Link added = insert(new Link(child, parent, lineage), null, first);
        lock.unlock();
        return added;
    }

    /** Puts a child in front of another one. The caller holds the lock. */
    Link addBefore(Link place, CowContext child, Lineage lineage) {
        return insert(new Link(child, place.parent, lineage), place.previous, place);
    }

    private Link insert(Link added, @Nullable Link previous, @Nullable Link next) {
        added.next = next;
        added.previous = previous;
        if (next != null) {
            next.previous = added;
        }
        if (previous != null) {
            NEXT.setRelease(previous, added);
        } else {
            FIRST.setRelease(this, added);
        }
        return added;
    }

    /** Takes a child out; false if it has got another place meanwhile. */
    boolean remove(Link link) {
        lock.lock();
        boolean current = link.child.link() == link;
        if (current) {
            unlink(link);
        }
        lock.unlock();
        return current;
    }

    /** Takes a child out. The caller holds the lock. */
    void unlink(Link link) {
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
    }

    /** The first link. The caller holds the lock, or knows that a link may lead to a context that was freed. */
    @Nullable
    Link head() {
        return (Link) FIRST.getAcquire(this);
    }

    /** How many there are. The caller holds the lock. */
    int count() {
        int n = 0;
        for (Link link = first; link != null; link = link.next) {
            n++;
        }
        return n;
    }

    /** The child of a link. The caller holds the lock. */
    static CowContext child(Link link) {
        return link.child;
    }

    /** The first child that lives, with a reference to it for the caller. */
    @Nullable
    CowContext first(ContextTree tree, Descent descent) {
        return living(head(), tree, descent);
    }

    /** The next child behind a link that lives, with a reference to it for the caller. */
    static @Nullable CowContext next(Link link, ContextTree tree, Descent descent) {
        return living((Link) NEXT.getAcquire(link), tree, descent);
    }

    private static @Nullable CowContext living(@Nullable Link from, ContextTree tree, Descent descent) {
        for (Link link = from; link != null; link = (Link) NEXT.getAcquire(link)) {
            // First of all, for a context that need not be entered is not touched at all.
            switch (descent.at(link)) {
                case REST_IS_OLDER:
                    return null;
                case PASS_BY:
                    continue;
                case ENTER:
                    break;
            }
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
