package io.github.rmap4j.tck.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

@DisplayName("The kit as a Jupiter test")
class ConformanceTestTest {
    /** Finds nothing. */
    private static final class Blind implements RmapStrategyProvider {
        @Override
        public String name() {
            return "blind";
        }

        @Override
        public String description() {
            return "Finds nothing.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new ForwardingStrategy(Strategies.find("anonvma").create(context)) {
                @Override
                public WalkOutcome walk(FolioWalk walk) {
                    return WalkOutcome.COMPLETE;
                }
            };
        }
    }

    private static final class BlindConformanceTest extends ConformanceTest {
        @Override
        protected RmapStrategyProvider strategy() {
            return new Blind();
        }
    }

    private static List<DynamicNode> replay(String word) {
        System.setProperty("tck.replay", word);
        return new BlindConformanceTest().rules().toList();
    }

    private static DynamicTest only(DynamicNode area) {
        return (DynamicTest) ((DynamicContainer) area).getChildren().findFirst().orElseThrow();
    }

    @AfterEach
    void forgetReplay() {
        System.clearProperty("tck.replay");
    }

    @Test
    @DisplayName("names the rule in the first line of the failure, and the line that repeats it in the last")
    void violated() {
        List<DynamicNode> nodes = replay("WALK-1/1");
        assertThat(nodes)
                .extracting(DynamicNode::getDisplayName)
                .hasSize(2)
                .first()
                .isEqualTo("Walks");
        DynamicTest test = only(nodes.get(0));
        assertThat(test.getDisplayName())
                .isEqualTo("WALK-1: A walk reports every page-table entry that maps the folio.");
        assertThatThrownBy(() -> test.getExecutable().execute())
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageStartingWith("rule WALK-1 is violated by blind: ")
                .hasMessageEndingWith("replay: mvn test -Dtest=BlindConformanceTest -Dtck.replay=WALK-1/1");
    }

    @Test
    @DisplayName("shows what was not checked as skipped, and fails if that is all")
    void untested() {
        List<DynamicNode> nodes = replay("WALK-11");
        assertThatThrownBy(() -> only(nodes.get(0)).getExecutable().execute())
                .isInstanceOf(TestAbortedException.class)
                .hasMessage("untested: it has no setting that can be changed while it works");
        DynamicTest summary = (DynamicTest) nodes.get(1);
        assertThat(summary.getDisplayName()).startsWith("blind does not conform: 0 passed");
        assertThatThrownBy(() -> summary.getExecutable().execute())
                .isInstanceOf(AssertionFailedError.class)
                .hasMessage("no rule was checked");
    }
}
