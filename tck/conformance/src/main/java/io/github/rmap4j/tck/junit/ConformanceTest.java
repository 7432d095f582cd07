package io.github.rmap4j.tck.junit;

import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.Area;
import io.github.rmap4j.tck.Conformance;
import io.github.rmap4j.tck.ConformanceReport;
import io.github.rmap4j.tck.Level;
import io.github.rmap4j.tck.RuleResult;
import io.github.rmap4j.tck.Waiver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Checks a strategy against every rule: one test for each, and a table on standard output.
 *
 * <pre>{@code
 * class AcmeConformanceTest extends ConformanceTest {
 *     @Override
 *     protected RmapStrategyProvider strategy() {
 *         return new AcmeStrategyProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>{@code -Dtck.thorough=N} runs N times as many random programs, {@code -Dtck.quick=true} only the
 * programs of the rules, {@code -Dtck.replay=WORD} repeats one failure.
 *
 * @since 0.1
 */
public abstract class ConformanceTest {
    /** For subclasses. */
    protected ConformanceTest() {}

    /**
     * The strategy; {@link io.github.rmap4j.api.Strategies#find} has it by name.
     *
     * @return its provider
     */
    protected abstract RmapStrategyProvider strategy();

    /**
     * The rules that the strategy is known to break.
     *
     * @return none unless overridden
     */
    protected List<Waiver> waivers() {
        return List.of();
    }

    /**
     * Changes what is run, for instance to {@link Conformance#quick()} for a variant of a strategy that is checked in full
     * elsewhere. Not asked when one failure is replayed.
     *
     * @param run what is about to be run, with the settings of the system properties
     * @since 0.2
     */
    protected void configure(Conformance run) {}

    /**
     * Checks everything, then gives one test for each rule.
     *
     * @return the rules by area, and whatever else makes the run fail
     */
    @TestFactory
    @DisplayName("Rules")
    final Stream<DynamicNode> rules() {
        Conformance conformance = Conformance.of(strategy())
                .thorough(Integer.getInteger("tck.thorough", 1))
                .replayLine(word -> "mvn test -Dtest=" + getClass().getSimpleName() + " -Dtck.replay=" + word);
        String replay = System.getProperty("tck.replay");
        ConformanceReport report;
        if (replay == null) {
            waivers().forEach(conformance::waive);
            if (Boolean.getBoolean("tck.quick")) {
                conformance.quick();
            }
            configure(conformance);
            report = conformance.run();
        } else {
            report = conformance.replay(replay);
        }
        System.out.print(report.text());
        List<DynamicNode> nodes = new ArrayList<>();
        Arrays.stream(Area.values()).forEach(area -> {
            List<DynamicTest> tests = report.results().stream()
                    .filter(result -> result.rule().area() == area)
                    .map(result -> test(report, result))
                    .toList();
            if (!tests.isEmpty()) {
                nodes.add(DynamicContainer.dynamicContainer(area.title(), tests));
            }
        });
        nodes.add(DynamicTest.dynamicTest(report.summary(), () -> {
            if (!report.problems().isEmpty()) {
                throw new AssertionFailedError(String.join("; ", report.problems()));
            }
        }));
        return nodes.stream();
    }

    private static DynamicTest test(ConformanceReport report, RuleResult result) {
        String name = result.rule().id() + ": " + result.rule().sentence();
        return DynamicTest.dynamicTest(name, () -> {
            if (result instanceof RuleResult.Violated violated) {
                if (violated.rule().level() == Level.SHOULD) {
                    throw new TestAbortedException(report.explain(violated));
                }
                throw new AssertionFailedError(report.explain(violated));
            }
            if (!(result instanceof RuleResult.Passed)) {
                throw new TestAbortedException(result.word() + ": " + result.detail());
            }
        });
    }
}
