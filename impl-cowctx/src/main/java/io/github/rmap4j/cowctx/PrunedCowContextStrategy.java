package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import org.jspecify.annotations.Nullable;

/**
 * CoW contexts whose walks enter few contexts in vain. What a folio's context says of where the folio may be is narrowed down:
 *
 * <ul>
 *   <li>by birth: a child that was forked before the folio was mapped cannot map it;
 *   <li>by what walks have learned: a child that has lost an inherited page does not get it back ({@link Inheritance});
 *   <li>by the map count: who has found every mapping stops;
 *   <li>by moving folios down to the context above all that map them.
 * </ul>
 *
 * <p>The number on a folio is that of the last fork of its context before it was mapped.
 */
final class PrunedCowContextStrategy extends CowContextStrategy {
    /** How much a context may remember of what its space has lost. */
    enum Memory {
        /** Nothing. */
        NONE(0),
        /** Two ranges, for which the context has room. */
        RANGES(0),
        /** Up to 256 bytes besides. */
        QUARTER_KILOBYTE(2 * SummaryNodes.BLOCKS_IN_NODE),
        /** Up to 1 KiB besides, which is as much as one survey finds. */
        KILOBYTE(8 * SummaryNodes.BLOCKS_IN_NODE);

        private final int blocks;

        Memory(int blocks) {
            this.blocks = blocks;
        }
    }

    /** What may be left out, to measure what it brings. */
    enum LeftOut {
        /** Nothing. */
        NOTHING,
        /** Children are walked that are older than the folio. */
        BIRTHS,
        /** Walks go on when everything is found. */
        STOPS,
        /** Folios stay with the context that mapped them first. */
        REHOMING
    }

    /** Of the folio's number: any context of the family may map it. */
    private static final int BY_ANYBODY = -1;

    /** Copies that pay for a block: eight bytes in sixteen fewer folio pointers would be as much. */
    private static final int FOLIOS_PER_BLOCK = 16;

    private final StrategyContext context;
    private final CollapsingTree tree;
    private final PrunedCounters pruned;
    private final Memory memory;
    private final LeftOut leftOut;

    private PrunedCowContextStrategy(StrategyContext context, CowCounters counters, CollapsingTree tree) {
        super(context, counters, tree, Index.ADDRESS);
        this.context = context;
        this.tree = tree;
        this.pruned = new PrunedCounters(context);
        this.memory = context.option(
                        "memory",
                        "How much a context may remember of the pages that its space has lost.",
                        Memory.KILOBYTE,
                        StrategyOption.Change.AT_CREATION)
                .value();
        this.leftOut = context.option(
                        "without",
                        "What is left out, to measure what it brings.",
                        LeftOut.NOTHING,
                        StrategyOption.Change.AT_CREATION)
                .value();
    }

