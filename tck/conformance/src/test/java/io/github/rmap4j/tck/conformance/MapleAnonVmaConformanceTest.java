package io.github.rmap4j.tck.conformance;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.junit.ConformanceTest;
import org.junit.jupiter.api.DisplayName;

@DisplayName("anonvma-maple conforms")
class MapleAnonVmaConformanceTest extends ConformanceTest {
    @Override
    protected RmapStrategyProvider strategy() {
        return Strategies.find("anonvma-maple");
    }
}
