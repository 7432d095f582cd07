package io.github.rmap4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.strategy.PteChainsStrategy;
import io.github.rmap4j.tck.strategy.ScanAllStrategy;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The strategies of the project, and the worked examples, conform. */
@DisplayName("The project's strategies conform")
class ProjectConformanceTest {
    static Stream<RmapStrategyProvider> strategies() {
        return Stream.concat(
                Stream.of("anonvma", "lazy", "lazy-gki", "lazy-nofork", "cowctx").map(Strategies::find),
                Stream.of(new PteChainsStrategy.Provider(), new ScanAllStrategy.Provider()));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void conforms(RmapStrategyProvider strategy) {
        long start = System.nanoTime();
        ConformanceReport report = Conformance.of(strategy).run();
        System.out.println(report.text() + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertThat(report.passed()).as(report.text()).isTrue();
    }
}
