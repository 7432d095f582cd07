package io.github.rmap4j.engine;

import com.google.common.collect.Sets;
import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.engine.mm.Machine;
import io.github.rmap4j.engine.mm.Mm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares map counts and walks with a scan of all page tables, and runs the invariants of engine and strategy. */
final class Verification {
    private static final int REPORTED = 10;

    private record Mapping(int space, long address) {}

    private final Machine machine;
    private final RmapWalker walker;
    private final Map<Folio, Set<Mapping>> mappings = new IdentityHashMap<>();
    private final List<String> violations = new ArrayList<>();

    Verification(Machine machine, RmapWalker walker) {
        this.machine = machine;
        this.walker = walker;
    }

    void run() {
        List<AddressSpace> spaces = machine.spaces();
        for (AddressSpace space : spaces) {
            ((Mm) space).verify();
            space.forEachPage(0, MemoryManager.TASK_SIZE, (address, kind, folio, page, writable) -> {
                if (folio != null) {
                    mappings.computeIfAbsent(folio, f -> new HashSet<>()).add(new Mapping(space.id(), address));
                    if (writable && !folio.isAnonExclusive(page)) {
                        violations.add("space " + space.id() + " may write folio " + folio.id()
                                + ", which is not exclusive, at " + Long.toHexString(address));
                    }
                }
            });
        }
        mappings.forEach(this::verify);
        machine.strategy().verify(spaces);
        if (!violations.isEmpty()) {
            throw new IllegalStateException(violations.size() + " violations: "
                    + String.join("; ", violations.subList(0, Math.min(REPORTED, violations.size()))));
        }
    }

    private void verify(Folio folio, Set<Mapping> expected) {
        if (folio.mapcount() != expected.size()) {
            violations.add("folio " + folio.id() + " has map count " + folio.mapcount() + " but is mapped at "
                    + describe(expected));
        }
        if (folio.isAnonExclusive(0) && expected.size() != 1) {
            violations.add("folio " + folio.id() + " is AnonExclusive but is mapped at " + describe(expected));
        }
        Set<Mapping> found = new HashSet<>();
        WalkOutcome outcome = walker.walk(folio, (vma, address) -> {
            if (!found.add(new Mapping(vma.addressSpace().id(), address))) {
                violations.add("a walk of folio " + folio.id() + " reports " + vma + " twice");
            }
            return true;
        });
        if (outcome != WalkOutcome.COMPLETE || !found.equals(expected)) {
            violations.add("a walk of folio " + folio.id() + " is " + outcome + ", misses "
                    + describe(Sets.difference(expected, found)) + " and invents "
                    + describe(Sets.difference(found, expected)));
        }
    }

    private static String describe(Set<Mapping> mappings) {
        List<String> texts = new ArrayList<>();
        for (Mapping mapping : mappings) {
            texts.add(mapping.space() + ":" + Long.toHexString(mapping.address()));
        }
        texts.sort(null);
        return texts.toString();
    }
}
