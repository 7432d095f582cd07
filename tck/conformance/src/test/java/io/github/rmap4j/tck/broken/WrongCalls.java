package io.github.rmap4j.tck.broken;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Strategies that forget a call, or hand it on at the wrong time. */
final class WrongCalls {
    private final List<BrokenStrategy> all = new ArrayList<>();

    private WrongCalls() {}

    static List<BrokenStrategy> all() {
        WrongCalls wrong = new WrongCalls();
        wrong.anonVma();
        wrong.lazy();
        wrong.cowContexts();
        return wrong.all;
    }

    private void slip(String rule, String base, String slip, String method, Call.Slip instead) {
        all.add(new BrokenStrategy(rule, base, slip, new SlipProvider(base, context -> Map.of(method, instead))));
    }

    private void forgotten(String rule, String base, String method) {
        slip(rule, base, method + " is forgotten", method, call -> null);
    }

    private void anonVma() {
        String base = "anonvma";
        forgotten("WALK-1", base, "folioMapped");
        forgotten("SWAP-2", base, "folioMappedShared");
        forgotten("ACCOUNTING-1", base, "vmaUnlinked");
        forgotten("FORK-1", base, "vmaForked");
        forgotten("MOVE-1", base, "vmaCopied");
        forgotten("ERROR-2", base, "prepare");
        forgotten("SPLIT-1", base, "prepareChange");
        forgotten("WALK-2", base, "beginChange");
        forgotten("MERGE-1", base, "endChange");
        forgotten("LEAK-1", base, "release");
        forgotten("WALK-10", base, "folioReused");
        slip("FORK-4", base, "every second VMA is not inherited", "vmaForked", everySecond());
        slip("MIGRATION-1", base, "retain returns what nobody can release", "retain", call -> {
            call.go();
            return new Object();
        });
        slip("REFUSAL-1", base, "a change that does not happen is not undone", "abortChange", call -> null);
    }

    private static Call.Slip everySecond() {
        int[] calls = new int[1];
        return call -> calls[0]++ % 2 == 0 ? call.go() : null;
    }

    private void lazy() {
        String base = "lazy";
        forgotten("WALK-1", base, "folioMapped");
        forgotten("SWAP-2", base, "folioMappedShared");
        forgotten("FORK-1", base, "vmaForked");
        forgotten("LEAK-1", base, "vmaUnlinked");
        forgotten("MOVE-1", base, "vmaCopied");
        forgotten("SPLIT-1", base, "prepareChange");
        forgotten("SPLIT-1", base, "endChange");
        forgotten("WALK-10", base, "folioReused");
        forgotten("LEAK-1", base, "release");
    }

    private void cowContexts() {
        String base = "cowctx";
        forgotten("WALK-1", base, "folioMapped");
        forgotten("SWAP-2", base, "folioMappedShared");
        forgotten("FORK-1", base, "forkBegin");
        forgotten("LEAK-1", base, "spaceExited");
        forgotten("MOVE-6", base, "vmaForked");
        forgotten("MOVE-1", base, "vmaCopied");
        forgotten("LEAK-2", base, "vmaUnlinked");
        forgotten("MOVE-4", base, "prepareChange");
        forgotten("WALK-10", base, "folioReused");
        forgotten("LEAK-1", base, "release");
        slip("SWAP-2", base, "a page from swap belongs to the one who reads it", "folioMappedShared", call -> null);
        String pruned = "cowctx-pruned";
        forgotten("LEAK-3", pruned, "folioFreed");
        forgotten("SWAP-2", pruned, "folioMappedShared");
        forgotten("FORK-1", pruned, "forkBegin");
        forgotten("LEAK-1", pruned, "spaceExited");
        forgotten("MOVE-1", pruned, "vmaCopied");
    }
}
