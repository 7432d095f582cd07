package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.Slot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that VMAs, chains and anon_vmas agree with one another. */
final class AnonVmaInvariants {
    private final Slot<Vma, VmaChains> chainsOf;
    private final long holds;
    private final Map<AnonVma, Integer> activeVmas = new IdentityHashMap<>();
    private final Map<AnonVma, Integer> linkedVmas = new IdentityHashMap<>();

    /**
     * Checks what a strategy has linked.
     *
     * @param holds references that are kept beyond the life of VMAs, of whatever anon_vma
     */
    AnonVmaInvariants(Slot<Vma, VmaChains> chainsOf, long holds) {
        this.chainsOf = chainsOf;
        this.holds = holds;
    }

    void verify(Iterable<AddressSpace> spaces) {
        for (AddressSpace space : spaces) {
            Map<AnonVma, Set<AnonVma>> linksByOwner = new IdentityHashMap<>();
            for (Vma vma : space.vmas()) {
                VmaChains own = chainsOf.get(vma);
                check((own != null) == vma.isFaulted(), vma + " is marked faulted but has no chain, or the reverse");
                if (own != null) {
                    Set<AnonVma> links = verifyChain(vma, own);
                    Set<AnonVma> others = linksByOwner.putIfAbsent(own.owner(), links);
                    check(
                            others == null || others.equals(links),
                            "two VMAs of one space have the same anon_vma but other links: " + vma);
                }
            }
        }
        verifyCounts();
    }

    private Set<AnonVma> verifyChain(Vma vma, VmaChains own) {
        Set<AnonVma> links = new HashSet<>();
        AnonVma root = own.owner().root();
        for (AnonVmaChain chain = own.newest; chain != null; chain = chain.nextOlder) {
            chain.checkLive();
            AnonVma anonVma = chain.anonVma();
            anonVma.checkLive();
            check(chain.vma() == vma, "a chain entry of " + vma + " names another VMA");
            check(links.add(anonVma), vma + " is linked twice to one anon_vma");
            check(anonVma.root() == root, "the chain of " + vma + " has two roots");
            linkedVmas.merge(anonVma, 1, Integer::sum);
        }
        check(links.contains(own.owner()), vma + " is not linked to its own anon_vma");
        activeVmas.merge(own.owner(), 1, Integer::sum);
        return links;
    }

    private void verifyCounts() {
        Map<AnonVma, Integer> children = new IdentityHashMap<>();
        Map<AnonVma, Integer> references = new IdentityHashMap<>();
        Set<AnonVma> all = new HashSet<>(linkedVmas.keySet());
        for (AnonVma anonVma : linkedVmas.keySet()) {
            all.add(anonVma.root());
        }
        for (AnonVma anonVma : all) {
            boolean linked = linkedVmas.containsKey(anonVma);
            if (linked) {
                children.merge(anonVma.parent(), 1, Integer::sum);
                references.merge(anonVma, 1, Integer::sum);
            }
            if (anonVma.root() != anonVma) {
                references.merge(anonVma.root(), 1, Integer::sum);
            }
        }
        for (AnonVma anonVma : all) {
            anonVma.tree.check();
            List<AnonVmaChain> entries = new ArrayList<>();
            anonVma.tree.visitAll(entries::add);
            check(
                    entries.size() == linkedVmas.getOrDefault(anonVma, 0),
                    "a tree has " + entries.size() + " entries, VMAs have " + linkedVmas.get(anonVma) + " links to it");
            check(
                    anonVma.numActiveVmas == activeVmas.getOrDefault(anonVma, 0),
                    "num_active_vmas is " + anonVma.numActiveVmas + " for " + activeVmas.get(anonVma) + " VMAs");
            check(
                    anonVma.numChildren == children.getOrDefault(anonVma, 0),
                    "num_children is " + anonVma.numChildren + " for " + children.get(anonVma) + " children");
            int expected = references.getOrDefault(anonVma, 0);
            check(
                    anonVma.refcount() == expected || (holds > 0 && anonVma.refcount() > expected),
                    "refcount is " + anonVma.refcount() + " for " + references.get(anonVma) + " references");
        }
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalStateException("anonvma: " + violation);
        }
    }
}
