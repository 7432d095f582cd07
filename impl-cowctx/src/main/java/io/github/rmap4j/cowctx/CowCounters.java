package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.EventCounter;
import io.github.rmap4j.spi.StrategyContext;

/** What only this strategy costs. */
final class CowCounters {
    final EventCounter dead;
    final EventCounter probes;
    final EventCounter remapProbes;
    final EventCounter rewalks;
    final EventCounter remaps;
    final EventCounter rehomed;
    final EventCounter merges;
    final EventCounter falseContexts;
    final EventCounter collapses;

    CowCounters(StrategyContext context) {
        dead = context.counter(
                "cow_dead_contexts", "contexts", "Contexts whose space has exited, kept by those below, at the end.");
        probes = context.counter("cow_probes", "probes", "Looks at an address where a folio may be mapped unmoved.");
        remapProbes = context.counter(
                "cow_remap_probes", "probes", "Looks at an address to which pages may have been moved.");
        rewalks = context.counter(
                "cow_reprobes", "rounds", "Spaces that were looked at again because pages moved meanwhile.");
        remaps = context.counter("cow_remap_ranges", "ranges", "Ranges of indices in remap trees, at the end.");
        rehomed = context.counter(
                "cow_lowered_folios", "folios", "Folios that were moved down to the context of their only user.");
        collapses =
                context.counter("cow_collapsed_contexts", "contexts", "Dead contexts whose children took their place.");
        falseContexts = context.counter(
                "cow_false_contexts", "contexts", "Contexts that were entered and did not map the folio.");
        merges = context.counter(
                "cow_merges_of_faulted",
                "merges",
                "Merges of two faulted VMAs, which anon_vma allows only if both have the same one.");
    }
}
