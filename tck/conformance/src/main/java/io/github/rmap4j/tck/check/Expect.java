package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.MemoryManager;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What checks that are no programs expect; each throws {@link FindingException}. */
public final class Expect {
    private Expect() {}

    /** Two values that are equal. */
    public static void equal(String what, @Nullable Object expected, @Nullable Object actual) {
        that(what, Objects.equals(expected, actual), expected, actual);
    }

    /** Something that holds. */
    public static void that(String what, boolean holds, @Nullable Object expected, @Nullable Object actual) {
        if (!holds) {
            throw new FindingException(what, String.valueOf(expected), String.valueOf(actual));
        }
    }

    /** Everything that must be there, and perhaps more. */
    public static void contains(String what, Collection<?> expected, Collection<?> actual) {
        that(what, actual.containsAll(expected), "at least " + expected, actual);
    }

    /** Nothing beside what may be there. */
    public static void within(String what, Collection<?> allowed, Collection<?> actual) {
        that(what, allowed.containsAll(actual), "nothing beside " + allowed, actual);
    }

    /** At least one of several things. */
    public static void anyOf(String what, Collection<?> expected, Collection<?> actual) {
        that(what, expected.stream().anyMatch(actual::contains), "any of " + expected, actual);
    }

    /** Nothing twice. */
    public static void noDuplicates(String what, Collection<?> actual) {
        that(what, new HashSet<>(actual).size() == actual.size(), "nothing twice", actual);
    }

    /** No object and no swap slot after the last exit. */
    public static void nothingLeft(MemoryManager manager) {
        equal("swap slots after the last exit", 0L, manager.swapSlots());
        for (CostReport.SlabCost slab : manager.costs().slabs()) {
            equal("objects of slab " + slab.name() + " after the last exit", 0L, slab.live());
        }
    }
}
