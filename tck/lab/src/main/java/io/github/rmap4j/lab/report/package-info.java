/** Turns replays into numbers, tables and files. */
package io.github.rmap4j.lab.report;
