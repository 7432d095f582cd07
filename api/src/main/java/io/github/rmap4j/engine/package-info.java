/**
 * Puts a manager together. The sub-packages, from the bottom up: {@code account} and {@code lock} count and order,
 * {@code page} holds page tables and folios, {@code mm} address spaces, {@code rmap} walks.
 */
package io.github.rmap4j.engine;
