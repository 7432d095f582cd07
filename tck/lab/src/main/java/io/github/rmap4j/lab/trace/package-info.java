/** Reads traces of real workloads as perf prints them. */
package io.github.rmap4j.lab.trace;
