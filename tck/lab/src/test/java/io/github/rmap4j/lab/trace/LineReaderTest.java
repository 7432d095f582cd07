package io.github.rmap4j.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Lines of a stream")
class LineReaderTest {
    @Test
    void linesEndWithOrWithoutCarriageReturnAndTheLastMayLackItsEnd() throws IOException {
        assertThat(lines(stream("one\ntwo\r\n\nfour"))).containsExactly("one", "two", "", "four");
        assertThat(lines(stream("one\n"))).containsExactly("one");
        assertThat(lines(stream(""))).isEmpty();
    }

    @Test
    void theBordersOfReadsDoNotMatter() throws IOException {
        Random random = new Random(1);
        List<String> expected = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            String line = i + "x".repeat(random.nextInt(i % 100 == 0 ? LineReader.LONGEST - 10 : 300));
            expected.add(line);
            text.append(line).append('\n');
        }
        InputStream chopped = new FilterInputStream(stream(text.toString())) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(5000)));
            }
        };
        assertThat(lines(chopped)).isEqualTo(expected);
    }

    @Test
    void numbersCountFromOne() throws IOException {
        LineReader reader = new LineReader(stream("a\nb\n"));
        assertThat(reader.number()).isZero();
        reader.next();
        assertThat(reader.number()).isOne();
        reader.next();
        assertThat(reader.number()).isEqualTo(2);
    }

    @Test
    void aLineThatIsTooLongIsTheLast() throws IOException {
        LineReader reader = new LineReader(stream("short\n" + "x".repeat(10 * LineReader.LONGEST) + "\nmore\n"));
        assertThat(reader.next()).isTrue();
        assertThat(reader.isTooLong()).isFalse();
        assertThat(reader.next()).isTrue();
        assertThat(reader.isTooLong()).isTrue();
        assertThat(reader.next()).isFalse();
    }

    @Test
    void theLongestLineIsAllowed() throws IOException {
        String line = "x".repeat(LineReader.LONGEST);
        LineReader reader = new LineReader(stream(line + "\n" + line + "y\n"));
        reader.next();
        assertThat(reader.isTooLong()).isFalse();
        reader.next();
        assertThat(reader.isTooLong()).isTrue();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> lines(InputStream in) throws IOException {
        LineReader reader = new LineReader(in);
        List<String> lines = new ArrayList<>();
        while (reader.next()) {
            lines.add(new String(
                    reader.buffer(), reader.from(), reader.to() - reader.from(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }
}
