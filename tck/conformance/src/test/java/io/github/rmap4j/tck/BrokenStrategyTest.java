package io.github.rmap4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Strategies that get one thing wrong: the kit says which rule they break, by the shortest program. */
@DisplayName("A broken strategy")
class BrokenStrategyTest {
    /** A provider of something around anonvma. */
    private record Broken(BiFunction<StrategyContext, RmapStrategy, RmapStrategy> wrapper)
            implements RmapStrategyProvider {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public String description() {
            return "Gets one thing wrong.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return wrapper.apply(context, Strategies.find("anonvma").create(context));
        }
    }

    private static Conformance conformance(BiFunction<StrategyContext, RmapStrategy, RmapStrategy> wrapper) {
        return Conformance.of(new Broken(wrapper)).replayLine(word -> "tck broken --replay " + word);
    }

    private static Violation firstViolation(ConformanceReport report) {
        assertThat(report.passed()).isFalse();
        return report.violated().get(0).violation();
    }

    private static @Nullable String program(Violation violation) {
        return violation.program() == null ? null : violation.program().text();
    }

    /** Forgets the last candidate of each walk, or of each with more than one. */
    private static final class WithoutLast extends ForwardingStrategy {
        private final int spared;

        WithoutLast(RmapStrategy delegate, int spared) {
            super(delegate);
            this.spared = spared;
        }

        @Override
        public WalkOutcome walk(FolioWalk walk) {
            Delayed delayed = new Delayed(walk);
            WalkOutcome outcome = super.walk(delayed);
            return delayed.end(spared) ? outcome : WalkOutcome.STOPPED;
        }
    }

    private static final class Delayed extends ForwardingWalk {
        private final FolioWalk walk;
        private @Nullable Vma last;
        private long address;
        private int candidates;

        Delayed(FolioWalk walk) {
            super(walk);
            this.walk = walk;
        }

        @Override
        public boolean candidate(Vma vma, long place) {
            boolean goOn = last == null || walk.candidate(last, address);
            last = vma;
            address = place;
            candidates++;
            return goOn;
        }

        boolean end(int spared) {
            return last == null || candidates > spared || walk.candidate(last, address);
        }
    }

    @Test
    @DisplayName("that finds nothing breaks the first rule of walks, and with it nearly all others")
    void nothing() {
        ConformanceReport report = conformance((context, delegate) -> new WithoutLast(delegate, 0))
                .quick()
                .run();
        Violation first = firstViolation(report);
        assertThat(first.cause().id()).isEqualTo("WALK-1");
        assertThat(program(first)).isEqualTo("0 mmap 0 3 rw\n0 write 2 1\n");
        assertThat(report.text())
                .contains(
                        "rule WALK-1 is violated by broken: A walk reports every page-table entry that maps the folio.",
                        "    expected [process 0 page 2]\n    actual   []",
                        "  check: folioMapped: ",
                        "  replay: tck broken --replay WALK-1/1",
                        "FORK-1         must   violated       as WALK-1");
    }

    @Test
    @DisplayName("whose walks miss the last of several candidates breaks the first rule of forks")
    void lastCandidate() {
        ConformanceReport report = conformance((context, delegate) -> new WithoutLast(delegate, 1))
                .quick()
                .run();
        Violation first = firstViolation(report);
        assertThat(first.cause().id()).isEqualTo("FORK-1");
        assertThat(program(first)).isEqualTo("0 mmap 0 1 rw\n0 write 0 1\n0 fork 1\n");
        assertThat(first.expected()).isEqualTo("[process 0 page 0, process 1 page 0]");
        assertThat(first.actual()).isEqualTo("[process 0 page 0]");
        assertThat(report.result(Rule.of("WALK-1"))).isInstanceOf(RuleResult.Passed.class);
        assertThat(report.result(Rule.of("WALK-2"))).isInstanceOf(RuleResult.Passed.class);
    }

    @Test
    @DisplayName("is found by a random program, too")
    void random() {
        ConformanceReport report =
                conformance((context, delegate) -> new WithoutLast(delegate, 1)).replay("fork-1");
        Violation first = firstViolation(report);
        assertThat(first.cause().id()).isEqualTo("FORK-1");
        assertThat(program(first)).isEqualTo("0 mmap 57 3 rw\n0 write 59 1\n0 fork 7\n");
        assertThat(report.text()).contains("replay: tck broken --replay fork-1");
    }

    /** Takes the last page of a VMA for the first one behind it. */
    private static final class OffByOne extends ForwardingStrategy {
        OffByOne(RmapStrategy delegate) {
            super(delegate);
        }

        @Override
        public WalkOutcome walk(FolioWalk walk) {
            return super.walk(new ForwardingWalk(walk) {
                @Override
                public boolean candidate(Vma vma, long address) {
                    return address + MemoryManager.PAGE_SIZE >= vma.end() || super.candidate(vma, address);
                }
            });
        }
    }

    @Test
    @DisplayName("whose ranges are off by one breaks the rule of the ends of VMAs")
    void offByOne() {
        ConformanceReport report = conformance((context, delegate) -> new OffByOne(delegate))
                .quick()
                .run();
        Violation first = firstViolation(report);
        assertThat(first.cause().id()).isEqualTo("WALK-2");
        assertThat(program(first)).isEqualTo("0 mmap 0 3 rw\n0 write 0 3\n");
        assertThat(report.result(Rule.of("WALK-1"))).isInstanceOf(RuleResult.Passed.class);
    }

    private static final class Note extends SlabObject {
        @Override
        protected void poison() {}
    }

    /** Takes a note of every move and never throws it away. */
    private static final class Leaky extends ForwardingStrategy {
        private final Slab<Note> notes;

        Leaky(StrategyContext context, RmapStrategy delegate) {
            super(delegate);
            notes = context.slab("move_note", 32, Note::new);
        }

        @Override
        public void beginMove(PageMove move) {
            notes.allocate();
            super.beginMove(move);
        }
    }

    @Test
    @DisplayName("that frees no object of a move breaks the rules of leaks and no rule of moves")
    void leak() {
        ConformanceReport report = conformance(Leaky::new).quick().run();
        assertThat(report.violated()).extracting(result -> result.rule().id()).contains("LEAK-1", "LEAK-2");
        RuleResult.Violated leak = report.violated().get(0);
        assertThat(leak.rule().id()).isEqualTo("LEAK-1");
        assertThat(program(leak.violation()))
                .matches("(?s)0 mmap .*0 write .*0 mremap .*")
                .hasLineCount(3);
        assertThat(leak.violation().what()).isEqualTo("objects left in slab move_note");
        assertThat(report.result(Rule.of("MOVE-1"))).isInstanceOf(RuleResult.Passed.class);
    }

    /** An exit leaves the chains of its VMAs in the trees. */
    private static final class NotUnlinked extends ForwardingStrategy {
        NotUnlinked(RmapStrategy delegate) {
            super(delegate);
        }

        @Override
        public void vmaUnlinked(Vma vma) {
            AddressSpace space = vma.addressSpace();
            if (space.isAlive()) {
                super.vmaUnlinked(vma);
            }
        }
    }

    @Test
    @DisplayName(
            "that leaves AVCs of VMAs that are gone in its trees is caught by its own invariants or by what is left")
    void notUnlinked() {
        ConformanceReport report = conformance((context, delegate) -> new NotUnlinked(delegate))
                .quick()
                .run();
        assertThat(report.passed()).isFalse();
        assertThat(firstViolation(report).cause().id()).isIn("LEAK-1", "ACCOUNTING-1", "ERROR-2");
    }
}
