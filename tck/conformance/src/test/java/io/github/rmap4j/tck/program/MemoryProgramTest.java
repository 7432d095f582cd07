package io.github.rmap4j.tck.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.Advice;
import java.io.IOException;
import java.io.Reader;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("Parser of memory programs")
class MemoryProgramTest {
    private static final String PROTECTIONS = "PROT (none, r, rw, rx, rwx)";
    private static final String ADVICES =
            "ADVICE (normal, random, sequential, willneed, dontneed, free, dontfork, dofork,"
                    + " mergeable, unmergeable, hugepage, nohugepage, dontdump, dodump, wipeonfork, keeponfork, cold,"
                    + " pageout, populate_read, populate_write, collapse, guard_install, guard_remove)";
    private static final String END = "the end of the line";

    /** Every operation in canonical form. */
    static List<String> everyOperation() {
        return List.of(
                "0 mmap 0 16 rw",
                "0 mmap 1 2 none noreserve populate replace growsdown shared file=3:7",
                "1 mmap 1 2 rx file=0:0",
                "2 mmap 1 2 rwx populate",
                "0 munmap 3 4",
                "0 mprotect 3 4 r",
                "0 mlock 3 4",
                "0 munlock 3 4",
                "0 mremap 3 4 20 5",
                "0 mremap 3 4 20 4 dontunmap",
                "0 mremap 3 4 inplace 9",
                "0 write 0 1",
                "0 read 0 1",
                "0 madvise 0 1 wipeonfork",
                "0 mseal 0 1",
                "0 migrate 3 2",
                "0 split 0 16",
                "0 poison 3",
                "0 swapout 3 2",
                "0 fill 3 2 42",
                "0 ksm",
                "0 prctl merge",
                "0 prctl nomerge",
                "0 prctl nofork",
                "0 madvise 0 512 collapse",
                "0 madvise 0 4 pageout",
                "0 mbind 0 1 7",
                "0 brk 12",
                "0 fork 1",
                "0 vfork 2",
                "0 thread",
                "0 exec",
                "0 exit");
    }

    @TestFactory
    Stream<DynamicTest> canonicalLinesStayAsTheyAre() {
        return everyOperation().stream()
                .map(line -> DynamicTest.dynamicTest(
                        line,
                        () -> assertThat(MemoryProgram.parseLine("p", 1, line).text())
                                .isEqualTo(line)));
    }

    @Test
    void everyKindOfOperationCanBeParsed() {
        Set<Class<?>> parsed = new HashSet<>();
        everyOperation()
                .forEach(
                        line -> parsed.add(MemoryProgram.parseLine("p", 1, line).getClass()));
        assertThat(parsed).containsExactlyInAnyOrder(Operation.class.getPermittedSubclasses());
    }

    @Test
    void everyAdviceCanBeParsed() {
        for (Advice advice : Advice.values()) {
            String line = "4 madvise 5 6 " + advice.name().toLowerCase(Locale.ROOT);
            assertThat(MemoryProgram.parseLine("p", 1, line)).isEqualTo(new Operation.Madvise(4, 5, 6, advice));
        }
    }

    @Test
    void componentsAreInTheirPlaces() {
        MemoryProgram program = MemoryProgram.parse("p", """
            0 mmap 1 2 rx file=3:4 replace populate
            0 mremap 1 2 3 4 dontunmap
            0 mremap 1 2 inplace 3
            0 mprotect 1 2 none
            0 mbind 1 2 3
            """);
        assertThat(program.operations())
                .containsExactly(
                        new Operation.Mmap(
                                0,
                                1,
                                2,
                                Protection.RX,
                                Set.of(MmapOption.POPULATE, MmapOption.REPLACE),
                                new FileOffset(3, 4)),
                        new Operation.Mremap(0, 1, 2, 3, 4, true),
                        new Operation.MremapInPlace(0, 1, 2, 3),
                        new Operation.Mprotect(0, 1, 2, Protection.NONE),
                        new Operation.Mbind(0, 1, 2, 3));
    }

    @Test
    void commentsBlanksAndEmptyLinesDoNotMatter() {
        MemoryProgram program =
                MemoryProgram.parse("p", "# a comment\n\n  \t\n\t0  fork\t1 # a child\r\n1 exit#now\n#end");
        assertThat(program.text()).isEqualTo("0 fork 1\n1 exit\n");
        assertThat(program.name()).isEqualTo("p");
    }

    @Test
    void anEmptyProgramHasNoOperations() {
        assertThat(MemoryProgram.parse("p", "").operations()).isEmpty();
    }

