package io.github.rmap4j.engine.rmap;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.mm.EntryAction;
import io.github.rmap4j.engine.mm.FolioWalks;
import io.github.rmap4j.engine.mm.Machine;
import io.github.rmap4j.engine.page.FolioImpl;
import org.jspecify.annotations.Nullable;

/** Walks the reverse map (rmap_walk in mm/rmap.c). */
public final class Walker implements FolioWalks {
    private final Machine machine;

    /**
     * The walker of a manager.
     *
     * @param machine its machine
     */
    public Walker(Machine machine) {
        this.machine = machine;
    }

    @Override
    public WalkOutcome walk(Folio folio, RmapVisitor visitor, WalkMode mode, @Nullable WalkCost cost) {
        FolioImpl subject = FolioImpl.of(folio);
        Task task = machine.accounts().current();
        // First of all: a visitor that starts another walk of the same folio would wait for itself.
        WalkState walk = walkOf(task);
        if (mode == WalkMode.BLOCK) {
            machine.folioLock().lock(subject, task);
        } else if (!machine.folioLock().tryLock(subject, task)) {
            return WalkOutcome.CONTENDED;
        }
        try {
            walk.beginInspection(subject, visitor, mode, task);
            return run(walk, subject, cost);
        } finally {
            machine.unlockFolio(subject, task);
        }
    }

    @Override
    public WalkOutcome check(FolioImpl folio, RmapVisitor visitor) {
        Task task = machine.accounts().current();
        WalkState walk = walkOf(task);
        machine.folioLock().lock(folio, task);
        try {
            walk.beginCheck(folio, visitor, task);
            return run(walk, folio, null);
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    @Override
    public void forEachEntry(FolioImpl folio, WalkPurpose purpose, EntryAction action) {
        act(folio, purpose, WalkMode.BLOCK, action);
    }

    @Override
    public WalkOutcome tryForEachEntry(FolioImpl folio, WalkPurpose purpose, EntryAction action) {
        return act(folio, purpose, WalkMode.TRY, action);
    }

    private WalkOutcome act(FolioImpl folio, WalkPurpose purpose, WalkMode mode, EntryAction action) {
        Task task = machine.accounts().current();
        WalkState walk = walkOf(task);
        walk.begin(folio, purpose, mode, action, task);
        return run(walk, folio, null);
    }

    private WalkOutcome run(WalkState walk, FolioImpl folio, @Nullable WalkCost cost) {
        try {
            WalkOutcome outcome = WalkOutcome.COMPLETE;
            if (folio.mapcount() > 0 || walk.purpose() == WalkPurpose.RESTORE) {
                outcome = folio.isKsm()
                        ? machine.strategy().walkKsm(walk, machine.ksmItems(folio))
                        : machine.strategy().walk(walk);
            }
            walk.account(cost);
            return outcome;
        } finally {
            walk.end();
        }
    }

    private WalkState walkOf(Task task) {
        if (task.kept(Task.Kept.WALK) instanceof WalkState kept) {
            if (!kept.isIdle()) {
                throw new IllegalStateException("a visitor must not start another walk");
            }
            return kept;
        }
        WalkState walk = new WalkState(machine.ptl(), machine.forks());
        task.keep(Task.Kept.WALK, walk);
        return walk;
    }
}
