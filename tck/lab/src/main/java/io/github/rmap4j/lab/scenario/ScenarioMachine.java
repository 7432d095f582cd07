package io.github.rmap4j.lab.scenario;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MappedFile;
import org.jspecify.annotations.Nullable;

/**
 * Executes the operations of a scenario. Processes are numbered in the order in which they come into being; 0 exists at
 * the start. Addresses and lengths are in bytes.
 */
public interface ScenarioMachine {
    /**
     * Maps memory at an address where nothing is mapped.
     *
     * @param process number of the process
     * @param address the first byte
     * @param length the length
     * @param prot bits of {@link io.github.rmap4j.api.Prot}
     * @param flags MAP_PRIVATE or MAP_SHARED
     * @param file what is mapped from its page {@code pgoff} on, or null for anonymous memory
     * @param pgoff offset in the file, in pages
     */
    void mmap(int process, long address, long length, int prot, int flags, @Nullable MappedFile file, long pgoff);

    /**
     * Changes the protection of memory.
     *
     * @param process number of the process
     * @param address the first byte
     * @param length the length
     * @param prot bits of {@link io.github.rmap4j.api.Prot}
     */
    void mprotect(int process, long address, long length, int prot);

    /**
     * Writes one word to each of some pages, each time another word.
     *
     * @param process number of the process
     * @param address the first page
     * @param pages how many
     */
    void write(int process, long address, int pages);

    /**
     * Unmaps memory.
     *
     * @param process number of the process
     * @param address the first byte
     * @param length the length
     */
    void munmap(int process, long address, long length);

    /**
     * Moves memory to an address where nothing is mapped.
     *
     * @param process number of the process
     * @param address the first byte
     * @param length the length
     * @param newAddress where it goes
     * @param newLength the length there
     */
    void mremap(int process, long address, long length, long newAddress, long newLength);

    /**
     * Gives advice about memory.
     *
     * @param process number of the process
     * @param address the first byte
     * @param length the length
     * @param advice what is advised
     */
    void madvise(int process, long address, long length, Advice advice);

    /**
     * Ends a process. Its number is not used again.
     *
     * @param process number of the process
     */
    void exit(int process);

    /**
     * Creates a child.
     *
     * @param process number of the parent
     * @return number of the child
     */
    int fork(int process);

    /**
     * Runs a new program in a process.
     *
     * @param process number of the process
     * @param layout where things go
     */
    void exec(int process, ExecLayout layout);

    /**
     * Tells how far the scenario is.
     *
     * @param done what is done
     * @param total of how much
     */
    void progress(long done, long total);
}
