package io.github.rmap4j.tck.broken;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** Strategies that answer with the wrong place, outcome or decision. */
final class FalseAnswers {
    private static final String ANON_VMA = "anonvma";

    private final List<BrokenStrategy> all = new ArrayList<>();

    private FalseAnswers() {}

    static List<BrokenStrategy> all() {
        FalseAnswers answers = new FalseAnswers();
        answers.outcomes();
        answers.places();
        answers.everywhere();
        answers.decisions();
        answers.errors();
        return answers.all;
    }

    private void slip(String rule, String base, String slip, String method, Call.Slip instead) {
        all.add(new BrokenStrategy(rule, base, slip, new SlipProvider(base, context -> Map.of(method, instead))));
    }

    private void walk(String rule, String base, String slip, UnaryOperator<FolioWalk> walk) {
        slip(rule, base, slip, "walk", call -> call.goWith(walk.apply(call.walk())));
    }

    private void outcomes() {
        slip("WALK-5", ANON_VMA, "a complete walk says that it was stopped", "walk", call -> {
            call.go();
            return WalkOutcome.STOPPED;
        });
        slip("WALK-4", ANON_VMA, "a stopped walk says that it is complete", "walk", call -> {
            call.go();
            return WalkOutcome.COMPLETE;
        });
        slip("WALK-5", ANON_VMA, "a walk that may wait gives up", "walk", call -> WalkOutcome.CONTENDED);
        AtomicBoolean changed = new AtomicBoolean();
        all.add(new BrokenStrategy(
                "WALK-11",
                "lazy",
                "when a setting changes children are forgotten",
                new SlipProvider(
                        "lazy",
                        context -> {
                            changed.set(false);
                            return Map.of(
                                    "walk",
                                    call -> call.goWith(new Choosy(
                                            call.walk(),
                                            place -> changed.get()
                                                    && place.space().id() > 0)));
                        },
                        context -> Contexts.listening(context, () -> changed.set(true)))));
        walk("WALK-4", ANON_VMA, "a walk goes on when it was told to stop", walk -> new ForwardingWalk(walk) {
            @Override
            public boolean candidate(Vma vma, long address) {
                super.candidate(vma, address);
                return true;
            }
        });
        slip("MIGRATION-1", ANON_VMA, "a walk of a page that is not mapped any more throws", "walk", call -> {
            if (call.walk().folio().mapcount() == 0) {
                throw new IllegalStateException("nobody maps the folio");
            }
            return call.go();
        });
        slip("KSM-1", ANON_VMA, "merged pages are not walked", "walkKsm", call -> WalkOutcome.COMPLETE);
        slip("KSM-1", "cowctx", "merged pages are not walked", "walkKsm", call -> WalkOutcome.COMPLETE);
        slip("KSM-1", "lazy", "merged pages are not walked", "walkKsm", call -> WalkOutcome.COMPLETE);
        slip("MIGRATION-1", ANON_VMA, "no page may be migrated", "retain", call -> null);
    }

    private void places() {
        for (String base : List.of(ANON_VMA, "cowctx", "lazy")) {
            walk("WALK-1", base, "pages are looked for one page further on", walk -> new ForwardingWalk(walk) {
                @Override
                public boolean candidate(Vma vma, long address) {
                    return super.candidate(vma, address + PAGE_SIZE);
                }

                @Override
                public boolean candidate(AddressSpace space, long address) {
                    return super.candidate(space, address + PAGE_SIZE);
                }

                @Override
                public boolean candidate(AddressSpace space, long address, Vma likely) {
                    return super.candidate(space, address + PAGE_SIZE, likely);
                }
            });
        }
        slip(
                "MOVE-8",
                ANON_VMA,
                "the index is that of the address, as if nothing ever moved",
                "index",
                call -> (long) call.argument(1) >> 12);
        slip(
                "SPLIT-1",
                ANON_VMA,
                "the index is the place in the VMA",
                "index",
                call -> ((long) call.argument(1) - call.vma(0).start()) >> 12);
        slip(
                "WALK-1",
                "cowctx",
                "the index is cut off at 32 bits",
                "index",
                call -> (long) Objects.requireNonNull(call.go()) & 0xffffffffL);
    }

