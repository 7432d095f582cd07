package io.github.rmap4j.tck.broken;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Strategies that keep objects longer than they should. */
final class LeakedObjects {
    private static final String ANON_VMA = "anonvma";
    private static final int BYTES = 32;

    private final List<BrokenStrategy> all = new ArrayList<>();

    private LeakedObjects() {}

    /** An object without content. */
    private static final class Scrap extends SlabObject {
        @Override
        protected void poison() {}
    }

    static List<BrokenStrategy> all() {
        LeakedObjects leaked = new LeakedObjects();
        for (String method : List.of("vmaForked", "vmaCopied", "prepare", "forkBegin", "spaceCreated")) {
            leaked.forEver(method);
        }
        leaked.untilTheEnd("LEAK-2", "prepare");
        leaked.untilTheEnd("LEAK-3", "forkBegin");
        leaked.whenRefused();
        return leaked.all;
    }

    private static Slab<Scrap> scraps(StrategyContext context) {
        return context.slab("scrap", BYTES, Scrap::new);
    }

    private void forEver(String method) {
        all.add(new BrokenStrategy(
                "LEAK-1",
                ANON_VMA,
                "an object of each " + method + " is never freed",
                new SlipProvider(ANON_VMA, context -> {
                    Slab<Scrap> scraps = scraps(context);
                    return Map.of(method, call -> {
                        scraps.allocate();
                        return call.go();
                    });
                })));
    }

    /** Everything is freed when the last address space exits. */
    private void untilTheEnd(String rule, String method) {
        all.add(new BrokenStrategy(
                rule,
                ANON_VMA,
                "objects of each " + method + " are freed when the last process exits",
                new SlipProvider(ANON_VMA, context -> {
                    Slab<Scrap> scraps = scraps(context);
                    ConcurrentLinkedDeque<Scrap> kept = new ConcurrentLinkedDeque<>();
                    AtomicInteger spaces = new AtomicInteger();
                    Map<String, Call.Slip> slips = new LinkedHashMap<>();
                    slips.put(method, call -> {
                        kept.add(scraps.allocate());
                        return call.go();
                    });
                    slips.put("spaceCreated", call -> {
                        spaces.incrementAndGet();
                        return call.go();
                    });
                    slips.put("spaceExited", call -> {
                        if (spaces.decrementAndGet() == 0) {
                            for (Scrap scrap = kept.poll(); scrap != null; scrap = kept.poll()) {
                                scraps.free(scrap);
                            }
                        }
                        return call.go();
                    });
                    return slips;
                })));
    }

    private void whenRefused() {
        for (String method : List.of("prepare", "vmaForked", "prepareChange")) {
            all.add(new BrokenStrategy(
                    "REFUSAL-2",
                    ANON_VMA,
                    "an object is left behind when " + method + " is refused",
                    new SlipProvider(ANON_VMA, context -> {
                        Slab<Scrap> scraps = scraps(context);
                        return Map.of(method, call -> {
                            Scrap scrap = scraps.allocate();
                            // Not in a finally clause: that is the slip.
                            Object result = call.go();
                            scraps.free(scrap);
                            return result;
                        });
                    })));
        }
        all.add(new BrokenStrategy(
                "REFUSAL-2",
                ANON_VMA,
                "what was refused once is refused for ever",
                new SlipProvider(ANON_VMA, context -> {
                    AtomicInteger refused = new AtomicInteger();
                    return Map.of("prepare", call -> {
                        if (refused.get() > 0) {
                            throw new AllocationRefusedException("anon_vma");
                        }
                        try {
                            return call.go();
                        } catch (AllocationRefusedException e) {
                            refused.incrementAndGet();
                            throw e;
                        }
                    });
                })));
    }
}
