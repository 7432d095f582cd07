package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.tck.program.FileOffset;
import io.github.rmap4j.tck.program.MmapOption;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.PrctlOption;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What processes read and which operations fail, in the most obvious way: each process has its own copy of every page,
 * made when it is forked. There are no VMAs, no sharing and no page tables here.
 */
final class ReferenceModel {
    private static final Set<Advice> UNKNOWN_ADVICE =
            EnumSet.of(Advice.POPULATE_READ, Advice.POPULATE_WRITE, Advice.WILLNEED, Advice.RANDOM);

    private final ProgramMachine machine;
    private final NavigableMap<Integer, NavigableMap<Long, ReferencePage>> processes = new TreeMap<>();
    private long words;

    /** A model of process 0. The machine only tells what its files hold. */
    ReferenceModel(ProgramMachine machine) {
        this.machine = machine;
        processes.put(0, new TreeMap<>());
    }

    /** The pages of each process. */
    Map<Integer, NavigableMap<Long, ReferencePage>> processes() {
        return processes;
    }

    /** Whether there is a model of an operation. */
    static boolean knows(Operation operation) {
        if (operation instanceof Operation.Mmap mmap) {
            return !mmap.options().contains(MmapOption.SHARED)
                    && !mmap.options().contains(MmapOption.GROWSDOWN);
        }
        if (operation instanceof Operation.Madvise madvise) {
            return !UNKNOWN_ADVICE.contains(madvise.advice());
        }
        if (operation instanceof Operation.Prctl prctl) {
            return prctl.option() != PrctlOption.NOFORK;
        }
        return !(operation instanceof Operation.Mseal
                || operation instanceof Operation.Brk
                || operation instanceof Operation.Vfork
                || operation instanceof Operation.Exec);
    }

    /**
     * Executes an operation.
     *
     * @param operation the operation
     * @param actual how it ended; the model follows it for mremap, where VMAs decide whether it can succeed
     * @return how it must end
     */
    StepResult execute(Operation operation, StepResult actual) {
        NavigableMap<Long, ReferencePage> pages = Objects.requireNonNull(processes.get(operation.process()));
        if (operation instanceof Operation.Mmap mmap) {
            return mmap(mmap, pages);
        } else if (operation instanceof Operation.Munmap munmap) {
            range(pages, munmap.start(), munmap.length()).clear();
            return StepResult.OK;
        } else if (operation instanceof Operation.Mprotect mprotect) {
            return upToGap(pages, mprotect.start(), mprotect.length(), page -> page.protection = mprotect.protection());
        } else if (operation instanceof Operation.Mlock mlock) {
            return mlock(mlock, pages);
        } else if (operation instanceof Operation.Munlock munlock) {
            return upToGap(pages, munlock.start(), munlock.length(), page -> page.locked = false);
        } else if (operation instanceof Operation.Mremap mremap) {
            if (actual.ret() == 0) {
                mremap(mremap, pages);
                if (mremap.dontUnmap()) {
                    unlockOldVma(mremap.process(), pages);
                }
            }
            return actual;
        } else if (operation instanceof Operation.MremapInPlace mremap) {
            if (actual.ret() == 0) {
                mremapInPlace(mremap, pages);
            }
            return actual;
        } else if (operation instanceof Operation.Write write) {
            return upToFault(
                    pages, write.start(), write.length(), ReferencePage::writable, page -> page.write(++words));
        } else if (operation instanceof Operation.Read read) {
            return upToFault(pages, read.start(), read.length(), ReferencePage::readable, page -> {});
        } else if (operation instanceof Operation.Madvise madvise) {
            return madvise(madvise, pages, actual);
        } else if (operation instanceof Operation.Fill fill) {
            return upToFault(
                    pages, fill.start(), fill.length(), ReferencePage::writable, page -> page.write(fill.word()));
        } else if (operation instanceof Operation.Poison poison) {
            poison(pages.get(poison.page()));
            return StepResult.OK;
        } else if (operation instanceof Operation.Swapout
                || operation instanceof Operation.Ksm
                || operation instanceof Operation.Mbind
                || operation instanceof Operation.Prctl) {
            return actual;
        } else if (operation instanceof Operation.Migrate
                || operation instanceof Operation.Split
                || operation instanceof Operation.Thread) {
            return StepResult.OK;
        } else if (operation instanceof Operation.Fork fork) {
            processes.put(fork.child(), child(pages));
            return StepResult.OK;
        } else if (operation instanceof Operation.Exit) {
            processes.remove(operation.process());
            return StepResult.OK;
        }
        throw new IllegalArgumentException("no model of '" + operation.text() + "'");
    }

