/**
 * Locks that are counted by class, and the checker of their order. The order itself is written down in
 * {@link io.github.rmap4j.spi}.
 */
package io.github.rmap4j.engine.lock;
