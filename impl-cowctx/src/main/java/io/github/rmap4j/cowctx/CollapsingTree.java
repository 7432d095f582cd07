package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A tree from which dead contexts disappear that no folio names: their children take their place. So it does not grow with
 * the generations of a family, only with its living members and the folios that name dead ones.
 *
 * <p>A dead root with several children stays: they may share swap entries, and only the root is above all who do.
 *
 * <p>Invariant: while a context is being taken out, {@link #changes} is odd, and each collapse makes it larger. A walk that
 * saw it change may have missed somebody, and is done again ({@link #isUnchanged}). One lock guards all lists of children,
 * as Linux has one (tasklist_lock) for the tree of processes.
 */
final class CollapsingTree extends ContextTree {
    private final CowCounters counters;
    private final Mutex lock;
    private final SummaryNodes summaries;
    private final AtomicInteger changes = new AtomicInteger();
    /** Walks that were disturbed already: nothing is taken out before they are done. */
    private final AtomicInteger disturbed = new AtomicInteger();

    private final Queue<CowContext> postponed = new ConcurrentLinkedQueue<>();

    CollapsingTree(
            StrategyContext context, CowCounters counters, RemapNodes nodes, Mutex lock, SummaryNodes summaries) {
        super(context, counters, nodes, () -> lock);
        this.counters = counters;
        this.lock = lock;
        this.summaries = summaries;
    }

    /** A number for {@link #isUnchanged}. */
    int changes() {
        return changes.get();
    }

    /** Whether a walk that began at a number has seen the tree as it was all the time. */
    boolean isUnchanged(int before) {
        return (before & 1) == 0 && changes.get() == before;
    }

    /** The tree keeps its shape, but for what leaves it entirely and comes to it new, until {@link #release}. */
    void hold() {
        disturbed.incrementAndGet();
    }

    void release() {
        disturbed.decrementAndGet();
        // Not while others hold it: what is postponed then is theirs.
        while (disturbed.get() == 0) {
            CowContext next = postponed.poll();
            if (next == null) {
                return;
            }
            collapseIfUnused(next);
        }
    }

    @Override
    void put(CowContext first) {
        CowContext context = first;
        while (context != null) {
            if (context.put()) {
                CowContext parent = leaveTree(context);
                free(context);
                context = parent;
            } else {
                context = isUnused(context) ? collapse(context) : null;
            }
        }
    }

    /**
     * Takes out a context that nobody refers to any more: its parent, the reference to which is the caller's now, or null. Under
     * the lock from the first look on: the parent may be taken out and freed by somebody else, who gives this one another place.
     */
    private @Nullable CowContext leaveTree(CowContext context) {
        lock.lock();
        ChildLinks.Link place = context.link();
        if (place != null) {
            place.parent().children().unlink(place);
            summaries.free(place.lineage());
        }
        lock.unlock();
        return place == null ? null : place.parent();
    }

    /** A context has lost a reference, or the last folio that named it. It may be gone already. */
    void collapseIfUnused(CowContext context) {
        CowContext parent = isUnused(context) ? collapse(context) : null;
        if (parent != null) {
            put(parent);
        }
    }

    private static boolean isUnused(CowContext context) {
        return context.space() == null && context.folios() == 0;
    }

    /** Takes a context out if it is still unused: its parent, the reference to which is the caller's now, or null. */
    private @Nullable CowContext collapse(CowContext context) {
        boolean free = false;
        CowContext parent = null;
        lock.lock();
        try {
            if (disturbed.get() > 0) {
                postponed.add(context);
                return null;
            }
            if (!isReplaceable(context)) {
                return null;
            }
            counters.collapses.increment();
            changes.incrementAndGet();
            ChildLinks.Link place = context.link();
            parent = context.parent();
            for (ChildLinks.Link link = context.children().head();
                    link != null;
                    link = context.children().head()) {
                CowContext child = ChildLinks.child(link);
                // Linked there before it is unlinked here: a walk finds it twice rather than not at all.
                if (place == null || parent == null) {
                    summaries.free(link.lineage());
                    child.setLink(null);
                } else {
                    parent.get();
                    child.setLink(parent.children()
                            .addBefore(place, child, link.lineage().below(place.lineage())));
                }
                context.children().unlink(link);
                free = context.put();
            }
            if (free && place != null && parent != null) {
                parent.children().unlink(place);
                summaries.free(place.lineage());
            }
            changes.incrementAndGet();
        } finally {
            lock.unlock();
        }
        if (!free) {
            return null;
        }
        free(context);
        return parent;
    }

    /** Whether nobody but children refers to a context, and they may take its place. The lock is held. */
    private boolean isReplaceable(CowContext context) {
        if (context.references() <= 0 || context.space() != null || context.folios() != 0) {
            return false;
        }
        int children = context.children().count();
        return children > 0 && context.references() == children && (children == 1 || context.parent() != null);
    }

    /** A space is about to fork. */
    void setFertile(AddressSpace space) {
        lock.lock();
        ChildLinks.Link link = of(space).link();
        if (link != null) {
            link.lineage().setFertile();
        }
        lock.unlock();
    }

    /** A fork is over, and its child is alive unless it failed. */
    void setCopied(AddressSpace child) {
        CowContext context = ofLiving(child);
        if (context != null) {
            lock.lock();
            ChildLinks.Link link = context.link();
            if (link != null) {
                link.lineage().setCopied();
            }
            lock.unlock();
        }
    }

    /** One more folio names a context, unless it has been taken out, or may be at any moment. */
    boolean tryName(CowContext context) {
        lock.lock();
        boolean alive = context.references() > 0 && context.space() != null;
        if (alive) {
            context.addFolios(1);
        }
        lock.unlock();
        return alive;
    }

    /** One more folio names the oldest context above one whose space is alive. */
    CowContext nameOldest(CowContext context) {
        lock.lock();
        CowContext oldest = CowContextStrategy.oldest(context);
        oldest.addFolios(1);
        lock.unlock();
        return oldest;
    }

    /** Notes what is known of a child, if it is still there. */
    void learn(ChildLinks.Link link, Inheritance learned) {
        lock.lock();
        Lineage lineage = link.lineage();
        CowContext child = ChildLinks.child(link);
        if (child.references() > 0 && child.link() == link) {
            summaries.store(lineage, learned);
        }
        lock.unlock();
    }
}
