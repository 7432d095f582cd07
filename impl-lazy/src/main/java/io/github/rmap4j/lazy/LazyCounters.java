package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.EventCounter;
import io.github.rmap4j.spi.StrategyContext;

/** What only these strategies cost. */
final class LazyCounters {
    final EventCounter upgrades;
    final EventCounter refusedUpgrades;
    final EventCounter repaired;
    final EventCounter forwarded;
    final EventCounter lookups;
    final EventCounter zombies;
    final EventCounter references;
    final EventCounter missedMerges;
    final EventCounter absorbedRoots;
    final EventCounter failedTrylocks;
    final EventCounter shared;
    final EventCounter reused;

    LazyCounters(StrategyContext context) {
        upgrades = context.counter(
                "lazy_upgrades", "root families", "Root families that fork, mremap or KSM gave an anon_vma.");
        refusedUpgrades =
                context.counter("lazy_refused_upgrades", "root families", "Upgrades for which there was no memory.");
        repaired = context.counter(
                "lazy_repaired_folios",
                "folios",
                "Folios that named a root and were made to name an anon_vma when fork copied an entry, on swap-in or for"
                        + " migration.");
        forwarded = context.counter(
                "lazy_forwarded_walks", "walks", "Walks of folios that still named a root which had been upgraded.");
        lookups = context.counter(
                "lazy_vma_lookups",
                "lookups",
                "Searches of a VMA tree (mm_mt) for what overlaps a folio, where an anon_vma would have listed it.");
        zombies = context.counter(
                "lazy_zombies",
                "VMAs",
                "Root VMAs that are kept although they have left the layout or begun anew, at the end.");
        references = context.counter(
                "lazy_root_references",
                "references",
                "VMAs that have a root, their own VMA or another one, at the end.");
        missedMerges = context.counter(
                "lazy_missed_merges",
                "merges",
                "Merges that failed for no other reason than different roots, or because only one of the two is lazy; Linux may"
                        + " have merged, if the two shared an anon_vma.");
        absorbedRoots = context.counter(
                "lazy_absorbed_roots", "root VMAs", "Roots that became part of another one by a merge.");
        failedTrylocks = context.counter(
                "lazy_failed_trylocks",
                "attempts",
                "Migrations, splits and KSM merges given up because the VMA lock was not free.");
        shared = context.counter(
                "anon_vma_shared", "VMAs", "VMAs that took a neighbour's anon_vma at their first anonymous page.");
        reused = context.counter(
                "anon_vma_reused", "VMAs", "VMAs that took an idle ancestor's anon_vma instead of a new one.");
    }
}
