package io.github.rmap4j.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Estimates how much of the anonymous memory is in use, as DAMON does for physical memory (mm/damon/paddr.c): picks folios
 * at random, forgets that they were used, and asks later which of them were used since. Both go through the reverse map, so
 * this is also the workload that access monitoring puts on it.
 *
 * <p>Each {@link #prepare} looks at all page tables, which DAMON need not do: it picks among page frames, of which a
 * simulation has no list. Not safe for several threads; others may use the manager meanwhile.
 *
 * @since 0.1
 */
public final class AccessSampler {
    private final MemoryManager manager;
    private final int samples;
    private final SplittableRandom random;
    private final List<Folio> picked = new ArrayList<>();

    /**
     * A sampler.
     *
     * @param manager whose memory
     * @param samples how many folios to pick at most, at least 1
     * @param seed decides which; the same seed picks the same folios of the same state
     * @throws IllegalArgumentException if samples is less than 1
     */
    public AccessSampler(MemoryManager manager, int samples, long seed) {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1: " + samples);
        }
        this.manager = manager;
        this.samples = samples;
        this.random = new SplittableRandom(seed);
    }

    /**
     * What became of the folios that were picked.
     *
     * @param sampled folios that are still mapped
     * @param young those of them that were used
     * @param gone folios that are not mapped any more
     */
    public record Sample(int sampled, int young, int gone) {}

    /** Picks folios and forgets that they were used (damon_pa_prepare_access_checks). */
    public void prepare() {
        picked.clear();
        Set<Folio> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (AddressSpace space : manager.addressSpaces()) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                if (folio != null && seen.add(folio)) {
                    offer(folio, seen.size());
                }
            });
        }
        picked.forEach(manager::markOld);
    }

    /** Keeps each of the folios that were offered with the same probability (reservoir sampling). */
    private void offer(Folio folio, int offered) {
        if (picked.size() < samples) {
            picked.add(folio);
            return;
        }
        int place = random.nextInt(offered);
        if (place < samples) {
            picked.set(place, folio);
        }
    }

    /**
     * Asks which of the folios were used since {@link #prepare} (damon_pa_check_accesses). May be asked again.
     *
     * @return what became of them
     */
    public Sample check() {
        int sampled = 0;
        int young = 0;
        for (Folio folio : picked) {
            if (folio.mapcount() > 0) {
                sampled++;
                young += manager.isYoung(folio) ? 1 : 0;
            }
        }
        return new Sample(sampled, young, picked.size() - sampled);
    }
}