    private StepResult mmap(Operation.Mmap mmap, NavigableMap<Long, ReferencePage> pages) {
        if (!mmap.options().contains(MmapOption.REPLACE)
                && !range(pages, mmap.start(), mmap.length()).isEmpty()) {
            return StepResult.failed(Errno.EEXIST);
        }
        FileOffset file = mmap.file();
        for (long i = 0; i < mmap.length(); i++) {
            ReferencePage page = file == null
                    ? new ReferencePage(mmap.protection(), null, 0)
                    : new ReferencePage(mmap.protection(), machine.file(file.id()), file.pgoff() + i);
            pages.put(mmap.start() + i, page);
        }
        return StepResult.OK;
    }

    private static StepResult mlock(Operation.Mlock mlock, NavigableMap<Long, ReferencePage> pages) {
        StepResult result = upToGap(pages, mlock.start(), mlock.length(), page -> page.locked = true);
        boolean populated = range(pages, mlock.start(), mlock.length()).values().stream()
                .allMatch(page -> page.readable() && !page.poisoned);
        return result.ret() == 0 && !populated ? StepResult.failed(Errno.ENOMEM) : result;
    }

    private static void mremap(Operation.Mremap mremap, NavigableMap<Long, ReferencePage> pages) {
        NavigableMap<Long, ReferencePage> source = range(pages, mremap.start(), mremap.length());
        List<Map.Entry<Long, ReferencePage>> moved = new ArrayList<>();
        source.forEach((number, page) -> moved.add(Map.entry(number - mremap.start(), page.copy())));
        ReferencePage first = Objects.requireNonNull(source.get(mremap.start())).copy();
        if (mremap.dontUnmap()) {
            source.values().forEach(page -> {
                page.drop();
                page.guard = false;
                page.locked = false;
            });
        } else {
            source.clear();
        }
        for (Map.Entry<Long, ReferencePage> page : moved) {
            if (page.getKey() < mremap.newLength()) {
                pages.put(mremap.newStart() + page.getKey(), page.getValue());
            }
        }
        for (long i = mremap.length(); i < mremap.newLength(); i++) {
            pages.put(mremap.newStart() + i, first.untouched(i));
        }
    }

    /** MREMAP_DONTUNMAP unlocks the whole VMA that it moves from, and where that ends only the machine knows. */
    private void unlockOldVma(int process, NavigableMap<Long, ReferencePage> pages) {
        AddressSpace space = Objects.requireNonNull(machine.processes().get(process));
        pages.forEach((number, page) -> {
            Vma vma = space.vmaAt(ProgramMachine.ARENA + number * MemoryManager.PAGE_SIZE);
            page.locked &= vma == null || (vma.flags() & VmFlags.VM_LOCKED) != 0;
        });
    }

    private static void mremapInPlace(Operation.MremapInPlace mremap, NavigableMap<Long, ReferencePage> pages) {
        ReferencePage first = Objects.requireNonNull(pages.get(mremap.start()));
        if (mremap.newLength() < mremap.length()) {
            range(pages, mremap.start() + mremap.newLength(), mremap.length() - mremap.newLength())
                    .clear();
        }
        for (long i = mremap.length(); i < mremap.newLength(); i++) {
            pages.put(mremap.start() + i, first.untouched(i));
        }
    }

