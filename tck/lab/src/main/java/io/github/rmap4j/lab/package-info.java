/** The laboratory: replays workloads under designs of the anonymous reverse map and compares what they cost. */
package io.github.rmap4j.lab;
