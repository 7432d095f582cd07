package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Folio;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** folio_referenced: how access sampling and reclaim learn who has used a page. */
@DisplayName("Referenced pages")
class ReferencedTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private int referenced(int process, int page) {
        Folio folio = Objects.requireNonNull(machine.space(process).folioAt(address(page)));
        return machine.manager().referenced(folio);
    }

    @Test
    @DisplayName("each use counts once, in each process that used the page")
    void countsUses() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 fork 1", "0 fork 2");
        assertThat(referenced(0, 0)).isEqualTo(1);
        assertThat(referenced(0, 0)).isZero();
        machine.run("1 read 0 1", "2 read 0 1", "2 read 0 1");
        assertThat(referenced(0, 0)).isEqualTo(2);
        machine.run("1 write 0 1");
        assertThat(referenced(1, 0)).isEqualTo(1);
        assertThat(referenced(0, 0)).isZero();
        assertThat(referenced(0, 1)).isEqualTo(1);
    }

    @Test
    @DisplayName("uses of VMAs that are read in sequence or at random say nothing")
    void noRecency() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "1 madvise 0 1 sequential", "1 read 0 1", "0 read 0 1");
        assertThat(referenced(0, 0)).isEqualTo(1);
    }

    @Test
    @DisplayName("the walk ends at the last mapping")
    void endsEarly() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "1 write 0 1", "2 write 0 1");
        long before = machine.manager().costs().walks().visited().sum();
        assertThat(referenced(0, 0)).isEqualTo(1);
        assertThat(machine.manager().costs().walks().visited().sum() - before).isEqualTo(1);
    }
}