    /** Who shares the page only the machine knows; but it must hold the same word for each of them. */
    private void poison(@Nullable ReferencePage target) {
        processes.forEach((process, pages) -> Objects.requireNonNull(
                        machine.processes().get(process))
                .forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                    ReferencePage page =
                            pages.get((entry.address() - ProgramMachine.ARENA) >> MemoryManager.PAGE_SHIFT);
                    if (entry.kind() == PageEntry.Kind.POISONED && page != null && target != null) {
                        page.poisoned |= page.word == target.word;
                    }
                }));
    }

    private StepResult madvise(Operation.Madvise madvise, NavigableMap<Long, ReferencePage> pages, StepResult actual) {
        if (madvise.advice() == Advice.COLLAPSE) {
            // Whether 2 MiB fit depends on VMAs and on who uses the pages; no content changes.
            return actual;
        }
        return madvise(madvise, pages);
    }

    private static StepResult madvise(Operation.Madvise madvise, NavigableMap<Long, ReferencePage> pages) {
        boolean gap = false;
        for (long i = madvise.start(); i < madvise.start() + madvise.length(); i++) {
            ReferencePage page = pages.get(i);
            if (page == null) {
                gap = true;
            } else if (!allows(page, madvise.advice())) {
                return StepResult.failed(Errno.EINVAL);
            } else {
                advise(page, madvise.advice());
            }
        }
        return gap ? StepResult.failed(Errno.ENOMEM) : StepResult.OK;
    }

    private static boolean allows(ReferencePage page, Advice advice) {
        return switch (advice) {
            case DONTNEED, COLD, PAGEOUT, GUARD_INSTALL -> !page.locked;
            case FREE -> !page.locked && page.file == null;
            case WIPEONFORK -> page.file == null;
            default -> true;
        };
    }

    private static void advise(ReferencePage page, Advice advice) {
        switch (advice) {
            case DONTNEED -> page.drop();
            case DONTFORK -> page.dontFork = true;
            case DOFORK -> page.dontFork = false;
            case WIPEONFORK -> page.wipeOnFork = true;
            case KEEPONFORK -> page.wipeOnFork = false;
            case GUARD_INSTALL -> {
                page.drop();
                page.guard = true;
            }
            case GUARD_REMOVE -> page.guard = false;
            case FREE -> {
                if (page.poisoned) {
                    page.drop();
                }
                page.mayVanish = page.written;
            }
            case HUGEPAGE, NOHUGEPAGE, PAGEOUT, NORMAL, SEQUENTIAL, COLD, MERGEABLE, UNMERGEABLE, DONTDUMP, DODUMP -> {}
            default -> throw new IllegalArgumentException("no model of advice " + advice);
        }
    }

    private static NavigableMap<Long, ReferencePage> child(NavigableMap<Long, ReferencePage> parent) {
        NavigableMap<Long, ReferencePage> child = new TreeMap<>();
        parent.forEach((number, page) -> {
            if (!page.dontFork) {
                ReferencePage copy = page.copy();
                copy.locked = false;
                if (page.wipeOnFork) {
                    copy.drop();
                    copy.guard = false;
                }
                child.put(number, copy);
            }
        });
        return child;
    }

    private static StepResult upToGap(
            NavigableMap<Long, ReferencePage> pages, long start, long length, Consumer<ReferencePage> action) {
        for (long i = start; i < start + length; i++) {
            ReferencePage page = pages.get(i);
            if (page == null) {
                return StepResult.failed(Errno.ENOMEM);
            }
            action.accept(page);
        }
        return StepResult.OK;
    }

    private static StepResult upToFault(
            NavigableMap<Long, ReferencePage> pages,
            long start,
            long length,
            Predicate<ReferencePage> allowed,
            Consumer<ReferencePage> action) {
        for (long i = start; i < start + length; i++) {
            ReferencePage page = pages.get(i);
            if (page == null || !allowed.test(page)) {
                return StepResult.failed(Errno.EFAULT);
            }
            if (page.poisoned) {
                return StepResult.failed(Errno.EHWPOISON);
            }
            action.accept(page);
        }
        return StepResult.OK;
    }

    private static NavigableMap<Long, ReferencePage> range(
            NavigableMap<Long, ReferencePage> pages, long start, long length) {
        return pages.subMap(start, true, start + length, false);
    }
}
