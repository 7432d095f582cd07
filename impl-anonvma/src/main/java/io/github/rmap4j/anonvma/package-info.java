/**
 * Today's Linux: the reverse map of anonymous memory by anon_vma and anon_vma_chain objects (mm/rmap.c of Linux 6.18),
 * object for object and lock for lock.
 */
package io.github.rmap4j.anonvma;
