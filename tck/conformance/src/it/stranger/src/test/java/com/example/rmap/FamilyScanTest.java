package com.example.rmap;

import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.tck.junit.ConformanceTest;

class FamilyScanTest extends ConformanceTest {
    @Override
    protected RmapStrategyProvider strategy() {
        return new FamilyScanProvider();
    }
}
