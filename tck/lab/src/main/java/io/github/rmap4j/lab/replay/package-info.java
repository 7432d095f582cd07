/** Drives a memory manager with a workload. */
package io.github.rmap4j.lab.replay;
