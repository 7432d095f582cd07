package io.github.rmap4j.tck.check;

/** A rule that no memory program can express. */
@FunctionalInterface
interface RuleCheck {
    /**
     * Checks it.
     *
     * @param subject the strategy
     * @throws FindingException if it is broken
     * @throws NothingToCheckException if the strategy has nothing that the rule is about
     */
    void check(Subject subject);
}
