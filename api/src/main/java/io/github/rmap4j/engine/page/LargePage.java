package io.github.rmap4j.engine.page;

/** A page of a large folio. Its map count and mark are guarded by the folio's monitor, see {@link LargeFolio}. */
public final class LargePage extends AnonPage {
    private final LargeFolio folio;
    private final int pageIndex;
    private long content;
    int mapcount;
    boolean exclusive;

    LargePage(LargeFolio folio, int pageIndex) {
        this.folio = folio;
        this.pageIndex = pageIndex;
    }

    @Override
    public LargeFolio folio() {
        return folio;
    }

    @Override
    public int pageIndex() {
        return pageIndex;
    }

    @Override
    public long content() {
        return content;
    }

    @Override
    public void setContent(long word) {
        content = word;
    }

    @Override
    public boolean isAnonExclusive() {
        return folio.isAnonExclusive(pageIndex);
    }

    @Override
    public void setAnonExclusive() {
        folio.setAnonExclusive(this);
    }

    @Override
    public void shareForFork(int space) {
        folio.share(this, space);
    }

    @Override
    public void map(int space) {
        folio.map(this, space);
    }

    @Override
    public boolean unmap(int space) {
        return folio.unmap(this, space);
    }
}
