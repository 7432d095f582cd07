package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Advice;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parses one line of a memory program. */
final class LineParser {
    /** More pages than there are user addresses, few enough that no address overflows. */
    private static final long MAX_PAGES = 1L << 35;

    private static final String OPERATIONS = "(mmap, munmap, mprotect, mlock, munlock, mremap, write, read, madvise,"
            + " mseal, mbind, migrate, swapout, split, collapse, poison, fill, ksm, prctl, brk, fork, vfork, thread, exec,"
            + " exit)";

    private final String name;
    private final int line;
    private final StringTokenizer words;

    LineParser(String name, int line, String text) {
        this.name = name;
        this.line = line;
        int comment = text.indexOf('#');
        this.words = new StringTokenizer(comment < 0 ? text : text.substring(0, comment), " \t");
    }

    /** Whether the line holds no operation. */
    boolean isEmpty() {
        return !words.hasMoreTokens();
    }

    Operation operation() {
        int process = process("a process number");
        String word = word("an operation");
        Operation operation = switch (word) {
            case "mmap" -> mmap(process);
            case "munmap" -> new Operation.Munmap(process, start(), length());
            case "mprotect" -> new Operation.Mprotect(process, start(), length(), protection());
            case "mlock" -> new Operation.Mlock(process, start(), length());
            case "munlock" -> new Operation.Munlock(process, start(), length());
            case "mremap" -> mremap(process);
            case "write" -> new Operation.Write(process, start(), length());
            case "read" -> new Operation.Read(process, start(), length());
            case "madvise" -> new Operation.Madvise(process, start(), length(), advice());
            case "mseal" -> new Operation.Mseal(process, start(), length());
            case "mbind" -> new Operation.Mbind(process, start(), length(), policy());
            case "migrate" -> new Operation.Migrate(process, start(), length());
            case "split" -> new Operation.Split(process, start(), length());
            case "swapout" -> new Operation.Swapout(process, start(), length());
            case "collapse" -> new Operation.Madvise(process, start(), length(), Advice.COLLAPSE);
            case "fill" -> new Operation.Fill(process, start(), length(), fillWord());
            case "ksm" -> new Operation.Ksm(process);
            case "prctl" -> new Operation.Prctl(process, prctlOption());
            case "poison" -> new Operation.Poison(process, pages("PAGE"));
            case "brk" -> new Operation.Brk(process, pages("PAGES"));
            case "fork" -> new Operation.Fork(process, process("CHILD, a process number"));
            case "vfork" -> new Operation.Vfork(process, process("CHILD, a process number"));
            case "thread" -> new Operation.Thread(process);
            case "exec" -> new Operation.Exec(process);
            case "exit" -> new Operation.Exit(process);
            default -> throw expected("an operation " + OPERATIONS, word);
        };
        if (words.hasMoreTokens()) {
            throw expected("the end of the line", words.nextToken());
        }
        return operation;
    }

    private Operation mmap(int process) {
        long start = start();
        long length = length();
        Protection protection = protection();
        EnumSet<MmapOption> options = EnumSet.noneOf(MmapOption.class);
        FileOffset file = null;
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.startsWith("file=")) {
                if (file != null) {
                    throw expected("one file at most", word);
                }
                file = file(word);
            } else {
                MmapOption option = find(MmapOption.values(), MmapOption::word, word);
                if (option == null) {
                    throw expected(
                            "an option " + words(MmapOption.values(), MmapOption::word) + " or file=ID:PGOFF", word);
                }
                if (!options.add(option)) {
                    throw expected("each option once", word);
                }
            }
        }
        return new Operation.Mmap(process, start, length, protection, options, file);
    }

    private FileOffset file(String word) {
        String[] parts = word.substring("file=".length()).split(":", -1);
        if (parts.length == 2) {
            long id = number(parts[0], Integer.MAX_VALUE);
            long pgoff = number(parts[1], MAX_PAGES);
            if (id >= 0 && pgoff >= 0) {
                return new FileOffset((int) id, pgoff);
            }
        }
        throw expected("file=ID:PGOFF with two numbers", word);
    }

    private Operation mremap(int process) {
        long start = pages("OLD");
        long length = pages("OLDLEN");
        String destination = word("NEW, a number of pages, or 'inplace'");
        if (destination.equals("inplace")) {
            return new Operation.MremapInPlace(process, start, length, pages("NEWLEN"));
        }
        long newStart = number(destination, MAX_PAGES);
        if (newStart < 0) {
            throw expected("NEW, a number of pages, or 'inplace'", destination);
        }
        long newLength = pages("NEWLEN");
        boolean dontUnmap = words.hasMoreTokens();
        if (dontUnmap) {
            String option = words.nextToken();
            if (!option.equals("dontunmap")) {
                throw expected("'dontunmap' or the end of the line", option);
            }
        }
        return new Operation.Mremap(process, start, length, newStart, newLength, dontUnmap);
    }

    private Protection protection() {
        String expected = "PROT " + words(Protection.values(), Protection::word);
        String word = word(expected);
        Protection protection = find(Protection.values(), Protection::word, word);
        if (protection == null) {
            throw expected(expected, word);
        }
        return protection;
    }

    private Advice advice() {
        Function<Advice, String> toWord = advice -> advice.name().toLowerCase(Locale.ROOT);
        String expected = "ADVICE " + words(Advice.values(), toWord);
        String word = word(expected);
        Advice advice = find(Advice.values(), toWord, word);
        if (advice == null) {
            throw expected(expected, word);
        }
        return advice;
    }

    private PrctlOption prctlOption() {
        String expected = "OPTION " + words(PrctlOption.values(), PrctlOption::word);
        String word = word(expected);
        PrctlOption option = find(PrctlOption.values(), PrctlOption::word, word);
        if (option == null) {
            throw expected(expected, word);
        }
        return option;
    }

    private long fillWord() {
        return number("WORD, a number", Long.MAX_VALUE, word("WORD, a number"));
    }

    private int policy() {
        return (int) number("POLICY, a number", Integer.MAX_VALUE, word("POLICY, a number"));
    }

    private long start() {
        return pages("START");
    }

    private long length() {
        return pages("LEN");
    }

    private int process(String expected) {
        return (int) number(expected, Integer.MAX_VALUE, word(expected));
    }

    private long pages(String role) {
        String expected = role + ", a number of pages";
        return number(expected, MAX_PAGES, word(expected));
    }

    private long number(String expected, long max, String word) {
        long number = number(word, max);
        if (number < 0) {
            throw expected(expected, word);
        }
        return number;
    }

    /** The value of a decimal number, or -1 if the word is none or too large. */
    private static long number(String word, long max) {
        if (word.isEmpty() || word.length() > 18 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        long number = Long.parseLong(word);
        return number <= max ? number : -1;
    }

    private String word(String expected) {
        if (!words.hasMoreTokens()) {
            throw new ProgramException(name, line, "expected " + expected + ", found the end of the line");
        }
        return words.nextToken();
    }

    private ProgramException expected(String what, String found) {
        return new ProgramException(name, line, "expected " + what + ", found '" + found + "'");
    }

    private static <T> @Nullable T find(T[] values, Function<T, String> toWord, String word) {
        for (T value : values) {
            if (toWord.apply(value).equals(word)) {
                return value;
            }
        }
        return null;
    }

    private static <T> String words(T[] values, Function<T, String> toWord) {
        return Arrays.stream(values).map(toWord).collect(Collectors.joining(", ", "(", ")"));
    }
}
