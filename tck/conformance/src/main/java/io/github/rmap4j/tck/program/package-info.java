/**
 * Memory programs: a small script language for memory operations, the machine that executes it, and the state after
 * each operation as JSON.
 *
 * <p>One operation a line; {@code #} starts a comment; words are separated by blanks. Processes are small numbers, and
 * process 0 exists at the start. {@code START}, {@code LEN}, {@code OLD} and {@code NEW} are numbers of pages; page 0
 * of a program is address {@link io.github.rmap4j.tck.program.ProgramMachine#ARENA}.
 *
 * <table>
 *   <caption>Operations</caption>
 *   <tr><th>operation</th><th>meaning</th></tr>
 *   <tr><td>{@code P mmap START LEN PROT [noreserve] [populate] [replace] [growsdown] [shared] [file=ID:PGOFF]}</td>
 *       <td>private anonymous memory, exactly there (MAP_FIXED_NOREPLACE), with {@code replace} in place of what is
 *       there (MAP_FIXED); PROT is {@code none}, {@code r}, {@code rw}, {@code rx} or {@code rwx}; {@code file} maps
 *       file ID from page PGOFF on</td></tr>
 *   <tr><td>{@code P munmap START LEN}</td><td>unmaps</td></tr>
 *   <tr><td>{@code P mprotect START LEN PROT}</td><td>changes the protection</td></tr>
 *   <tr><td>{@code P mlock START LEN}, {@code P munlock START LEN}</td><td>locks and unlocks</td></tr>
 *   <tr><td>{@code P mremap OLD OLDLEN NEW NEWLEN [dontunmap]}</td>
 *       <td>moves (MREMAP_MAYMOVE and MREMAP_FIXED)</td></tr>
 *   <tr><td>{@code P mremap OLD OLDLEN inplace NEWLEN}</td><td>grows or shrinks where it is (no flags)</td></tr>
 *   <tr><td>{@code P write START LEN}, {@code P read START LEN}</td>
 *       <td>accesses each page in ascending order and stops at the first that fails</td></tr>
 *   <tr><td>{@code P madvise START LEN ADVICE}</td>
 *       <td>ADVICE is the name of an {@link io.github.rmap4j.api.Advice} in lower case</td></tr>
 *   <tr><td>{@code P mseal START LEN}</td><td>seals</td></tr>
 *   <tr><td>{@code P mbind START LEN POLICY}</td><td>sets the memory policy, 0 for the default</td></tr>
 *   <tr><td>{@code P migrate START LEN}</td>
 *       <td>moves the pages to new frames, in all processes that map them; EAGAIN if something held on to one</td></tr>
 *   <tr><td>{@code P poison PAGE}</td>
 *       <td>a hardware error in the page: every process that maps it loses it, and each access fails (EHWPOISON)</td></tr>
 *   <tr><td>{@code P split START LEN}</td>
 *       <td>splits the large folios that are mapped there; EAGAIN if something held on to one</td></tr>
 *   <tr><td>{@code P collapse START LEN}</td><td>{@code P madvise START LEN collapse}</td></tr>
 *   <tr><td>{@code P swapout START LEN}</td>
 *       <td>takes the pages from all processes that map them; EAGAIN if one could not be swapped out</td></tr>
 *   <tr><td>{@code P fill START LEN WORD}</td><td>writes the same word to each page</td></tr>
 *   <tr><td>{@code P ksm}</td><td>one scan of all mergeable pages, whoever P is</td></tr>
 *   <tr><td>{@code P prctl merge}, {@code P prctl nomerge}</td><td>PR_SET_MEMORY_MERGE</td></tr>
 *   <tr><td>{@code P prctl nofork}</td><td>the proposed PR_SET_NOFORK: {@code fork} fails with EPERM from now on</td></tr>
 *   <tr><td>{@code P brk PAGES}</td><td>makes the heap so many pages long</td></tr>
 *   <tr><td>{@code P fork CHILD}</td><td>creates process CHILD as a copy</td></tr>
 *   <tr><td>{@code P vfork CHILD}</td><td>creates process CHILD in the same address space</td></tr>
 *   <tr><td>{@code P thread}</td><td>one more thread; ends with its process</td></tr>
 *   <tr><td>{@code P exec}</td><td>a new address space that holds only the stack</td></tr>
 *   <tr><td>{@code P exit}</td><td>the process ends with all its threads</td></tr>
 * </table>
 */
package io.github.rmap4j.tck.program;
