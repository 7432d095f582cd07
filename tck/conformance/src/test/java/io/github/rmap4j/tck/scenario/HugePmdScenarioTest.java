package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Folios of 2 MiB that one entry maps: scenarios 67 to 70, and what splits the entry or keeps it whole. */
@DisplayName("Folios of 2 MiB")
class HugePmdScenarioTest {
    private static final int HUGE = 512;

    @RegisterExtension
    final Scenario machine = Scenario.with(MemoryManager.builder()
            .strategy("anonvma")
            .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE)
            .hugepages(4, HugepagePolicy.MADVISE));

    private void hugePage() {
        machine.run("0 mmap 0 1024 rw", "0 madvise 0 1024 hugepage", "0 write 7 1");
        machine.folioRun(0, 0, HUGE, HUGE, 0).slabs(1, 1);
    }

    private Folio folio(int process, int page) {
        return Objects.requireNonNull(machine.space(process).folioAt(address(page)));
    }

    @Test
    @DisplayName("67: after a fork each writer gets a small page, the others stay shared")
    void copyOnWrite() {
        hugePage();
        machine.run("0 fork 1").mapcounts(0, 0, 2, 2, 2).mapcounts(1, 511, 2);
        machine.run("1 write 0 1").folioRun(1, 0, 1, 1, 0);
        machine.mapcounts(1, 0, 1, 2, 2).mapcounts(0, 0, 1, 2, 2);
        machine.page(1, 0).exclusive();
        machine.run("0 write 1 1")
                .folioRun(0, 1, 1, 1, 0)
                .mapcounts(1, 0, 1, 1, 2)
                .mapcounts(0, 0, 1, 1, 2);
    }

    @Test
    @DisplayName("68: the first read maps the huge zero page and prepares; a write replaces it as a whole")
    void zeroPage() {
        machine.run("0 mmap 0 512 rw", "0 madvise 0 512 hugepage", "0 read 3 1").slabs(1, 1);
        machine.entries(0, 0, "zz").entries(0, 510, "zz.");
        machine.run("0 fork 1").entries(1, 0, "zz");
        machine.run("1 write 5 1").folioRun(1, 0, HUGE, HUGE, 0).entries(0, 0, "zz");
        machine.run("0 mprotect 0 1 r").entries(0, 0, "zz").run("0 write 9 1").entries(0, 8, "zaz");
    }

    @Test
    @DisplayName("69: mprotect or munmap of a half leaves the folio whole, mapped page by page")
    void parts() {
        hugePage();
        machine.run("0 mprotect 0 256 r")
                .folioRun(0, 0, HUGE, HUGE, 0)
                .mapcounts(0, 0, 1)
                .mapcounts(0, 511, 1);
        machine.run("0 munmap 256 256").folioRun(0, 0, 256, HUGE, 0);
        assertThat(folio(0, 0).mapcount()).isEqualTo(256);
    }

    @Test
    @DisplayName("70: the only process left writes to the same folio")
    void reuse() {
        hugePage();
        long frame = machine.frame(0, 9);
        machine.run("0 fork 1", "0 exit", "1 write 9 1");
        assertThat(machine.frame(1, 9)).isEqualTo(frame);
        assertThat(folio(1, 9).isAnonExclusive(9)).isTrue();
        assertThat(folio(1, 9).isAnonExclusive(10)).isTrue();
    }

    @Test
    @DisplayName("a walk reports the folio once for each process, split or not")
    void walk() {
        hugePage();
        machine.run("0 fork 1");
        machine.page(0, 0).index(Scenario.ARENA_PAGE).order(0, 1);
        machine.run("1 mprotect 16 16 r");
        machine.page(0, 0).order(0, 1, 1, 1);
    }

    @Test
    @DisplayName("mremap keeps the entry whole when both places are aligned, and splits it otherwise")
    void mremap() {
        hugePage();
        machine.run("0 mremap 0 512 2048 512").folioRun(0, 2048, HUGE, HUGE, 0).entries(0, 0, ".");
        machine.run("0 fork 1", "0 exit", "1 write 2050 1");
        assertThat(folio(1, 2051).isAnonExclusive(3)).as("the entry was whole").isTrue();
        machine.run("1 mremap 2048 512 4104 512").folioRun(1, 4104, HUGE, HUGE, 0);
        machine.run("1 fork 2", "1 exit", "2 write 4105 1");
        assertThat(folio(2, 4106).isAnonExclusive(2)).as("the entry was split").isFalse();
    }

    @Test
    @DisplayName("munmap, DONTNEED and exit take the whole entry away; then another may come")
    void zap() {
        hugePage();
        long frame = machine.frame(0, 0);
        machine.run("0 madvise 0 512 dontneed")
                .entries(0, 0, ".")
                .run("0 write 1 1")
                .folioRun(0, 0, HUGE, HUGE, 0);
        assertThat(machine.frame(0, 0)).isNotEqualTo(frame);
        machine.run("0 madvise 0 8 dontneed").entries(0, 0, "........a").folioRun(0, 8, 504, HUGE, 8);
        machine.run("0 write 0 1").folioRun(0, 0, 1, 1, 0);
        machine.run("0 madvise 0 16 dontneed", "0 write 0 1").folioRun(0, 0, 16, 16, 0);
    }

    @Test
    @DisplayName("migration moves the entry as a whole")
    void migrate() {
        hugePage();
        machine.run("0 fork 1");
        long frame = machine.frame(0, 0);
        machine.run("0 migrate 5 1")
                .folioRun(0, 0, HUGE, HUGE, 0)
                .mapcounts(0, 0, 2)
                .mapcounts(1, 511, 2);
        assertThat(machine.frame(0, 0)).isNotEqualTo(frame);
        machine.run("0 exit", "1 write 9 1");
        assertThat(folio(1, 10).isAnonExclusive(10)).as("the entry was whole").isTrue();
    }

    @Test
    @DisplayName("a split of the folio splits the entries of all processes")
    void split() {
        machine.run("0 mmap 0 512 rw", "0 madvise 0 512 hugepage", "0 write 0 512", "0 fork 1", "0 split 0 1");
        machine.folioRun(0, 3, 1, 1, 0).folioRun(1, 511, 1, 1, 0).mapcounts(0, 0, 2, 2);
    }

    @Test
    @DisplayName("swap takes the pages one by one, and they come back small")
    void swap() {
        machine.run("0 mmap 0 512 rw", "0 madvise 0 512 hugepage", "0 write 0 512", "0 madvise 0 512 pageout");
        machine.entries(0, 0, "ss").swapSlots(HUGE);
        machine.run("0 read 0 1").folioRun(0, 0, 1, 1, 0);
    }

    @Test
    @DisplayName("uses of the whole entry count once")
    void referenced() {
        hugePage();
        Folio folio = folio(0, 0);
        assertThat(machine.manager().referenced(folio)).isEqualTo(1);
        assertThat(machine.manager().isYoung(folio)).isFalse();
        machine.run("0 read 100 1");
        assertThat(machine.manager().isYoung(folio)).isTrue();
        assertThat(machine.manager().isYoung(folio))
                .as("asking changes nothing")
                .isTrue();
        machine.manager().markOld(folio);
        assertThat(machine.manager().referenced(folio)).isZero();
    }

    @Test
    @DisplayName("collapse gathers pages of every kind in a new folio that is this process's own")
    void collapse() {
        machine.run("0 mmap 0 512 rw", "0 write 0 40", "0 read 50 10", "0 madvise 20 10 pageout", "0 fork 1");
        machine.run("1 write 5 1", "1 collapse 0 512")
                .folioRun(1, 0, HUGE, HUGE, 0)
                .mapcounts(0, 0, 1, 1);
        assertThat(folio(1, 0).isAnonExclusive(300)).isTrue();
        machine.run("1 collapse 0 512");
        long[] words = new long[2];
        machine.call(1, "reads", space -> words[0] = space.read(address(7)));
        machine.call(0, "reads", space -> words[1] = space.read(address(7)));
        assertThat(words[0]).isEqualTo(words[1]).isPositive();
        machine.call(1, "reads", space -> assertThat(space.read(address(55))).isZero());
    }

    @Test
    @DisplayName("what collapse has mapped at once is split at boundaries of VMAs, whatever faults may map")
    void collapseWithoutSetting() {
        Scenario small = Scenario.anonVma().run("0 mmap 0 512 rw", "0 write 0 512", "0 collapse 0 512");
        small.folioRun(0, 0, HUGE, HUGE, 0).run("0 madvise 0 256 dontfork", "0 fork 1");
        small.layout(1, "256-512 rw-p")
                .mapcounts(0, 255, 1, 2)
                .mapcounts(1, 256, 2)
                .end();
    }

    @Test
    @DisplayName("collapse takes the root's lock once")
    void collapseLocks() {
        machine.run("0 mmap 0 512 rw", "0 write 0 40");
        long before = machine.lock("anon_vma").writes();
        machine.run("0 collapse 0 512");
        assertThat(machine.lock("anon_vma").writes() - before).isEqualTo(1);
    }

    @Test
    @DisplayName("a split of a folio takes the root's lock once")
    void splitLocks() {
        hugePage();
        machine.run("0 fork 1");
        long before = machine.lock("anon_vma").writes();
        machine.run("0 split 0 1");
        assertThat(machine.lock("anon_vma").writes() - before).isEqualTo(1);
    }

    @Test
    @DisplayName("collapse fails where no folio of 2 MiB fits, or nothing anonymous was ever there")
    void collapseFails() {
        machine.run("0 mmap 0 512 rw", "0 mmap 1024 500 rw", "0 write 1024 1");
        machine.fails(Errno.EINVAL, "0 collapse 0 512");
        machine.fails(Errno.EINVAL, "0 collapse 1024 500");
        machine.run("0 write 0 1", "0 madvise 0 512 nohugepage");
        machine.fails(Errno.EINVAL, "0 collapse 0 512");
        machine.run("0 madvise 0 512 hugepage").run("0 collapse 0 512");
        machine.fails(Errno.EINVAL, "0 collapse 1 510");
        machine.fails(Errno.ENOMEM, "0 collapse 0 1024");
    }
}
