/**
 * The conformance kit. A {@link io.github.rmap4j.tck.Conformance} run checks one strategy against every
 * {@link io.github.rmap4j.tck.Rule} and gives a {@link io.github.rmap4j.tck.ConformanceReport}: which rules hold, which are
 * broken and by which shortest program, which need a capability that the strategy does not declare.
 *
 * <p>The rules, with how to read a failure, are in {@code RULES.md} beside this kit's sources.
 */
@NullMarked
package io.github.rmap4j.tck;

import org.jspecify.annotations.NullMarked;
