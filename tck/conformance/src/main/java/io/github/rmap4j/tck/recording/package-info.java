/**
 * Recordings of what a live Linux kernel did, and their replay.
 *
 * <p>A recording is a text file, possibly compressed with gzip. Each line is a JSON object: an operation of a
 * {@link io.github.rmap4j.tck.program memory program}, how it ended, and the state after it. The first line has the
 * operation {@code start}.
 *
 * <pre>{@code
 * {"op":"0 fork 1","ret":0,"errno":0,"anon_vma":2,"avc":3,
 *  "procs":{"0":{"vmas":[[0,16,"rw-p"]],"pages":[[0,4,"anon",0,2,0,0]]}, "1":{...}}}
 * }</pre>
 *
 * <ul>
 *   <li>{@code ret} is 0 or -1, {@code errno} is 0 or Linux's number.
 *   <li>{@code anon_vma} and {@code avc} are the live objects of those two slabs; {@code slabs}, which may be missing,
 *       names other slabs.
 *   <li>{@code vmas}: start, end and permissions of each VMA.
 *   <li>{@code pages}: runs {@code [start, length, "anon", id, mapcount, exclusive, large]},
 *       {@code [start, length, "swap", id, 0]} or {@code [start, length, KIND]} with {@code zero}, {@code guard} or
 *       {@code file}. Page and id step by one within a run. An id names a frame or swap slot as long as some process
 *       has it.
 *   <li>{@code anonExclusive}, which a live kernel cannot show: runs of pages that have that mark.
 * </ul>
 */
package io.github.rmap4j.tck.recording;
