package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.EntryScan;
import io.github.rmap4j.spi.FolioWalk;

/** Hands every call on to another walk. */
public class ForwardingWalk implements FolioWalk {
    private final FolioWalk delegate;

    /** Something around a walk. */
    public ForwardingWalk(FolioWalk delegate) {
        this.delegate = delegate;
    }

    @Override
    public Folio folio() {
        return delegate.folio();
    }

    @Override
    public long index() {
        return delegate.index();
    }

    @Override
    public long lastIndex() {
        return delegate.lastIndex();
    }

    @Override
    public WalkPurpose purpose() {
        return delegate.purpose();
    }

    @Override
    public WalkMode mode() {
        return delegate.mode();
    }

    @Override
    public boolean isCheck() {
        return delegate.isCheck();
    }

    @Override
    public long hits() {
        return delegate.hits();
    }

    @Override
    public boolean allFound() {
        return delegate.allFound();
    }

    @Override
    public boolean scan(AddressSpace space, long start, long end, EntryScan scan) {
        return delegate.scan(space, start, end, scan);
    }

    @Override
    public boolean isSplitting() {
        return delegate.isSplitting();
    }

    @Override
    public boolean candidate(Vma vma, long address) {
        return delegate.candidate(vma, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        return delegate.candidate(space, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address, Vma likely) {
        return delegate.candidate(space, address, likely);
    }

    @Override
    public int moves(AddressSpace space) {
        return delegate.moves(space);
    }

    @Override
    public boolean candidate(AddressSpace space) {
        return delegate.candidate(space);
    }

    @Override
    public void indexNode() {
        delegate.indexNode();
    }

    @Override
    public void context() {
        delegate.context();
    }
}
