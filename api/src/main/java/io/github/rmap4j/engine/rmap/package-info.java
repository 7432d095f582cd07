/** Reverse-map walks: what the strategy offers is looked up in the page tables and reported. */
package io.github.rmap4j.engine.rmap;
