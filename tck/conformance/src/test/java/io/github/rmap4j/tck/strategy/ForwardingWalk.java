package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;

/** Hands everything on to another walk: a test double overrides what it wants to see or delay. */
public class ForwardingWalk implements FolioWalk {
    private final FolioWalk walk;

    /**
     * A double.
     *
     * @param walk the walk that does the work
     */
    public ForwardingWalk(FolioWalk walk) {
        this.walk = walk;
    }

    @Override
    public Folio folio() {
        return walk.folio();
    }

    @Override
    public long index() {
        return walk.index();
    }

    @Override
    public long lastIndex() {
        return walk.lastIndex();
    }

    @Override
    public WalkPurpose purpose() {
        return walk.purpose();
    }

    @Override
    public WalkMode mode() {
        return walk.mode();
    }

    @Override
    public boolean candidate(Vma vma, long address) {
        return walk.candidate(vma, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        return walk.candidate(space, address);
    }

    @Override
    public boolean candidate(AddressSpace space) {
        return walk.candidate(space);
    }

    @Override
    public void indexNode() {
        walk.indexNode();
    }

    @Override
    public void context() {
        walk.context();
    }
}
