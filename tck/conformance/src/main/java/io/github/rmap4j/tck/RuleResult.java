package io.github.rmap4j.tck;

import io.github.rmap4j.spi.Capability;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of one rule.
 *
 * @since 0.1
 */
public sealed interface RuleResult {
    /**
     * The rule.
     *
     * @return the rule
     */
    Rule rule();

    /**
     * The word of the table.
     *
     * @return one or two words
     */
    String word();

    /**
     * What the table says beside the word.
     *
     * @return a short text, or empty
     */
    String detail();

    /**
     * It holds.
     *
     * @param rule the rule
     * @param checks how many programs and checks have shown it
     */
    record Passed(Rule rule, int checks) implements RuleResult {
        @Override
        public String word() {
            return "passed";
        }

        @Override
        public String detail() {
            return "";
        }
    }

    /**
     * It is broken.
     *
     * @param rule the rule
     * @param violation how
     */
    record Violated(Rule rule, Violation violation) implements RuleResult {
        @Override
        public String word() {
            return "violated";
        }

        @Override
        public String detail() {
            return violation.cause().equals(rule)
                    ? ""
                    : "as " + violation.cause().id();
        }
    }

    /**
     * It is broken, and that is known.
     *
     * @param rule the rule
     * @param waiver why
     * @param violation how
     */
    record Waived(Rule rule, Waiver waiver, Violation violation) implements RuleResult {
        @Override
        public String word() {
            return "waived";
        }

        @Override
        public String detail() {
            return waiver.reason() + " (" + waiver.link() + ")";
        }
    }

    /**
     * It does not apply.
     *
     * @param rule the rule
     * @param undeclared what it needs and the strategy does not declare
     */
    record NotApplicable(Rule rule, Set<Capability> undeclared) implements RuleResult {
        /**
         * Copies the set.
         *
         * @param rule the rule
         * @param undeclared what it needs and the strategy does not declare
         */
        public NotApplicable {
            undeclared = Set.copyOf(undeclared);
        }

        @Override
        public String word() {
            return "not applicable";
        }

        @Override
        public String detail() {
            return "undeclared: "
                    + String.join(
                            ", ",
                            new TreeSet<>(undeclared)
                                    .stream().map(Capability::word).toList());
        }
    }

    /**
     * It was not checked.
     *
     * @param rule the rule
     * @param reason why
     */
    record Untested(Rule rule, String reason) implements RuleResult {
        @Override
        public String word() {
            return "untested";
        }

        @Override
        public String detail() {
            return reason;
        }
    }
}
