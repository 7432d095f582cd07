package io.github.rmap4j.tck.scenario;

import io.github.rmap4j.tck.program.MemoryProgram;
import java.util.List;

/**
 * Programs that together reach every kind of layout change, fork and copy. Each operation but the writes is one atomic
 * unit, writes are one for each page, and all succeed.
 */
public final class Programs {
    private Programs() {}

    /** The programs, each with a name that says what it is about. */
    public static List<MemoryProgram> all() {
        return List.of(
                program("split and merge", """
                    0 mmap 0 10 rw
                    0 write 0 10
                    0 mprotect 0 3 r
                    0 mprotect 6 4 r
                    0 mprotect 0 3 rw
                    0 mprotect 6 4 rw
                    0 munmap 8 2
                    0 munmap 3 2
                    0 mmap 3 2 rw
                    0 write 3 2
                    """),
                program("split in three", """
                    0 mmap 0 9 rw
                    0 write 0 9
                    0 mprotect 3 3 r
                    0 mprotect 3 3 rw
                    0 munmap 4 1
                    """),
                program("neighbours share", """
                    0 mmap 0 3 rwx
                    0 mmap 3 3 rw
                    0 mmap 6 3 rwx
                    0 write 6 1
                    0 write 3 1
                    0 write 0 1
                    0 mprotect 3 3 rwx
                    """),
                program("merge into unfaulted", """
                    0 mmap 0 5 r noreserve
                    0 mmap 5 5 rw noreserve
                    0 write 5 5
                    0 mprotect 5 2 r
                    0 mprotect 7 1 r
                    0 mprotect 8 2 r
                    """),
                program("tree of forks", """
                    0 mmap 0 6 rw
                    0 write 0 6
                    0 mprotect 2 4 r
                    0 fork 1
                    1 fork 2
                    1 exit
                    2 fork 3
                    2 fork 4
                    3 write 0 2
                    2 exit
                    4 munmap 2 4
                    4 write 0 1
                    0 write 1 1
                    """),
                program("copy-on-write", """
                    0 mmap 0 4 rw
                    0 write 0 4
                    0 fork 1
                    1 write 1 2
                    0 write 2 2
                    1 fork 2
                    2 write 0 4
                    1 write 0 4
                    0 write 0 4
                    """),
                program("away and home", """
                    0 mmap 0 9 rw
                    0 write 0 9
                    0 mremap 0 3 20 3
                    0 mremap 6 3 30 3
                    0 fork 1
                    0 mremap 20 3 0 3
                    0 mremap 30 3 6 3
                    1 mremap 3 3 40 3
                    1 write 40 3
                    """),
                program("moved next to neighbours", """
                    0 mmap 0 3 rw
                    0 write 0 3
                    0 mmap 20 3 rw
                    0 mremap 20 3 3 3
                    0 write 3 3
                    0 mmap 9 3 rw
                    0 mmap 30 3 rw
                    0 mremap 30 3 6 3
                    """),
                program("dontunmap", """
                    0 mmap 4 3 rw
                    0 write 4 3
                    0 mremap 4 3 20 3
                    0 mmap 1 3 rw
                    0 mmap 7 3 rw
                    0 mremap 20 3 4 3 dontunmap
                    0 write 20 3
                    0 mremap 4 2 40 2 dontunmap
                    0 write 4 2
                    """),
                program("resized in place", """
                    0 mmap 0 5 rw
                    0 write 0 5
                    0 mmap 10 5 rw
                    0 mremap 0 5 inplace 8
                    0 mremap 0 8 inplace 10
                    0 mremap 0 10 inplace 4
                    0 write 10 5
                    """),
                program("private file", """
                    0 mmap 0 6 rw file=1:3
                    0 read 0 6
                    0 write 1 2
                    0 fork 1
                    1 write 0 3
                    0 mprotect 0 2 r
                    1 munmap 2 2
                    """),
                program("what fork leaves out", """
                    0 mmap 0 9 rw
                    0 write 0 9
                    0 madvise 0 3 wipeonfork
                    0 madvise 6 3 dontfork
                    0 fork 1
                    1 write 0 6
                    1 mmap 6 3 rw
                    1 write 6 3
                    0 madvise 3 3 dontneed
                    """),
                program("guards", """
                    0 mmap 0 6 rw
                    0 madvise 0 2 guard_install
                    0 mmap 6 2 rw
                    0 fork 1
                    1 madvise 0 1 guard_remove
                    1 write 0 1
                    0 write 2 6
                    """),
                program("heap and stack", """
                    0 brk 2
                    0 mmap 1000 2 rw growsdown
                    0 write 998 3
                    0 fork 1
                    0 brk 4
                    1 brk 4
                    1 write 996 2
                    1 exec
                    """));
    }

    private static MemoryProgram program(String name, String text) {
        return MemoryProgram.parse(name, text);
    }
}
