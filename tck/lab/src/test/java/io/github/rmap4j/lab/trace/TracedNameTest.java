package io.github.rmap4j.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Names in traces")
class TracedNameTest {
    @Test
    void arePrintedWithoutWhatATerminalActsOn() {
        assertThat(TracedName.printable("/tmp/B\u00e4r \ud83d\udc3b 'x'")).isEqualTo("/tmp/B\u00e4r \ud83d\udc3b 'x'");
        assertThat(TracedName.printable("a\u001b[31m\u0085\u202e\n\\b\ud800"))
                .isEqualTo("a\\x1b[31m\\x85\\u{202e}\\x0a\\\\b\\u{d800}");
    }
}
