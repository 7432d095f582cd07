package io.github.rmap4j.lab.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How often each kind of operation ran and how long that took. */
public final class OperationTimes {
    /** The order in which the recorder of the live kernel prints them; others follow by name. */
    private static final List<String> ORDER = List.of(
            "mmap", "munmap", "mprotect", "mremap", "write", "read", "madvise", "fork", "exit", "mlock", "munlock");

    private final Map<String, Total> totals = new HashMap<>();

    /** Nothing has run. */
    public OperationTimes() {}

    /**
     * The sum over one kind.
     *
     * @param name the operation
     * @param count how often it ran
     * @param nanoseconds how long all of them took
     */
    public record Total(String name, long count, long nanoseconds) {
        /**
         * The total as a line, in the form of the recorder of the live kernel.
         *
         * @return {@code NAME n=COUNT total_us=T ns_per_op=X}
         */
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%s n=%d total_us=%.1f ns_per_op=%.0f",
                    name,
                    count,
                    nanoseconds / 1e3,
                    (double) nanoseconds / count);
        }
    }

    /**
     * Adds one operation.
     *
     * @param name its kind
     * @param nanoseconds how long it took
     */
    public void add(String name, long nanoseconds) {
        Total before = totals.get(name);
        totals.put(
                name,
                before == null
                        ? new Total(name, 1, nanoseconds)
                        : new Total(name, before.count() + 1, before.nanoseconds() + nanoseconds));
    }

    /**
     * The totals.
     *
     * @return in a fixed order
     */
    public Collection<Total> totals() {
        List<Total> sorted = new ArrayList<>(totals.values());
        sorted.sort(Comparator.comparingInt((Total total) -> {
                    int position = ORDER.indexOf(total.name());
                    return position < 0 ? ORDER.size() : position;
                })
                .thenComparing(Total::name));
        return sorted;
    }

    /**
     * All operations.
     *
     * @return how many
     */
    public long count() {
        return totals.values().stream().mapToLong(Total::count).sum();
    }

    /**
     * The time of all operations.
     *
     * @return nanoseconds
     */
    public long nanoseconds() {
        return totals.values().stream().mapToLong(Total::nanoseconds).sum();
    }
}
