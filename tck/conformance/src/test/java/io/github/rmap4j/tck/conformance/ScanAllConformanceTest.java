package io.github.rmap4j.tck.conformance;

import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.Conformance;
import io.github.rmap4j.tck.junit.ConformanceTest;
import io.github.rmap4j.tck.strategy.ScanAllStrategy;
import org.junit.jupiter.api.DisplayName;

@DisplayName("scan-all conforms")
class ScanAllConformanceTest extends ConformanceTest {
    @Override
    protected RmapStrategyProvider strategy() {
        return new ScanAllStrategy.Provider();
    }

    /** An example; {@code rmap4j-lab tck} runs it for any. */
    @Override
    protected void configure(Conformance run) {
        run.quick();
    }
}
