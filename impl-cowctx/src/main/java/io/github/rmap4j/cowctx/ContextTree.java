package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The life of contexts, and their tree. */
class ContextTree {
    /**
     * A count (4), the mm (8), the parent (8), two list heads (32), a spinlock (4), a maple tree (16) and an rcu_head (16),
     * with padding.
     */
    private static final int COW_CONTEXT_BYTES = 96;

    private final CowCounters counters;
    private final Slot<AddressSpace, CowContext> contextOf;
    private final Slab<CowContext> contexts;
    private final RemapNodes nodes;
    private final Supplier<Mutex> childrenLocks;
    private final StrategyContext.LockClass remapLocks;

    /** Contexts as the design has them. */
    ContextTree(StrategyContext context, CowCounters counters) {
        this(context, counters, new RemapNodes(context), context.lockClass("cow_context_children")::newMutex);
    }

    ContextTree(StrategyContext context, CowCounters counters, RemapNodes nodes, Supplier<Mutex> childrenLocks) {
        this.counters = counters;
        this.contextOf = context.spaceSlot(CowContext.class);
        this.contexts = context.slab("cow_context", COW_CONTEXT_BYTES, CowContext::new);
        this.nodes = nodes;
        this.childrenLocks = childrenLocks;
        this.remapLocks = context.lockClass("cow_context_remaps");
    }

    /** The context of a space, or null if it has exited. */
    final @Nullable CowContext ofLiving(AddressSpace space) {
        return contextOf.get(space);
    }

    CowContext of(AddressSpace space) {
        CowContext present = contextOf.get(space);
        if (present == null) {
            throw new IllegalStateException(space + " has no context");
        }
        return present;
    }

    /**
     * A space begins, as a root.
     *
     * @throws AllocationRefusedException if refused
     */
    void create(AddressSpace space) {
        CowContext fresh = contexts.allocate();
        fresh.init(space, childrenLocks.get(), newRemapTree(nodes, remapLocks.newMutex()));
        contextOf.set(space, fresh);
    }

    RemapTree newRemapTree(RemapNodes treeNodes, Mutex lock) {
        return new RemapTree(treeNodes, lock);
    }

    /** A fork begins: the child is below the parent before there is anything to find in it. */
    void adopt(AddressSpace parentSpace, AddressSpace childSpace) {
        CowContext parent = of(parentSpace);
        parent.get();
        of(childSpace).adopt(parent);
    }

    /** A space has exited; those below it keep its context. */
    void exit(AddressSpace space) {
        CowContext context = of(space);
        contextOf.set(space, null);
        context.forgetSpace();
        counters.dead.increment();
        put(context);
    }

    /** Drops a reference, and what nobody needs any more. */
    void put(CowContext first) {
        CowContext context = first;
        while (context != null && context.put()) {
            CowContext parent = context.leaveParent();
            free(context);
            context = parent;
        }
    }

    void free(CowContext context) {
        context.remaps().clear();
        counters.dead.add(-1);
        contexts.free(context);
    }

    /**
     * The next context below another one, each before its children.
     *
     * @param at where the walk stands; the caller's reference to it is used up
     * @param top where it began; the caller keeps his reference
     * @param descent which contexts to enter
     * @return the next one, with a reference for the caller, or null at the end
     */
    @Nullable
    CowContext next(CowContext at, CowContext top, Descent descent) {
        CowContext below = at.children().first(this, descent);
        if (below != null) {
            put(at);
            return below;
        }
        CowContext from = at;
        while (from != top) {
            ChildLinks.Link link = from.link();
            if (link == null) {
                // Nobody is above it any more; who moved it has the walk done again.
                break;
            }
            CowContext parent = link.parent();
            CowContext beside = ChildLinks.next(link, this, descent);
            boolean above = beside == null && parent.getUnlessFree();
            put(from);
            if (beside == null && !above) {
                return null;
            }
            if (beside != null) {
                return beside;
            }
            from = parent;
        }
        put(from);
        return null;
    }
}
