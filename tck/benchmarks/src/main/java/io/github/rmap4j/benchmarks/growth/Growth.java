package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;

/** Benchmarks of one operation at several sizes of the state; the largest need a larger heap. */
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-XX:+UseParallelGC", "-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch"})
public abstract class Growth extends Timed {}
