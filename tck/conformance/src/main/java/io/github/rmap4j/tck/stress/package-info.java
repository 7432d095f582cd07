/** Threads that change and walk a family of processes at the same time. */
@NullMarked
package io.github.rmap4j.tck.stress;

import org.jspecify.annotations.NullMarked;
