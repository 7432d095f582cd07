package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.program.FrameIds;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a strategy does not declare is refused, and nothing changes; what it declares of moves works. */
final class CapabilityRules {
    private static final StepResult EINVAL = StepResult.failed(Errno.EINVAL);
    private static final StepResult EAGAIN = StepResult.failed(Errno.EAGAIN);

    /** How operations end without a capability. */
    private static final Map<Capability, Map<String, StepResult>> REFUSALS = refusals();

    private CapabilityRules() {}

    private static Map<Capability, Map<String, StepResult>> refusals() {
        Map<Capability, Map<String, StepResult>> refusals = new EnumMap<>(Capability.class);
        Map<String, StepResult> swap = new LinkedHashMap<>();
        swap.put("0 swapout 0 4", EAGAIN);
        swap.put("0 madvise 0 4 pageout", StepResult.OK);
        refusals.put(Capability.SWAP, swap);
        refusals.put(Capability.MIGRATION, Map.of("0 migrate 0 4", EAGAIN));
        Map<String, StepResult> large = new LinkedHashMap<>();
        large.put("0 madvise 0 4 hugepage", EINVAL);
        large.put("0 madvise 0 4 nohugepage", EINVAL);
        large.put("0 madvise 0 4 collapse", EINVAL);
        large.put("0 split 0 4", StepResult.OK);
        refusals.put(Capability.LARGE_FOLIOS, large);
        Map<String, StepResult> ksm = new LinkedHashMap<>();
        ksm.put("0 madvise 0 4 mergeable", EINVAL);
        ksm.put("0 madvise 0 4 unmergeable", EINVAL);
        ksm.put("0 prctl merge", EINVAL);
        ksm.put("0 prctl nomerge", EINVAL);
        ksm.put("0 ksm", StepResult.OK);
        refusals.put(Capability.KSM, ksm);
        return refusals;
    }

    static void refused(Subject subject) {
        REFUSALS.forEach((capability, operations) -> {
            Subject without = without(subject, capability);
            Family family = new Family(without.manager()).run("0 mmap 0 8 rw", "0 fill 0 8 5", "0 fork 1");
            FrameIds ids = new FrameIds();
            String before = state(family, ids);
            operations.forEach((operation, expected) -> {
                Expect.equal(
                        "result of '" + operation + "' without " + capability.word(),
                        expected,
                        family.execute(operation));
                Expect.equal(
                        "state after '" + operation + "' without " + capability.word(), before, state(family, ids));
            });
            family.run("1 write 0 8");
            family.check("what follows without " + capability.word());
            Expect.equal(
                    "swap slots without " + capability.word(),
                    0L,
                    family.manager().swapSlots());
            family.end();
        });
        Family family =
                new Family(without(subject, Capability.USERFAULT_MOVE).manager()).run("0 mmap 0 4 rw", "0 write 0 1");
        Expect.equal("result of UFFDIO_MOVE without userfault-move", Errno.EINVAL, userfaultMove(family, 2, 0));
        family.check("UFFDIO_MOVE without userfault-move");
        family.end();
    }

    /** Large folios are split by migration: who has no migration has none of them. */
    private static Subject without(Subject subject, Capability capability) {
        Subject rest = capability == Capability.MIGRATION ? subject.without(Capability.LARGE_FOLIOS) : subject;
        return rest.without(capability);
    }

    private static String state(Family family, FrameIds ids) {
        return StateSnapshot.of(family.machine().processes(), family.manager(), ProgramMachine.ARENA, ids)
                .toJsonLine("state", StepResult.OK);
    }

    private static Object userfaultMove(Family family, long to, long from) {
        try {
            family.space(0).userfaultMove(Family.address(to), Family.address(from), MemoryManager.PAGE_SIZE);
            return "success";
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    static void userfaultMoves(Subject subject) {
        Family family = new Family(subject.manager())
                .run("0 mmap 0 8 rw", "0 mmap 20 8 rw", "0 mmap 40 8 rw", "0 write 0 4", "0 write 45 1");
        long word = family.space(0).read(Family.address(1));
        Expect.equal("result of UFFDIO_MOVE", "success", userfaultMove(family, 21, 1));
        family.check("UFFDIO_MOVE to an unfaulted VMA");
        Expect.equal("result of UFFDIO_MOVE", "success", userfaultMove(family, 42, 21));
        family.check("UFFDIO_MOVE to a faulted VMA");
        Expect.equal("word of a page that moved twice", word, family.space(0).read(Family.address(42)));
        Expect.equal("result of UFFDIO_MOVE onto a page", Errno.EEXIST, userfaultMove(family, 45, 42));
        family.run("0 mremap 40 8 60 8", "0 write 1 1", "0 fork 1");
        family.check("what was moved by UFFDIO_MOVE, moved by mremap and forked");
        Expect.equal("result of UFFDIO_MOVE of a shared page", Errno.EBUSY, userfaultMove(family, 22, 62));
        family.run("1 write 62 1", "0 write 62 1");
        Expect.equal("result of UFFDIO_MOVE", "success", userfaultMove(family, 22, 62));
        family.run("1 fork 2");
        family.check("UFFDIO_MOVE of a page that was shared");
        Expect.that(
                "word of the child, which wrote its own",
                family.space(1).read(Family.address(62)) != family.space(0).read(Family.address(22)),
                "another than the parent's",
                family.space(1).read(Family.address(62)));
        family.end();
    }
}
