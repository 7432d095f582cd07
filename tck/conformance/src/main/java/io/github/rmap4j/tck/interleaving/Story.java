package io.github.rmap4j.tck.interleaving;

import java.util.ArrayList;
import java.util.List;

/**
 * What two threads do beside one another.
 *
 * @param name {@code CHANGE+BESIDE}
 * @param first what thread a does: operations of a memory program
 * @param second what thread b does: operations, or {@code walk PROCESS PAGE}
 */
public record Story(String name, List<String> first, List<String> second) {
    /**
     * What is there before: a family of three generations. Page 0 and 3 are in all three processes, page 1 is in the first, and in
     * the others a copy of the second one's, page 2 is in two. The first process has memory of its own, before and after the fork;
     * a page of it was moved away from its neighbour.
     */
    public static final List<String> BEFORE = List.of(
            "0 mmap 0 4 rw",
            "0 write 0 4",
            "0 mmap 20 2 rw",
            "0 write 20 2",
            "0 fork 1",
            "1 write 1 1",
            "1 fork 2",
            "2 write 2 1",
            "0 mmap 24 2 rw",
            "0 write 24 1",
            "0 mmap 30 4 rw",
            "0 mremap 21 1 60 1");

    private static final List<List<String>> CHANGES = List.of(
            List.of("fork", "0 fork 5"),
            List.of("fork-write", "1 fork 5", "5 write 0 1"),
            List.of("fork-fork", "1 fork 5", "5 fork 6", "1 exit"),
            List.of("exit", "1 exit"),
            List.of("exit-all", "1 exit", "0 exit"),
            List.of("move", "0 mremap 0 4 40 4"),
            List.of("move-part", "1 mremap 0 1 50 1"),
            List.of("move-home", "1 mremap 0 1 50 1", "1 mremap 50 1 0 1"),
            List.of("move-dontunmap", "0 mremap 0 4 40 4 dontunmap", "0 write 0 2"),
            List.of("come-home", "0 mremap 60 1 21 1"),
            List.of("move-fork", "1 mremap 0 2 50 2", "1 fork 5"),
            List.of("unmap", "0 munmap 1 2"),
            List.of("replace", "1 mmap 0 2 rw replace", "1 write 0 2"),
            List.of("split", "1 mprotect 1 2 r"),
            List.of("split-merge", "1 mprotect 1 2 r", "1 mprotect 1 2 rw"),
            List.of("fill", "0 mmap 22 2 rw", "0 write 22 2"),
            List.of("first-page", "0 write 30 4"),
            List.of("copy", "1 write 0 1"),
            List.of("copy-exit", "1 write 0 1", "1 exit"));

    private static final List<List<String>> BESIDE = List.of(
            List.of("walk", "walk 0 0"),
            List.of("walk-child", "walk 1 1", "walk 2 2"),
            List.of("walk-twice", "walk 2 3", "walk 2 3"),
            List.of("walk-moved", "walk 0 60"),
            List.of("migrate", "2 migrate 0 4"),
            List.of("migrate-read", "2 migrate 0 1", "2 read 0 1", "2 migrate 0 1"),
            List.of("swap", "2 swapout 0 4", "2 read 0 4"),
            List.of("copy-beside", "2 write 0 1"),
            List.of("fork-beside", "2 fork 9", "9 write 3 1"),
            List.of("exit-beside", "2 exit"),
            List.of("unmap-beside", "2 munmap 0 4"));

    /** Whether a page moves beside a walk: it can be missed only between two moments. */
    boolean isMoveBesideWalk() {
        return first.stream().anyMatch(operation -> operation.contains(" mremap "))
                && second.size() == 1
                && second.get(0).startsWith("walk ");
    }

    /** All of them. */
    static List<Story> all() {
        List<Story> all = new ArrayList<>();
        for (List<String> change : CHANGES) {
            for (List<String> beside : BESIDE) {
                all.add(new Story(
                        change.get(0) + "+" + beside.get(0),
                        change.subList(1, change.size()),
                        beside.subList(1, beside.size())));
            }
        }
        return all;
    }
}
