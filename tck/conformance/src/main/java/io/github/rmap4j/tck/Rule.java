package io.github.rmap4j.tck;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.check.RuleBook;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule that strategies are checked against.
 *
 * @param id its name, such as {@code MOVE-2}
 * @param area what it is about
 * @param level how much it weighs
 * @param sentence the rule
 * @param needs capabilities without which it does not apply
 * @param scenarios the numbered scenarios that it stands for, in order
 * @param hints what to check in a strategy that breaks it
 * @param untested why the kit cannot check it, or null if it does
 * @since 0.1
 */
public record Rule(
        String id,
        Area area,
        Level level,
        String sentence,
        Set<Capability> needs,
        List<SpecScenario> scenarios,
        List<String> hints,
        @Nullable String untested) {
    /**
     * Copies the collections.
     *
     * @param id its name
     * @param area what it is about
     * @param level how much it weighs
     * @param sentence the rule
     * @param needs capabilities without which it does not apply
     * @param scenarios the numbered scenarios that it stands for
     * @param hints what to check in a strategy that breaks it
     * @param untested why the kit cannot check it, or null
     */
    public Rule {
        needs = Set.copyOf(needs);
        scenarios = scenarios.stream().sorted().toList();
        hints = List.copyOf(hints);
    }

    /**
     * Every rule.
     *
     * @return the catalogue, in the order of the rules page
     */
    public static List<Rule> all() {
        return RuleBook.shipped().rules();
    }

    /**
     * The rule of an id.
     *
     * @param id the id
     * @return the rule
     * @throws IllegalArgumentException if there is none
     */
    public static Rule of(String id) {
        return RuleBook.shipped().rule(id);
    }

    @Override
    public String toString() {
        return id;
    }
}
