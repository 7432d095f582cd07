/**
 * Interleavings: two threads of which one runs at a time, and which one is decided at every point where a strategy is called,
 * calls, takes a lock or allocates. A schedule is a word, and the same word is the same run.
 */
@NullMarked
package io.github.rmap4j.tck.interleaving;

import org.jspecify.annotations.NullMarked;
