package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.stress.WalkPromises;
import java.util.Map;

/** The rules that no memory program can express. */
final class RuleChecks {
    static final Map<String, RuleCheck> SINGLE_THREADED = Map.ofEntries(
            Map.entry("WALK-4", WalkRules::stopped),
            Map.entry("WALK-5", WalkRules::contended),
            Map.entry("WALK-6", WalkRules::unmapped),
            Map.entry("WALK-7", WalkRules::purposes),
            Map.entry("WALK-8", WalkRules::alone),
            Map.entry("WALK-9", WalkRules::givenUp),
            Map.entry("WALK-10", WalkRules::own),
            Map.entry("WALK-11", AccountingRules::settings),
            Map.entry("MOVE-11", CapabilityRules::userfaultMoves),
            Map.entry("ACCOUNTING-2", AccountingRules::walkCosts),
            Map.entry("ACCOUNTING-3", AccountingRules::looking),
            Map.entry("LEAK-2", AccountingRules::bounded),
            Map.entry("LEAK-3", AccountingRules::dynasty),
            Map.entry("ERROR-3", CapabilityRules::refused));

    static final Map<String, RuleCheck> THREADED = Map.ofEntries(
            Map.entry("CONCURRENCY-1", FamilyRules::anchors),
            Map.entry("CONCURRENCY-2", subject -> promises(subject).movedPage()),
            Map.entry("CONCURRENCY-3", subject -> promises(subject).pageInChangingLayout()),
            Map.entry("CONCURRENCY-4", subject -> promises(subject).dynasty()),
            Map.entry("CONCURRENCY-5", subject -> promises(subject).keptWhileOthersComeAndGo()),
            Map.entry("CONCURRENCY-6", FamilyRules::isolation),
            Map.entry("CONCURRENCY-7", FamilyRules::everything));

    private static final int CHANGES = 1000;

    private RuleChecks() {}

    private static WalkPromises promises(Subject subject) {
        return new WalkPromises(subject.checkedBuilder().build(), CHANGES * subject.thorough());
    }
}
