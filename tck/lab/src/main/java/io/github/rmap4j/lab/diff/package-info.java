/** What is different between two comparisons that were written to directories. */
package io.github.rmap4j.lab.diff;
