/**
 * Address spaces: VMAs and every operation on them, one class for each system call or kernel mechanism.
 * {@link io.github.rmap4j.engine.mm.Mm} holds the state and the mmap lock, {@link io.github.rmap4j.engine.mm.Machine}
 * what all address spaces of a manager share.
 */
package io.github.rmap4j.engine.mm;
