/** Counting: slabs, events and walks, in per-thread counters. Knows nothing of memory. */
package io.github.rmap4j.engine.account;
