package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Advice;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a memory program; starts and lengths are in pages. {@link io.github.rmap4j.tck.program the package}
 * describes each.
 *
 * @since 0.1
 */
public sealed interface Operation {
    /**
     * Who does it.
     *
     * @return the number of the process
     */
    int process();

    /**
     * The operation as a line of a program.
     *
     * @return the line in canonical form: single blanks, no comment
     */
    String text();

    /**
     * Maps memory.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param protection the protection
     * @param options any of the options
     * @param file what is mapped, or null for anonymous memory
     */
    record Mmap(
            int process,
            long start,
            long length,
            Protection protection,
            Set<MmapOption> options,
            @Nullable FileOffset file)
            implements Operation {
        /**
         * Copies the options.
         *
         * @param process who
         * @param start first page
         * @param length number of pages
         * @param protection the protection
         * @param options any of the options
         * @param file what is mapped, or null for anonymous memory
         */
        public Mmap {
            options = Set.copyOf(options);
        }

        @Override
        public String text() {
            StringBuilder line = new StringBuilder(range(process, "mmap", start, length));
            line.append(' ').append(protection.word());
            // Set.copyOf forgets the order.
            for (MmapOption option : EnumSet.allOf(MmapOption.class)) {
                if (options.contains(option)) {
                    line.append(' ').append(option.word());
                }
            }
            if (file != null) {
                line.append(" file=").append(file);
            }
            return line.toString();
        }
    }

    /**
     * Unmaps.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Munmap(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "munmap", start, length);
        }
    }

    /**
     * Changes the protection.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param protection the new protection
     */
    record Mprotect(int process, long start, long length, Protection protection) implements Operation {
        @Override
        public String text() {
            return range(process, "mprotect", start, length) + " " + protection.word();
        }
    }

    /**
     * Locks in memory.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Mlock(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "mlock", start, length);
        }
    }

    /**
     * Undoes {@link Mlock}.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Munlock(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "munlock", start, length);
        }
    }

    /**
     * Moves a mapping.
     *
     * @param process who
     * @param start first page of what is moved
     * @param length its number of pages
     * @param newStart first page of the destination
     * @param newLength number of pages afterwards
     * @param dontUnmap MREMAP_DONTUNMAP
     */
    record Mremap(int process, long start, long length, long newStart, long newLength, boolean dontUnmap)
            implements Operation {
        @Override
        public String text() {
            return range(process, "mremap", start, length) + " " + newStart + " " + newLength
                    + (dontUnmap ? " dontunmap" : "");
        }
    }

    /**
     * Grows or shrinks a mapping where it is.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param newLength number of pages afterwards
     */
    record MremapInPlace(int process, long start, long length, long newLength) implements Operation {
        @Override
        public String text() {
            return range(process, "mremap", start, length) + " inplace " + newLength;
        }
    }

    /**
     * Writes to each page.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Write(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "write", start, length);
        }
    }

    /**
     * Reads from each page.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Read(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "read", start, length);
        }
    }

    /**
     * Gives advice.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param advice the advice
     */
    record Madvise(int process, long start, long length, Advice advice) implements Operation {
        @Override
        public String text() {
            return range(process, "madvise", start, length)
                    + " "
                    + advice.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Seals.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Mseal(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "mseal", start, length);
        }
    }

    /**
     * Sets the memory policy.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param policy 0 for the default
     */
    record Mbind(int process, long start, long length, int policy) implements Operation {
        @Override
        public String text() {
            return range(process, "mbind", start, length) + " " + policy;
        }
    }

    /**
     * Migrates pages to other frames, in all processes that map them.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Migrate(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "migrate", start, length);
        }
    }

    /**
     * Reports a hardware error in a page.
     *
     * @param process who maps it
     * @param page the page
     */
    record Poison(int process, long page) implements Operation {
        @Override
        public String text() {
            return process + " poison " + page;
        }
    }

    /**
     * Takes pages from all processes that map them and saves them in swap.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Swapout(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "swapout", start, length);
        }
    }

    /**
     * Writes the same word to each page, so that pages can be equal.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     * @param word the word
     */
    record Fill(int process, long start, long length, long word) implements Operation {
        @Override
        public String text() {
            return range(process, "fill", start, length) + " " + word;
        }
    }

    /**
     * Scans all mergeable memory once.
     *
     * @param process who asks for it; it does not matter
     */
    record Ksm(int process) implements Operation {
        @Override
        public String text() {
            return process + " ksm";
        }
    }

    /**
     * Lets all pages of a process be merged, or no more.
     *
     * @param process who
     * @param option what
     */
    record Prctl(int process, PrctlOption option) implements Operation {
        @Override
        public String text() {
            return process + " prctl " + option.word();
        }
    }

    /**
     * Splits large folios.
     *
     * @param process who
     * @param start first page
     * @param length number of pages
     */
    record Split(int process, long start, long length) implements Operation {
        @Override
        public String text() {
            return range(process, "split", start, length);
        }
    }

    /**
     * Changes the size of the heap.
     *
     * @param process who
     * @param pages its size afterwards
     */
    record Brk(int process, long pages) implements Operation {
        @Override
        public String text() {
            return process + " brk " + pages;
        }
    }

    /**
     * Creates a child with a copy of the address space.
     *
     * @param process who
     * @param child number of the new process
     */
    record Fork(int process, int child) implements Operation {
        @Override
        public String text() {
            return process + " fork " + child;
        }
    }

    /**
     * Creates a child that uses the same address space until it calls exec.
     *
     * @param process who
     * @param child number of the new process
     */
    record Vfork(int process, int child) implements Operation {
        @Override
        public String text() {
            return process + " vfork " + child;
        }
    }

    /**
     * Starts a thread.
     *
     * @param process who
     */
    record Thread(int process) implements Operation {
        @Override
        public String text() {
            return process + " thread";
        }
    }

    /**
     * Runs a new program.
     *
     * @param process who
     */
    record Exec(int process) implements Operation {
        @Override
        public String text() {
            return process + " exec";
        }
    }

    /**
     * Ends the process.
     *
     * @param process who
     */
    record Exit(int process) implements Operation {
        @Override
        public String text() {
            return process + " exit";
        }
    }

    private static String range(int process, String name, long start, long length) {
        return process + " " + name + " " + start + " " + length;
    }
}