    /** Nothing is missed, but walks go far. */
    private void everywhere() {
        for (String rule : List.of("WALK-9", "WALK-10")) {
            all.add(new BrokenStrategy(
                    rule,
                    ANON_VMA,
                    "a page is looked for in all processes, as " + rule + " sees it",
                    new SlipProvider(ANON_VMA, context -> {
                        Set<AddressSpace> spaces = ConcurrentHashMap.newKeySet();
                        return Map.of(
                                "spaceCreated",
                                call -> {
                                    spaces.add(call.space(0));
                                    return call.go();
                                },
                                "spaceExited",
                                call -> {
                                    spaces.remove(call.space(0));
                                    return call.go();
                                },
                                "walk",
                                call -> {
                                    for (AddressSpace space : spaces) {
                                        call.walk().candidate(space, call.walk().index() << 12);
                                    }
                                    return call.go();
                                });
                    })));
        }
        slip("WALK-8", ANON_VMA, "a page is looked for in each VMA of its process", "walk", call -> {
            Set<AddressSpace> seen = ConcurrentHashMap.newKeySet();
            return call.goWith(new ForwardingWalk(call.walk()) {
                @Override
                public boolean candidate(Vma vma, long address) {
                    if (seen.add(vma.addressSpace())) {
                        for (Vma other : vma.addressSpace().vmas()) {
                            if (!super.candidate(vma.addressSpace(), other.start())) {
                                return false;
                            }
                        }
                    }
                    return super.candidate(vma, address);
                }
            });
        });
    }

    private void decisions() {
        slip("MERGE-3", ANON_VMA, "everything may be merged", "mayMerge", call -> true);
        slip("LINUX-3", ANON_VMA, "nothing may be merged", "mayMerge", call -> false);
        slip("MERGE-4", ANON_VMA, "everything may be united", "mayUnite", call -> true);
        slip("LINUX-3", ANON_VMA, "nothing may be united", "mayUnite", call -> false);
        slip("MERGE-3", "lazy", "everything may be merged", "mayMerge", call -> true);
        slip("LINUX-2", ANON_VMA, "a child's VMAs are never merged", "mayMerge", call -> {
            Vma target = ((MergeQuery) call.argument(0)).target();
            return target.addressSpace().id() == 0 && (boolean) Objects.requireNonNull(call.go());
        });
    }

    private void errors() {
        slip("ERROR-2", ANON_VMA, "a walk throws for some pages", "walk", call -> {
            if (call.walk().index() % 4 == 1) {
                throw new IllegalStateException("no such index");
            }
            return call.go();
        });
        slip("MOVE-1", ANON_VMA, "a VMA of a file cannot be moved", "vmaCopied", call -> {
            if (!call.vma(0).isAnonymous()) {
                throw new AllocationRefusedException("anon_vma_chain");
            }
            return call.go();
        });
        slip("FORK-2", ANON_VMA, "there can be no more than two address spaces", "forkBegin", call -> {
            if (call.space(1).id() > 1) {
                throw new AllocationRefusedException("anon_vma");
            }
            return call.go();
        });
        slip("ERROR-1", ANON_VMA, "no VMA can be split", "prepareChange", call -> {
            if (call.change().created() != null) {
                throw new AllocationRefusedException("anon_vma_chain");
            }
            return call.go();
        });
        slip("REFUSAL-1", ANON_VMA, "a refusal is not passed on", "prepare", call -> {
            try {
                return call.go();
            } catch (AllocationRefusedException e) {
                return null;
            }
        });
        slip("REFUSAL-3", ANON_VMA, "a fork goes on without what was refused", "vmaForked", call -> {
            try {
                return call.go();
            } catch (AllocationRefusedException e) {
                return null;
            }
        });
        slip("ACCOUNTING-1", ANON_VMA, "its own invariants do not hold after a fork", "verify", call -> {
            int spaces = 0;
            for (Object space : (Iterable<?>) call.argument(0)) {
                spaces += space == null ? 0 : 1;
            }
            if (spaces > 1) {
                throw new IllegalStateException("a second address space");
            }
            return call.go();
        });
    }
}
