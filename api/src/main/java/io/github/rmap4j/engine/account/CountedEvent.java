package io.github.rmap4j.engine.account;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.spi.EventCounter;

/** An event counter of the strategy. */
public final class CountedEvent implements EventCounter {
    private final Accounts accounts;
    private final int index;
    private final String name;
    private final String unit;
    private final String description;

    /**
     * A counter.
     *
     * @param accounts where to count
     * @param name its name
     * @param unit what it counts
     * @param description one sentence
     */
    public CountedEvent(Accounts accounts, String name, String unit, String description) {
        this.accounts = accounts;
        this.index = accounts.reserve(1);
        this.name = name;
        this.unit = unit;
        this.description = description;
    }

    @Override
    public void add(long n) {
        accounts.current().add(index, n);
    }

    /**
     * The cost.
     *
     * @return a snapshot
     */
    public CostReport.EventCost cost() {
        return new CostReport.EventCost(name, unit, description, accounts.total(index));
    }
}
