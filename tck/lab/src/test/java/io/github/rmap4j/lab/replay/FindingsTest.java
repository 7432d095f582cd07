package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Findings")
class FindingsTest {
    @Test
    void areCountedByKindWithTheFirstFew() {
        Findings findings = new Findings();
        for (int line = 1; line <= 9; line++) {
            findings.mismatch("mmap", line, "differs");
        }
        findings.mismatch("brk", 10, "differs");
        findings.remark("lost", 11, "3 events", 3);
        assertThat(findings.mismatches().keySet()).containsExactly("brk", "mmap");
        assertThat(findings.mismatches().get("mmap").count()).isEqualTo(9);
        assertThat(findings.mismatches().get("mmap").examples())
                .hasSize(5)
                .startsWith("line 1: differs", "line 2: differs");
        assertThat(findings.mismatchCount()).isEqualTo(10);
        assertThat(findings.remarks().get("lost").count()).isEqualTo(3);
    }

    @Test
    void lostEventsAreNeverFewerThanNone() {
        Findings findings = new Findings();
        findings.remark(Findings.LOST, 1, "many events", Long.MAX_VALUE);
        findings.remark(Findings.LOST, 2, "2 events", 2);
        assertThat(findings.remarks().get(Findings.LOST).count()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDamagedTraceCannotHaveAnyNumberOfKinds() {
        Findings findings = new Findings();
        for (int i = 0; i < 1000; i++) {
            findings.remark("event " + i, i, "unknown");
        }
        assertThat(findings.remarks()).hasSize(201);
        assertThat(findings.remarks().get("other").count()).isEqualTo(800);
    }
}