    @Test
    void errorsOfTheReaderPass() {
        Reader broken = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("no more tape");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> MemoryProgram.read("p", broken))
                .isInstanceOf(IOException.class)
                .hasMessage("no more tape");
    }

    @Test
    void theLineOfAnErrorCountsCommentsAndEmptyLines() {
        assertThatThrownBy(() -> MemoryProgram.parse("loop.txt", "# first\n\n0 fork 1\n0 frok 2\n"))
                .isInstanceOf(ProgramException.class)
                .hasMessageStartingWith("loop.txt:4: expected an operation (mmap, ")
                .hasMessageEndingWith("), found 'frok'");
    }

    @TestFactory
    Stream<DynamicTest> badLines() {
        return Stream.of(
                bad("x", expected("a process number", "'x'")),
                bad("-1 exit", expected("a process number", "'-1'")),
                bad("2147483648 exit", expected("a process number", "'2147483648'")),
                bad("99999999999999999999 exit", expected("a process number", "'99999999999999999999'")),
                bad("0", expected("an operation", END)),
                bad(
                        "0 mmpa 1 2 rw",
                        expected(
                                "an operation (mmap, munmap, mprotect, mlock, munlock, mremap, write, read, madvise,"
                                        + " mseal, mbind, migrate, swapout, split, collapse, poison, fill, ksm, prctl, brk, fork, vfork, thread, exec, exit)",
                                "'mmpa'")),
                bad("0 mmap", expected("START, a number of pages", END)),
                bad("0 mmap a", expected("START, a number of pages", "'a'")),
                bad("0 mmap 34359738369 1 rw", expected("START, a number of pages", "'34359738369'")),
                bad("0 mmap 0", expected("LEN, a number of pages", END)),
                bad("0 mmap 0 1", expected(PROTECTIONS, END)),
                bad("0 mmap 0 1 w", expected(PROTECTIONS, "'w'")),
                bad(
                        "0 mmap 0 1 rw fixed",
                        expected(
                                "an option (noreserve, populate, replace, growsdown, shared) or file=ID:PGOFF",
                                "'fixed'")),
                bad("0 mmap 0 1 rw populate populate", expected("each option once", "'populate'")),
                bad("0 mmap 0 1 rw file=1", expected("file=ID:PGOFF with two numbers", "'file=1'")),
                bad("0 mmap 0 1 rw file=:2", expected("file=ID:PGOFF with two numbers", "'file=:2'")),
                bad("0 mmap 0 1 rw file=1:x", expected("file=ID:PGOFF with two numbers", "'file=1:x'")),
                bad("0 mmap 0 1 rw file=1:2:3", expected("file=ID:PGOFF with two numbers", "'file=1:2:3'")),
                bad("0 mmap 0 1 rw file=1:2 file=1:2", expected("one file at most", "'file=1:2'")),
                bad("0 munmap 1", expected("LEN, a number of pages", END)),
                bad("0 munmap 1 2 3", expected(END, "'3'")),
                bad("0 mprotect 1 2", expected(PROTECTIONS, END)),
                bad("0 mprotect 1 2 xr", expected(PROTECTIONS, "'xr'")),
                bad("0 mlock x", expected("START, a number of pages", "'x'")),
                bad("0 munlock 1 y", expected("LEN, a number of pages", "'y'")),
                bad("0 mremap", expected("OLD, a number of pages", END)),
                bad("0 mremap 1", expected("OLDLEN, a number of pages", END)),
                bad("0 mremap 1 2", expected("NEW, a number of pages, or 'inplace'", END)),
                bad("0 mremap 1 2 there", expected("NEW, a number of pages, or 'inplace'", "'there'")),
                bad("0 mremap 1 2 3", expected("NEWLEN, a number of pages", END)),
                bad("0 mremap 1 2 3 4 unmap", expected("'dontunmap' or the end of the line", "'unmap'")),
                bad("0 mremap 1 2 3 4 dontunmap 5", expected(END, "'5'")),
                bad("0 mremap 1 2 inplace", expected("NEWLEN, a number of pages", END)),
                bad("0 mremap 1 2 inplace 3 dontunmap", expected(END, "'dontunmap'")),
                bad("0 write 1", expected("LEN, a number of pages", END)),
                bad("0 read -1 2", expected("START, a number of pages", "'-1'")),
                bad("0 madvise 1 2", expected(ADVICES, END)),
                bad("0 madvise 1 2 good", expected(ADVICES, "'good'")),
                bad("0 madvise 1 2 DONTNEED", expected(ADVICES, "'DONTNEED'")),
                bad("0 mseal 1", expected("LEN, a number of pages", END)),
                bad("0 mbind 1 2", expected("POLICY, a number", END)),
                bad("0 mbind 1 2 local", expected("POLICY, a number", "'local'")),
                bad("0 brk", expected("PAGES, a number of pages", END)),
                bad("0 fork", expected("CHILD, a process number", END)),
                bad("0 fork child", expected("CHILD, a process number", "'child'")),
                bad("0 vfork", expected("CHILD, a process number", END)),
                bad("0 thread 1", expected(END, "'1'")),
                bad("0 exec sh", expected(END, "'sh'")),
                bad("0 exit 0", expected(END, "'0'")),
                bad("0 fill 0 1", expected("WORD, a number", END)),
                bad("0 swapout 0", expected("LEN, a number of pages", END)),
                bad("0 prctl fork", expected("OPTION (merge, nomerge, nofork)", "'fork'")));
    }

    @Test
    void anEmptyLineIsNoOperation() {
        assertThatThrownBy(() -> MemoryProgram.parseLine("p", 7, " # nothing"))
                .isInstanceOf(ProgramException.class)
                .hasMessage("p:7: expected a process number, found the end of the line");
    }

    private static String expected(String what, String found) {
        return "p:1: expected " + what + ", found " + found;
    }

    private static DynamicTest bad(String line, String message) {
        return DynamicTest.dynamicTest(
                line,
                () -> assertThatThrownBy(() -> MemoryProgram.parse("p", line))
                        .isInstanceOf(ProgramException.class)
                        .hasMessage(message));
    }
}
