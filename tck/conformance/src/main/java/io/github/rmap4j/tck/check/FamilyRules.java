package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.tck.stress.FamilyStress;
import io.github.rmap4j.tck.stress.Isolation;

/** Families of processes under random changes by several threads. */
final class FamilyRules {
    private static final int ROUNDS = 12;
    private static final int OPERATIONS = 300;
    private static final int FORKS = 1000;
    private static final int RESIDENT_PAGES = 96;

    private FamilyRules() {}

    /** Pages that stay mapped are found by every walk. */
    static void anchors(Subject subject) {
        stress(subject, FamilyStress.withAnchors(withLargeFolios(subject).build()), 2, 2);
    }

    /** More threads, and more pages than memory. */
    static void everything(Subject subject) {
        stress(subject, FamilyStress.withAnchors(withLargeFolios(subject).build()), 4, 1);
        MemoryManager small =
                withLargeFolios(subject).residentLimit(RESIDENT_PAGES).build();
        stress(subject, FamilyStress.withReclaim(small), 3, 1);
    }

    static void isolation(Subject subject) {
        new Isolation(subject.checkedBuilder().build(), FORKS * subject.thorough()).childKeepsWhatItInherited();
    }

    private static MemoryManager.Builder withLargeFolios(Subject subject) {
        return subject.checkedBuilder().hugepages(2, HugepagePolicy.ALWAYS);
    }

    private static void stress(Subject subject, FamilyStress stress, int mutators, int walkers) {
        for (int round = 1; round <= ROUNDS * subject.thorough(); round++) {
            stress.round(round, mutators, walkers, OPERATIONS);
        }
        stress.end();
    }
}
