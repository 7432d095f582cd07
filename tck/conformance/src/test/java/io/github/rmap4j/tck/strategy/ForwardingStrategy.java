package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Hands every event on to another strategy: a test double overrides the one that it gets wrong. */
public class ForwardingStrategy implements RmapStrategy {
    private final RmapStrategy strategy;

    /**
     * A double.
     *
     * @param strategy the strategy that does the work
     */
    public ForwardingStrategy(RmapStrategy strategy) {
        this.strategy = strategy;
    }

    /**
     * A provider of doubles of {@code anonvma}.
     *
     * @param wrapper makes the double
     * @return the provider
     */
    public static RmapStrategyProvider ofAnonVma(UnaryOperator<RmapStrategy> wrapper) {
        RmapStrategyProvider provider = Strategies.find("anonvma");
        return new RmapStrategyProvider() {
            @Override
            public String name() {
                return "double";
            }

            @Override
            public String description() {
                return "A test double of anonvma.";
            }

            @Override
            public RmapStrategy create(StrategyContext context) {
                return wrapper.apply(provider.create(context));
            }
        };
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        return strategy.walk(walk);
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        strategy.folioMapped(folio, vma);
    }

    @Override
    public void folioMoved(Folio folio, Vma vma) {
        strategy.folioMoved(folio, vma);
    }

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        strategy.folioMappedShared(folio, vma);
    }

    @Override
    public void folioReused(Folio folio, Vma vma) {
        strategy.folioReused(folio, vma);
    }

    @Override
    public @Nullable Object retain(Folio folio) {
        return strategy.retain(folio);
    }

    @Override
    public Object retain(Vma vma) {
        return strategy.retain(vma);
    }

    @Override
    public void folioMerged(Folio folio) {
        strategy.folioMerged(folio);
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return strategy.walkKsm(walk, items);
    }

    @Override
    public void release(Object retained) {
        strategy.release(retained);
    }

    @Override
    public void folioReplaced(Folio source, Folio destination) {
        strategy.folioReplaced(source, destination);
    }

    @Override
    public void beginSplit(Folio folio) {
        strategy.beginSplit(folio);
    }

    @Override
    public void endSplit(Folio folio) {
        strategy.endSplit(folio);
    }

    @Override
    public void beginCollapse(Vma vma) {
        strategy.beginCollapse(vma);
    }

    @Override
    public void endCollapse(Vma vma) {
        strategy.endCollapse(vma);
    }

    @Override
    public void folioFreed(Folio folio) {
        strategy.folioFreed(folio);
    }

    @Override
    public long index(Vma vma, long address) {
        return strategy.index(vma, address);
    }

    @Override
    public void prepare(PrepareRequest request) {
        strategy.prepare(request);
    }

    @Override
    public boolean mayMerge(MergeQuery query) {
        return strategy.mayMerge(query);
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return strategy.mayUnite(previous, next);
    }

    @Override
    public void prepareChange(LayoutChange change) {
        strategy.prepareChange(change);
    }

    @Override
    public void beginChange(LayoutChange change) {
        strategy.beginChange(change);
    }

    @Override
    public void endChange(LayoutChange change) {
        strategy.endChange(change);
    }

    @Override
    public void abortChange(LayoutChange change) {
        strategy.abortChange(change);
    }

    @Override
    public void vmaCopied(Vma source, Vma copy) {
        strategy.vmaCopied(source, copy);
    }

    @Override
    public void beginMove(PageMove move) {
        strategy.beginMove(move);
    }

    @Override
    public void endMove(PageMove move) {
        strategy.endMove(move);
    }

    @Override
    public void vmaUnlinked(Vma vma) {
        strategy.vmaUnlinked(vma);
    }

    @Override
    public void spaceCreated(AddressSpace space) {
        strategy.spaceCreated(space);
    }

    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        strategy.forkBegin(parent, child);
    }

    @Override
    public void vmaForked(Vma parentVma, Vma childVma) {
        strategy.vmaForked(parentVma, childVma);
    }

    @Override
    public void forkEnd(AddressSpace parent, AddressSpace child) {
        strategy.forkEnd(parent, child);
    }

    @Override
    public void spaceExited(AddressSpace space) {
        strategy.spaceExited(space);
    }

    @Override
    public @Nullable EntryObserver entryObserver() {
        return strategy.entryObserver();
    }

    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        strategy.verify(spaces);
    }
}
