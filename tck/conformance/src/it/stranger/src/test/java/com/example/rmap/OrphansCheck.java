package com.example.rmap;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.tck.junit.ConformanceTest;

/** Not one of the tests by its name: it must fail, because children do not join their parent's family. */
class OrphansCheck extends ConformanceTest {
    @Override
    protected RmapStrategyProvider strategy() {
        return new RmapStrategyProvider() {
            @Override
            public String name() {
                return "orphans";
            }

            @Override
            public String description() {
                return "Loses children.";
            }

            @Override
            public RmapStrategy create(StrategyContext context) {
                return new FamilyScanStrategy(context) {
                    @Override
                    public void forkBegin(AddressSpace parent, AddressSpace child) {}
                };
            }
        };
    }
}
