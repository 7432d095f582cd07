package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.EventCounter;
import io.github.rmap4j.spi.StrategyContext;

/** What pruning costs, and what it spares. */
final class PrunedCounters {
    final EventCounter older;
    final EventCounter pruned;
    final EventCounter stops;
    final EventCounter surveys;
    final EventCounter surveyedEntries;
    final EventCounter repeats;

    PrunedCounters(StrategyContext context) {
        older = context.counter(
                "cow_older_children", "walks", "Walks that left out all children forked before the folio was mapped.");
        pruned = context.counter(
                "cow_pruned_contexts",
                "contexts",
                "Contexts passed by because they have lost the page they inherited.");
        stops = context.counter("cow_early_stops", "walks", "Walks that ended because every mapping was found.");
        surveys = context.counter(
                "cow_surveys", "surveys", "Walks that looked around in a context that they had entered in vain.");
        surveyedEntries = context.counter(
                "cow_surveyed_entries", "entries", "Page-table entries of anonymous pages that surveys looked at.");
        repeats = context.counter(
                "cow_repeated_walks", "walks", "Walks done again because a dead context was taken out meanwhile.");
    }
}
