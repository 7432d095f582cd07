package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.VmaIntervalNode;
import io.github.rmap4j.spi.VmaIntervalTree;
import java.util.function.Consumer;

/** Linux's interval tree, whose nodes are part of the chains (anon_vma->rb_root). */
final class IntervalIndex extends VmaIntervalTree implements ChainIndex {
    @Override
    public boolean hasNoVmas() {
        return isEmpty();
    }

    @Override
    public void reset() {
        clear();
    }

    @Override
    public void reserve() {}

    @Override
    public void unreserve() {}

    @Override
    public void add(AnonVmaChain chain) {
        insert(chain);
    }

    @Override
    public void delete(AnonVmaChain chain) {
        remove(chain);
    }

    /** Its range is the key. */
    @Override
    public void beforeChange(AnonVmaChain chain) {
        remove(chain);
    }

    @Override
    public void afterChange(AnonVmaChain chain) {
        insert(chain);
    }

    @Override
    public WalkOutcome offer(FolioWalk walk, long first, long last, Offer offer) {
        for (VmaIntervalNode chain = first(first, last, walk);
                chain != null;
                chain = VmaIntervalTree.next(chain, first, last, walk)) {
            if (!offer.vma(walk, chain.vma())) {
                return WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    @Override
    public void visitAll(Consumer<AnonVmaChain> visitor) {
        forEach(node -> visitor.accept((AnonVmaChain) node));
    }

    @Override
    public void check() {
        verify();
    }
}
