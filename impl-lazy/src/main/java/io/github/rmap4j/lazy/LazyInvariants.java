package io.github.rmap4j.lazy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.VmaIntervalNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that VMAs, roots, chains and anon_vmas agree with one another. */
final class LazyInvariants {
    private final Slot<Vma, AnonVmaTree> treeOf;
    private final long holds;
    private final Map<RootVma, Integer> members = new IdentityHashMap<>();
    private final Map<AnonVma, Integer> activeVmas = new IdentityHashMap<>();
    private final Map<AnonVma, Integer> linkedVmas = new IdentityHashMap<>();

    /**
     * Checks the state of all VMAs.
     *
     * @param holds references that are kept beyond the life of VMAs, of whatever anon_vma
     */
    LazyInvariants(Slot<Vma, AnonVmaTree> treeOf, long holds) {
        this.treeOf = treeOf;
        this.holds = holds;
    }

    void verify(Iterable<AddressSpace> spaces) {
        for (AddressSpace space : spaces) {
            for (Vma vma : space.vmas()) {
                AnonVmaTree tree = treeOf.get(vma);
                check((tree != null) == vma.isFaulted(), vma + " is marked faulted but has no state, or the reverse");
                if (tree != null) {
                    check(tree.vma == vma, "the state of " + vma + " is that of another VMA");
                    verifyState(tree);
                    verifyRing(tree);
                }
            }
        }
        for (Map.Entry<RootVma, Integer> root : members.entrySet()) {
            check(
                    root.getKey().references() == root.getValue(),
                    "the root VMA " + root.getKey().vma + " has "
                            + root.getKey().references() + " references for " + root.getValue() + " VMAs");
        }
        verifyAnonVmas();
    }

    private void verifyState(AnonVmaTree tree) {
        Set<AnonVma> links = new HashSet<>();
        for (AnonVmaChain chain = tree.oldest; chain != null; chain = chain.next) {
            chain.checkLive();
            chain.anonVma().checkLive();
            check(chain.vma() == tree.vma, "a chain entry of " + tree.vma + " names another VMA");
            check(links.add(chain.anonVma()), tree.vma + " is linked twice to one anon_vma");
            linkedVmas.merge(chain.anonVma(), 1, Integer::sum);
        }
        AnonVma any = tree.anyAnonVma();
        for (AnonVma linked : links) {
            check(any != null && linked.root() == any.root(), "the chain of " + tree.vma + " has two roots");
        }
        AnonVma own = tree.anonVma();
        switch (tree.state()) {
            case LAZY -> check(links.isEmpty() && tree.root() != null, tree.vma + " is LAZY with a chain or rootless");
            case PARENT ->
                check(
                        links.contains(tree.parent) && tree.root() != null,
                        tree.vma + " is not linked to its parent's anon_vma, or rootless");
            case FULL -> {
                check(own != null && links.contains(own), tree.vma + " is not linked to its own anon_vma");
                activeVmas.merge(own, 1, Integer::sum);
            }
        }
    }

    /** All VMAs with one root have one state, and the address of a page follows from it. */
    private void verifyRing(AnonVmaTree tree) {
        RootVma root = tree.root();
        check(tree.nextMember.previousMember == tree, "the ring of " + tree.vma + " is damaged");
        if (root == null) {
            check(tree.nextMember == tree, tree.vma + " has no root but a family");
            return;
        }
        RootVma current = root.current();
        AnonVmaTree next = tree.nextMember;
        RootVma nextRoot = next.root();
        check(nextRoot != null && nextRoot.current() == current, "the ring of " + tree.vma + " has two roots");
        check(next.anonVma() == tree.anonVma(), "a family of VMAs has two anon_vmas: " + tree.vma + ", " + next.vma);
        check(current.space == tree.vma.addressSpace(), tree.vma + " has a root of another process");
        if (!tree.isFull()) {
            check(current.anonVma() == null, tree.vma + " has a root that was upgraded without it");
            check(current.base() == RootVma.baseOf(tree.vma), tree.vma + " has another base than its root");
        } else {
            check(current.anonVma() != null, tree.vma + " has a root that was not upgraded with it");
        }
        members.merge(current, 1, Integer::sum);
    }

    private void verifyAnonVmas() {
        Map<AnonVma, Integer> children = new IdentityHashMap<>();
        Map<AnonVma, Integer> references = new IdentityHashMap<>();
        Set<AnonVma> all = new HashSet<>(linkedVmas.keySet());
        for (AnonVma anonVma : linkedVmas.keySet()) {
            all.add(anonVma.root());
            children.merge(anonVma.parent(), 1, Integer::sum);
            references.merge(anonVma, 1, Integer::sum);
        }
        for (AnonVma anonVma : all) {
            if (anonVma.root() != anonVma) {
                references.merge(anonVma.root(), 1, Integer::sum);
            }
        }
        for (RootVma root : members.keySet()) {
            AnonVma upgraded = root.anonVma();
            if (upgraded != null) {
                check(all.contains(upgraded), "a root VMA leads to an anon_vma without VMAs");
                references.merge(upgraded, 1, Integer::sum);
            }
        }
        for (AnonVma anonVma : all) {
            verifyAnonVma(anonVma, children.getOrDefault(anonVma, 0), references.getOrDefault(anonVma, 0));
        }
    }

    private void verifyAnonVma(AnonVma anonVma, int children, int references) {
        anonVma.tree.verify();
        List<VmaIntervalNode> entries = new ArrayList<>();
        anonVma.tree.forEach(entries::add);
        int linked = linkedVmas.getOrDefault(anonVma, 0);
        check(
                entries.size() == linked,
                "a tree has " + entries.size() + " entries, VMAs have " + linked + " links to it");
        int active = activeVmas.getOrDefault(anonVma, 0);
        check(anonVma.activeVmas == active, "num_active_vmas is " + anonVma.activeVmas + " for " + active + " VMAs");
        check(anonVma.children == children, "num_children is " + anonVma.children + " for " + children + " children");
        check(
                anonVma.references() == references || (holds > 0 && anonVma.references() > references),
                "an anon_vma has " + anonVma.references() + " references for " + references);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalStateException("lazy: " + violation);
        }
    }
}
