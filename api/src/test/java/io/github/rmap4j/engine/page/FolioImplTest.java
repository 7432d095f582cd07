package io.github.rmap4j.engine.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FolioImplTest {
    @Test
    void countsMappingsAndExclusivity() {
        FolioImpl folio = new FolioImpl(3, 99);
        assertThat(folio.mapcount()).isEqualTo(1);
        assertThat(folio.isAnonExclusive()).isTrue();
        folio.shareForFork(0);
        folio.shareForFork(0);
        assertThat(folio.mapcount()).isEqualTo(3);
        assertThat(folio.isAnonExclusive()).isFalse();
        assertThat(folio.unmap(0)).isFalse();
        assertThat(folio.isMappedOnce()).isFalse();
        assertThat(folio.unmap(0)).isFalse();
        assertThat(folio.isMappedOnce()).isTrue();
        assertThat(folio.isAnonExclusive()).isFalse();
        folio.setAnonExclusive();
        assertThat(folio.isAnonExclusive()).isTrue();
        assertThat(folio.unmap(0)).isTrue();
        assertThat(folio.mapcount()).isZero();
        assertThat(folio.isFreed()).isFalse();
        assertThat(folio.free()).isTrue();
        assertThat(folio.isFreed()).isTrue();
    }

    @Test
    void freedFolioCannotBeUnmapped() {
        FolioImpl folio = new FolioImpl(0, 0);
        assertThat(folio.unmap(0)).isTrue();
        assertThatThrownBy(() -> folio.unmap(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void idsAreGivenOnceAndDiffer() {
        FolioImpl one = new FolioImpl(0, 0);
        FolioImpl other = new FolioImpl(0, 0);
        assertThat(one.id()).isPositive().isEqualTo(one.id()).isNotEqualTo(other.id());
    }

    @Test
    void pagesOutsideOfTheFolioAreRefused() {
        FolioImpl folio = new FolioImpl(0, 0);
        assertThatThrownBy(() -> folio.mapcount(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> folio.content(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
