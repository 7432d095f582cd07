package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.ForkObserver;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Hands every call on to another strategy. Subclasses get one of them wrong, or look on. */
public class ForwardingStrategy implements RmapStrategy {
    private final RmapStrategy delegate;

    /** Something around a strategy. */
    public ForwardingStrategy(RmapStrategy delegate) {
        this.delegate = delegate;
    }

    /** Provides strategies that are wrapped. */
    public static RmapStrategyProvider provider(RmapStrategyProvider provider, UnaryOperator<RmapStrategy> wrapper) {
        return new RmapStrategyProvider() {
            @Override
            public String name() {
                return provider.name();
            }

            @Override
            public String description() {
                return provider.description();
            }

            @Override
            public Set<Capability> capabilities() {
                return provider.capabilities();
            }

            @Override
            public RmapStrategy create(StrategyContext context) {
                return wrapper.apply(provider.create(context));
            }
        };
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        return delegate.walk(walk);
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        delegate.folioMapped(folio, vma);
    }

    @Override
    public void folioMoved(Folio folio, Vma vma) {
        delegate.folioMoved(folio, vma);
    }

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        delegate.folioMappedShared(folio, vma);
    }

    @Override
    public void folioReused(Folio folio, Vma vma) {
        delegate.folioReused(folio, vma);
    }

    @Override
    public void folioMappedFromSwapCache(Folio folio, Vma vma) {
        delegate.folioMappedFromSwapCache(folio, vma);
    }

    @Override
    public @Nullable Object retain(Folio folio) {
        return delegate.retain(folio);
    }

    @Override
    public @Nullable Object retain(Vma vma) {
        return delegate.retain(vma);
    }

    @Override
    public void folioMerged(Folio folio) {
        delegate.folioMerged(folio);
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return delegate.walkKsm(walk, items);
    }

    @Override
    public void release(Object retained) {
        delegate.release(retained);
    }

    @Override
    public void folioReplaced(Folio source, Folio destination) {
        delegate.folioReplaced(source, destination);
    }

    @Override
    public void beginSplit(Folio folio) {
        delegate.beginSplit(folio);
    }

    @Override
    public void endSplit(Folio folio) {
        delegate.endSplit(folio);
    }

    @Override
    public void beginCollapse(Vma vma) {
        delegate.beginCollapse(vma);
    }

    @Override
    public void endCollapse(Vma vma) {
        delegate.endCollapse(vma);
    }

    @Override
    public void folioFreed(Folio folio) {
        delegate.folioFreed(folio);
    }

    @Override
    public long index(Vma vma, long address) {
        return delegate.index(vma, address);
    }

    @Override
    public void prepare(PrepareRequest request) {
        delegate.prepare(request);
    }

    @Override
    public boolean mayMerge(MergeQuery query) {
        return delegate.mayMerge(query);
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return delegate.mayUnite(previous, next);
    }

    @Override
    public void prepareChange(LayoutChange change) {
        delegate.prepareChange(change);
    }

    @Override
    public void beginChange(LayoutChange change) {
        delegate.beginChange(change);
    }

    @Override
    public void endChange(LayoutChange change) {
        delegate.endChange(change);
    }

    @Override
    public void abortChange(LayoutChange change) {
        delegate.abortChange(change);
    }

    @Override
    public void vmaCopied(Vma source, Vma copy) {
        delegate.vmaCopied(source, copy);
    }

    @Override
    public void beginMove(PageMove move) {
        delegate.beginMove(move);
    }

    @Override
    public void endMove(PageMove move) {
        delegate.endMove(move);
    }

    @Override
    public void vmaUnlinked(Vma vma) {
        delegate.vmaUnlinked(vma);
    }

    @Override
    public void spaceCreated(AddressSpace space) {
        delegate.spaceCreated(space);
    }

    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        delegate.forkBegin(parent, child);
    }

    @Override
    public void vmaForked(Vma parentVma, Vma childVma) {
        delegate.vmaForked(parentVma, childVma);
    }

    @Override
    public void forkEnd(AddressSpace parent, AddressSpace child) {
        delegate.forkEnd(parent, child);
    }

    @Override
    public void spaceExited(AddressSpace space) {
        delegate.spaceExited(space);
    }

    @Override
    public @Nullable ForkObserver forkObserver(Vma parentVma) {
        return delegate.forkObserver(parentVma);
    }

    @Override
    public @Nullable EntryObserver entryObserver() {
        return delegate.entryObserver();
    }

    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        delegate.verify(spaces);
    }
}