    static PrunedCowContextStrategy create(StrategyContext context) {
        CowCounters counters = new CowCounters(context);
        CollapsingTree tree = new CollapsingTree(
                context,
                counters,
                // One range fits in the place of the tree's root: 36 bits for its first and last page, 37 for the
                // offset.
                new RemapNodes(context, 1),
                context.lockClass("cow_context_tree").newMutex(),
                new SummaryNodes(context));
        return new PrunedCowContextStrategy(context, counters, tree);
    }

    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        tree.setFertile(parent);
        super.forkBegin(parent, child);
    }

    @Override
    public void forkEnd(AddressSpace parent, AddressSpace child) {
        tree.setCopied(child);
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        CowContext own = contexts.of(vma.addressSpace());
        own.addFolios(1);
        name(folio, own, own.forks());
    }

    private void name(Folio folio, CowContext owner, int born) {
        context.setFolioTag(folio, born);
        ownerOf.set(folio, owner);
    }

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        name(folio, tree.nameOldest(contexts.of(vma.addressSpace())), BY_ANYBODY);
    }

    /** Nobody else maps it: no child that exists now has inherited it for good. */
    @Override
    public void folioReused(Folio folio, Vma vma) {
        CowContext own = contexts.of(vma.addressSpace());
        CowContext before = ownerOf.get(folio);
        if (before != own) {
            own.addFolios(1);
            counters.rehomed.increment();
        }
        name(folio, own, own.forks());
        if (before != null && before != own) {
            unname(before);
        }
    }

    @Override
    public void folioMerged(Folio folio) {
        folioFreed(folio);
    }

    @Override
    public void folioReplaced(Folio source, Folio destination) {
        CowContext owner = ownerOf.get(destination);
        if (owner != null) {
            owner.addFolios(1);
        }
    }

    /** A walk may be moving it to another context at this moment: one of the two counts it down. */
    @Override
    public void folioFreed(Folio folio) {
        CowContext owner = ownerOf.get(folio);
        while (owner != null && !ownerOf.compareAndSet(folio, owner, null)) {
            owner = ownerOf.get(folio);
        }
        if (owner != null) {
            unname(owner);
        }
    }

    private void unname(CowContext owner) {
        if (owner.addFolios(-1) == 0) {
            tree.collapseIfUnused(owner);
        }
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        CowContext top = held(walk.folio());
        if (top == null) {
            return WalkOutcome.COMPLETE;
        }
        try {
            boolean gone = walk.folio().mapcount() == 0 && walk.purpose() != WalkPurpose.RESTORE;
            return gone ? WalkOutcome.COMPLETE : walkFrom(walk, top);
        } finally {
            tree.put(top);
        }
    }

    private WalkOutcome walkFrom(FolioWalk walk, CowContext top) {
        PrunedWalk state = new PrunedWalk(walk, top, context.folioTag(walk.folio()));
        boolean holding = false;
        try {
            while (true) {
                int changes = tree.changes();
                WalkOutcome outcome = walkBelow(top, state, state);
                boolean undisturbed = tree.isUnchanged(changes);
                if (outcome != WalkOutcome.COMPLETE) {
                    return outcome;
                }
                if (undisturbed) {
                    state.rehome();
                }
                if (undisturbed || state.isStopped()) {
                    return outcome;
                }
                pruned.repeats.increment();
                if (!holding) {
                    tree.hold();
                    holding = true;
                }
            }
        } finally {
            state.end();
            if (holding) {
                tree.release();
            }
        }
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        int changes = tree.changes();
        WalkOutcome outcome = super.walkKsm(walk, items);
        if (outcome != WalkOutcome.COMPLETE || tree.isUnchanged(changes)) {
            return outcome;
        }
        tree.hold();
        try {
            do {
                pruned.repeats.increment();
                changes = tree.changes();
                outcome = super.walkKsm(walk, items);
            } while (outcome == WalkOutcome.COMPLETE && !tree.isUnchanged(changes));
            return outcome;
        } finally {
            tree.release();
        }
    }

    /** One walk: where it goes, and what it learns on the way. */
    private final class PrunedWalk implements Descent, Visit {
        private final FolioWalk walk;
        private final CowContext top;
        private final int born;
        /** The first context found to map the folio, with a reference; all others are below it unless scattered. */
        private @Nullable CowContext first;

        private boolean scattered;
        private boolean several;
        private boolean stopped;
        /** Counted at the end: there may be thousands. */
        private long passedBy;

        PrunedWalk(FolioWalk walk, CowContext top, int born) {
            this.walk = walk;
            this.top = top;
            this.born = born;
        }

        boolean isStopped() {
            return stopped;
        }

        @Override
        public Step at(ChildLinks.Link link) {
            walk.indexNode();
            if (born == BY_ANYBODY) {
                return Step.ENTER;
            }
            Lineage lineage = link.lineage();
            if (link.parent() == top && lineage.born() <= born && leftOut != LeftOut.BIRTHS) {
                pruned.older.increment();
                return Step.REST_IS_OLDER;
            }
            if (lineage.isFertile() || mayMap(lineage)) {
                return Step.ENTER;
            }
            passedBy++;
            return Step.PASS_BY;
        }

        private boolean mayMap(Lineage lineage) {
            return lineage.inheritance().mayHold(walk.index(), walk.lastIndex());
        }

        @Override
        public Result at(CowContext at) {
            ChildLinks.Link link = at == top ? null : at.link();
            if (link != null && born != BY_ANYBODY && !mayMap(link.lineage())) {
                passedBy++;
                return Result.GO_ON;
            }
            long before = walk.hits();
            Result result = visit(walk, at, leftOut == LeftOut.STOPS ? End.NOT_EARLY : End.WHEN_ALL_IS_FOUND);
            if (walk.hits() > before) {
                found(at);
            } else if (link != null && result == Result.GO_ON) {
                learn(at, link);
            }
            if (result == Result.ALL_FOUND) {
                pruned.stops.increment();
                stopped = true;
            }
            return result;
        }

        private void found(CowContext at) {
            if (first == null) {
                at.get();
                first = at;
            } else if (first != at) {
                several = true;
                scattered = scattered || !isAbove(first, at);
            }
        }

        private void learn(CowContext at, ChildLinks.Link link) {
            Lineage lineage = link.lineage();
            AddressSpace space = at.space();
            if (memory == Memory.NONE
                    || walk.isCheck()
                    || space == null
                    || walk.purpose() == WalkPurpose.RESTORE
                    || !lineage.isCopied()
                    || !lineage.isSurveyDue()) {
                return;
            }
            Survey survey = new Survey(walk, space, at, ownerOf);
            Inheritance learned =
                    survey.learn(lineage.inheritance(), Math.min(memory.blocks, at.folios() / FOLIOS_PER_BLOCK));
            lineage.surveyed(survey.entries());
            pruned.surveys.increment();
            pruned.surveyedEntries.add(survey.entries());
            if (learned != null) {
                tree.learn(link, learned);
            }
        }

        /** Names the context above all that map the folio, if it is one of them. The folio lock keeps others out. */
        void rehome() {
            CowContext home = first;
            boolean looking = walk.purpose() == WalkPurpose.INSPECT || walk.purpose() == WalkPurpose.REFERENCED;
            if (home == null || scattered || !looking || walk.isCheck() || leftOut == LeftOut.REHOMING) {
                return;
            }
            // Before the question, for a fork that begins after it has a larger number.
            int forks = home.forks();
            if (!walk.allFound()) {
                return;
            }
            Folio folio = walk.folio();
            int youngest = several ? 0 : forks;
            if (home == top) {
                if (born != BY_ANYBODY && youngest > born) {
                    context.setFolioTag(folio, youngest);
                }
            } else if (tree.tryName(home)) {
                if (ownerOf.compareAndSet(folio, top, home)) {
                    context.setFolioTag(folio, youngest);
                    counters.rehomed.increment();
                    unname(top);
                } else {
                    unname(home);
                }
            }
        }

        void end() {
            if (passedBy > 0) {
                pruned.pruned.add(passedBy);
            }
            CowContext held = first;
            if (held != null) {
                tree.put(held);
            }
        }
    }

    /** Besides the invariant of the design: nobody is left out who maps a folio, and folios are counted. */
    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        super.verify(spaces);
        for (AddressSpace space : spaces) {
            CowContext own = contexts.of(space);
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                CowContext owner = folio == null ? null : ownerOf.get(folio);
                if (folio != null && owner != null) {
                    check(owner.folios() > 0, "a folio is not counted by the context that it names");
                    if (owner != own && context.folioTag(folio) != BY_ANYBODY) {
                        verifyFound(own, owner, folio, folio.index() + entry.page());
                    }
                }
            });
        }
    }

    private void verifyFound(CowContext own, CowContext owner, Folio folio, long index) {
        ChildLinks.Link link = own.link();
        check(
                link != null && link.lineage().inheritance().mayHold(index, index),
                "a context has forgotten a page that it maps, index " + index);
        while (link != null && link.parent() != owner) {
            check(link.lineage().isFertile() || link == own.link(), "a context with children passes for one without");
            link = link.parent().link();
        }
        check(
                link != null && link.lineage().born() > context.folioTag(folio),
                "a folio passes for younger than a child that has inherited it, index " + index);
    }
}
