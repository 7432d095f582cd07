package io.github.rmap4j.tck.check;

import java.util.Map;

/** The rules that no memory program can express. */
final class RuleChecks {
    static final Map<String, RuleCheck> SINGLE_THREADED = Map.of();

    static final Map<String, RuleCheck> THREADED = Map.of();

    private RuleChecks() {}
}
