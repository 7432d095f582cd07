package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AccessSampler;
import io.github.rmap4j.api.AccessSampler.Sample;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Access monitoring through the reverse map. */
@DisplayName("Access sampling")
class AccessSamplerTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("a sample of everything tells used, unused and vanished folios apart, whoever used them")
    void everything() {
        machine.run("0 mmap 0 64 rw", "0 write 0 64", "0 fork 1");
        AccessSampler sampler = new AccessSampler(machine.manager(), 100, 1);
        sampler.prepare();
        assertThat(sampler.check()).isEqualTo(new Sample(64, 0, 0));
        machine.run("0 read 0 10", "1 read 5 10", "0 munmap 60 4", "1 munmap 60 4");
        assertThat(sampler.check()).isEqualTo(new Sample(60, 15, 4));
        assertThat(sampler.check()).as("asking changes nothing").isEqualTo(new Sample(60, 15, 4));
        sampler.prepare();
        assertThat(sampler.check()).isEqualTo(new Sample(60, 0, 0));
    }

    @Test
    @DisplayName("a small sample is random, but the seed decides it")
    void small() {
        machine.run("0 mmap 0 256 rw", "0 write 0 256");
        AccessSampler first = new AccessSampler(machine.manager(), 64, 7);
        AccessSampler second = new AccessSampler(machine.manager(), 64, 7);
        first.prepare();
        second.prepare();
        machine.run("0 read 0 128");
        Sample sample = first.check();
        assertThat(sample.sampled()).isEqualTo(64);
        assertThat(sample.young()).isBetween(16, 48);
        assertThat(second.check()).isEqualTo(sample);
    }

    @Test
    @DisplayName("a sample of nothing is refused")
    void nothing() {
        assertThatThrownBy(() -> new AccessSampler(machine.manager(), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples must be at least 1: 0");
    }
}
