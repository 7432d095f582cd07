package io.github.rmap4j.tck.conformance;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.Conformance;
import io.github.rmap4j.tck.Waiver;
import io.github.rmap4j.tck.junit.ConformanceTest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("lazy-gki conforms")
class LazyGkiConformanceTest extends ConformanceTest {
    @Override
    protected RmapStrategyProvider strategy() {
        return Strategies.find("lazy-gki");
    }

    @Override
    protected List<Waiver> waivers() {
        String reason = "two VMAs that were faulted apart have two roots, which do not become one";
        return List.of(new Waiver("LINUX-3", reason, "impl-lazy/README.md"));
    }

    /** The full kit runs for lazy; {@code rmap4j-lab tck} runs it for any. */
    @Override
    protected void configure(Conformance run) {
        run.quick();
    }
}
