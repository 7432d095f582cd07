package io.github.rmap4j.tck.broken;

import io.github.rmap4j.api.AddressSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Strategies that are right as long as nothing happens beside them. */
final class WrongOrders {
    private static final String RULE = "CONCURRENCY-8";
    private static final Set<String> READ = Set.of("lockRead", "tryLockRead", "unlockRead");
    private static final Set<String> WRITE = Set.of("lockWrite", "tryLockWrite", "unlockWrite");

    private final List<BrokenStrategy> all = new ArrayList<>();

    private WrongOrders() {}

    static List<BrokenStrategy> all() {
        WrongOrders wrong = new WrongOrders();
        wrong.locks();
        wrong.orders();
        return wrong.all;
    }

    private void locks() {
        for (String base : List.of("anonvma", "anonvma-maple", "lazy")) {
            unlocked(base, "walks take no lock", READ);
            unlocked(base, "changes take no lock", WRITE);
        }
    }

    private void unlocked(String base, String slip, Set<String> methods) {
        all.add(new BrokenStrategy(
                RULE,
                base,
                slip,
                new SlipProvider(base, context -> Map.of(), context -> Contexts.unlocked(context, methods))));
    }

    private void orders() {
        for (String base : List.of("anonvma", "lazy")) {
            all.add(new BrokenStrategy(
                    RULE,
                    base,
                    "mremap takes no lock of the reverse map",
                    new SlipProvider(base, context -> Map.of("beginMove", call -> null, "endMove", call -> null))));
        }
        for (String base : List.of("cowctx", "cowctx-pruned")) {
            all.add(new BrokenStrategy(
                    RULE,
                    base,
                    "a child is known when its entries have been copied (j)",
                    new SlipProvider(base, context -> {
                        Map<AddressSpace, Call> begun = new ConcurrentHashMap<>();
                        return Map.of(
                                "forkBegin",
                                call -> {
                                    begun.put(call.space(1), call);
                                    return null;
                                },
                                "forkEnd",
                                call -> {
                                    Call begin = begun.remove(call.space(1));
                                    if (begin != null) {
                                        begin.go();
                                    }
                                    return call.go();
                                });
                    })));
            all.add(new BrokenStrategy(
                    RULE, base, "where a page moves is known when it has moved", new SlipProvider(base, context -> {
                        List<Call> late = new ArrayList<>();
                        return Map.of(
                                "vmaCopied",
                                call -> {
                                    late.add(call);
                                    return null;
                                },
                                "endMove",
                                call -> {
                                    for (Call copied : late) {
                                        copied.go();
                                    }
                                    late.clear();
                                    return call.go();
                                });
                    })));
        }
    }
}
