package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Fork;

/** Benchmarks of one operation at several sizes of the state; the largest need a larger heap. */
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch"})
public abstract class Growth extends Timed {}
