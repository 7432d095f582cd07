package io.github.rmap4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.tck.strategy.ScanAllStrategy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A run of the kit")
class ConformanceApiTest {
    /** A strategy of some name with some capabilities. */
    private record Named(String name, Set<Capability> capabilities) implements RmapStrategyProvider {
        @Override
        public String description() {
            return "Scans everything.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new ScanAllStrategy.Provider().create(context);
        }
    }

    @Test
    @DisplayName("fails for a strategy that is not there, and says which are")
    void unknownProvider() {
        assertThatThrownBy(() -> Conformance.of("acme"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no strategy 'acme'; available: [anonvma, anonvma-maple, cowctx, ");
    }

    @Test
    @DisplayName("fails for a name that somebody else has, or that is none")
    void names() {
        assertThatThrownBy(() -> Conformance.of(new Named("anonvma", Set.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("two providers have the name 'anonvma': ");
        assertThatThrownBy(() -> Conformance.of(new Named("No Name", Set.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strategy name 'No Name' is not of the form [a-z0-9-]+");
        assertThat(Conformance.of(Strategies.find("lazy:merge=same-base"))).isNotNull();
    }

    @Test
    @DisplayName("fails for capabilities that do not go together")
    void capabilities() {
        Conformance conformance = Conformance.of(new Named("half", EnumSet.of(Capability.LARGE_FOLIOS)));
        assertThatThrownBy(conformance::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a strategy with large-folios needs migration, too");
        assertThatThrownBy(() -> Capability.of("magic"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no capability 'magic'; there are [swap, migration, ");
    }

    @Test
    @DisplayName("leaves out what a strategy does not declare, and says so")
    void undeclared() {
        ConformanceReport report =
                Conformance.of(new Named("plain", Set.of())).quick().run();
        assertThat(report.passed()).as(report.text()).isTrue();
        assertThat(report.result(Rule.of("SWAP-1")))
                .isEqualTo(new RuleResult.NotApplicable(Rule.of("SWAP-1"), Set.of(Capability.SWAP)));
        assertThat(report.text())
                .contains(
                        "KSM-4          must   not applicable undeclared: swap, migration, ksm",
                        "CONCURRENCY-1  must   untested       not part of a quick run",
                        "ERROR-3        must   passed",
                        "\nplain conforms: ");
    }

    @Test
    @DisplayName("accepts a waiver that says why, and no other")
    void waivers() {
        assertThatThrownBy(() -> new Waiver("WALK-9", " ", "README.md"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the waiver of WALK-9 needs a reason and a link");
        assertThatThrownBy(() -> Waiver.parse("WALK-9 README.md"))
                .hasMessage("expected 'RULE LINK REASON', found 'WALK-9 README.md'");
        assertThatThrownBy(() -> Waiver.parse("WALK-99 README.md it is so"))
                .hasMessageStartingWith("no rule 'WALK-99'");
        Waiver waiver = Waiver.parse(" WALK-9  README.md  it looks everywhere ");
        assertThat(waiver).isEqualTo(new Waiver("WALK-9", "it looks everywhere", "README.md"));
        Conformance conformance = Conformance.of(new Named("plain", Set.of())).waive(waiver);
        assertThatThrownBy(() -> conformance.waive(waiver)).hasMessage("two waivers of WALK-9");
        ConformanceReport report = conformance
                .waive(new Waiver("WALK-1", "it was so once", "README.md"))
                .quick()
                .run();
        assertThat(report.result(Rule.of("WALK-9"))).isInstanceOf(RuleResult.Waived.class);
        assertThat(report.problems())
                .containsExactly("the waiver of WALK-1 is not needed any more: the rule is passed");
        assertThat(report.passed()).isFalse();
        assertThat(report.text())
                .contains("WALK-9         should waived         it looks everywhere (README.md)")
                .contains("problem: the waiver of WALK-1 is not needed any more");
    }

    @Test
    @DisplayName("fails when it checks nothing")
    void nothing() {
        ConformanceReport report = new ConformanceReport(
                "empty",
                List.of(new RuleResult.Untested(Rule.of("WALK-1"), "")),
                List.of("no rule was checked"),
                0,
                word -> word);
        assertThat(report.passed()).isFalse();
        assertThat(report.summary()).startsWith("empty does not conform: 0 passed");
    }

    @Test
    @DisplayName("repeats what a failure names, and nothing else")
    void replay() {
        Conformance conformance = Conformance.of("anonvma");
        for (String word : List.of("WALK-1/2", "WALK-4", "MOVE-1/3!2", "recording:fork-1", "mixed-999999")) {
            ConformanceReport report = conformance.replay(word);
            assertThat(report.passed()).as(word).isTrue();
            assertThat(report.checks()).as(word).isEqualTo(1);
        }
        assertThatThrownBy(() -> conformance.replay("WALK-1/99"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is nothing to replay called 'WALK-1/99': expected a rule (WALK-4), ");
    }

    @Test
    @DisplayName("gives the same result twice")
    void deterministic() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            texts.add(Conformance.of(new Named("plain", Set.of())).quick().run().text());
        }
        assertThat(texts.get(0)).isEqualTo(texts.get(1));
    }
}
