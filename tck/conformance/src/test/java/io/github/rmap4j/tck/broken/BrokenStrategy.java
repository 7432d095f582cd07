package io.github.rmap4j.tck.broken;

import io.github.rmap4j.spi.RmapStrategyProvider;

/**
 * A strategy that is right but for one slip.
 *
 * @param rule the rule that catches it
 * @param base the strategy that is right
 * @param slip what it does wrong
 * @param provider creates it
 */
record BrokenStrategy(String rule, String base, String slip, RmapStrategyProvider provider) {
    String name() {
        return base + ": " + slip;
    }

    @Override
    public String toString() {
        return rule + " " + name();
    }
}
