package io.github.rmap4j.engine.page;

import io.github.rmap4j.engine.lock.KernelLockClass;

/**
 * The lock classes of page tables.
 *
 * @param outer the first page-table lock that a thread takes
 * @param nested the second one, taken while the first is held
 */
public record PageTableLocks(KernelLockClass outer, KernelLockClass nested) {}
