package io.github.rmap4j.lab.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Inputs")
class InputTest {
    @TempDir
    private Path folder;

    @Test
    void haveAFormatAndAPath() {
        assertThat(Input.parse("perf:a:b").path()).isEqualTo("a:b");
        assertThat(Input.parse("perf:a:b").format()).isEqualTo(InputFormat.PERF);
        assertThat(Input.parse("program:x")).hasToString("program:x");
        assertThat(Input.bundled()).hasToString("bundled:chromium");
        for (String wrong : List.of("", "x", ":x", "PERF:x", "perf", "json:x", "perf:", "bundled:x", "scenario:x")) {
            assertThatThrownBy(() -> Input.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void mayBeScenariosKnownByTheirValues() {
        Input some = Input.parse("scenario:android?scale=7");
        assertThat(some).hasToString("scenario:android?scale=7");
        assertThat(some.format()).isEqualTo(InputFormat.SCENARIO);
        assertThat(some.identity())
                .isEqualTo(Input.parse("scenario:android?seed=1&scale=7").identity());
        assertThat(some.identity().sha256())
                .isNotEqualTo(Input.parse("scenario:android").identity().sha256());
        assertThat(Input.bundled().scenario()).isNull();
    }

    @Test
    void mayBeCompressedOrNotHoweverShort() throws IOException {
        for (String text : List.of("", "x", "\u001f", "some text\n")) {
            byte[] plain = text.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(content(plain)).isEqualTo(plain);
            assertThat(content(gzip(text))).isEqualTo(plain);
        }
    }

    private byte[] content(byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("file.gz"), file);
        List<Long> progress = new ArrayList<>();
        Input input = Input.parse("perf:" + path);
        try (InputStream in = input.open(progress::add)) {
            byte[] content = in.readAllBytes();
            assertThat(progress.isEmpty() ? 0 : progress.get(progress.size() - 1))
                    .isEqualTo(file.length);
            assertThat(input.identity().bytes()).isEqualTo(file.length);
            return content;
        }
    }

    @Test
    void areKnownByTheirContent() throws IOException {
        Path path = Files.writeString(folder.resolve("abc"), "abc");
        assertThat(Input.parse("perf:" + path).identity().sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Input.bundled().identity().bytes()).isEqualTo(940_809);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 17, 18, 19, 26, 27, 100, 65_000, 70_000})
    void thatAreCompressedEndWithTheirLastMember(int length) throws IOException {
        byte[] one = gzip("x".repeat(length));
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        byte[] two = gzip(new String(noise, StandardCharsets.ISO_8859_1));
        assertThat(content(joined(one, two, one))).hasSize(3 * length);
        assertThat(content(joined(two, two))).hasSize(2 * length);
        for (byte[] garbage : List.of(new byte[1], new byte[7], new byte[27], new byte[100_000], new byte[] {0x1f})) {
            assertThatThrownBy(() -> content(joined(two, one, garbage)))
                    .isInstanceOfAny(ZipException.class, EOFException.class);
        }
        byte[] cut = joined(one, Arrays.copyOf(two, two.length - 1));
        assertThatThrownBy(() -> content(cut)).isInstanceOf(EOFException.class);
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    @Test
    void thatCannotBeReadSaySo() throws IOException {
        Path gzip = Files.write(folder.resolve("broken"), new byte[] {0x1f, (byte) 0x8b, 7, 7, 7, 7, 7, 7, 7, 7});
        assertThatThrownBy(() -> Input.parse("perf:" + gzip).open(bytes -> {}))
                .isInstanceOf(InputException.class)
                .hasMessage(gzip + ":1: expected a complete gzip file, found 'Unsupported compression method'");
        assertThatThrownBy(() -> Input.parse("perf:/none\u0000").open(bytes -> {}))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> Input.parse("perf:/none").identity())
                .isInstanceOf(InputException.class)
                .hasMessage("/none: no such file");
    }
}
