package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("lab record")
class RecordCommandTest {
    @TempDir
    private Path folder;

    private Path out;

    @BeforeEach
    void file() throws IOException {
        out = Files.createDirectory(folder.resolve("out")).resolve("it.perf.gz");
    }

    /** A perf that does what a shell script says; {@code $data} is its file. */
    private String perf(String recording, String printing) throws IOException {
        Path script = folder.resolve("perf");
        Files.writeString(
                script,
                "#!/bin/sh\nfor word; do [ \"$before\" = -o ] || [ \"$before\" = -i ] && data=$word; before=$word; done\n"
                        + "if [ $1 = record ]; then\n" + recording + "\nelse\n" + printing + "\nfi\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private Cli.Result record(String perf) {
        return Cli.run("record", "-o", out.toString(), "--perf", perf, "--", "ls", "-l", "a b");
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(out.getParent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    @DisplayName("writes what perf prints, and says what comes next")
    void recorded() throws IOException {
        Cli.Result result = record(perf("echo \"$@\" > $data", "cat $data"));
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.outLines()).containsExactly("written to " + out + "; now: rmap4j-lab compare perf:" + out);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(out))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("record -m 64M -d -o ")
                    .contains("exceptions:page_fault_user,", "syscalls:sys_enter_mmap,", "syscalls:sys_exit_prctl")
                    .endsWith(" -- ls -l a b\n");
        }
        assertThat(left()).containsExactly("it.perf.gz");
    }

    @Test
    @DisplayName("keeps the recording of a command that fails")
    void failing() throws IOException {
        Cli.Result result = record(perf("echo x > $data; exit 3", "cat $data"));
        assertThat(result.code()).isZero();
        assertThat(result.errLines()).containsExactly("rmap4j-lab: the command has ended with exit code 3");
        assertThat(left()).containsExactly("it.perf.gz");
    }

    @Test
    @DisplayName("says what to run by hand where there is no perf")
    void missing() throws IOException {
        Cli.Result result = record(folder.resolve("nothing").toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("rmap4j-lab: " + folder.resolve("nothing") + " cannot be run: ");
        assertThat(result.outLines()).hasSize(2);
        assertThat(result.outLines().get(0))
                .contains(" record -m 64M -d -o perf.data -e ")
                .endsWith(" -- ls -l 'a b'");
        assertThat(result.outLines().get(1)).endsWith(" | gzip > " + out);
        assertThat(left()).isEmpty();
    }

    @Test
    @DisplayName("leaves nothing where perf has no rights, or cannot print what it has recorded")
    void nothing() throws IOException {
        Files.writeString(out, "old");
        Cli.Result refused = record(perf("exit 255", "true"));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.errLines())
                .containsExactly("rmap4j-lab: " + folder.resolve("perf")
                        + " record has recorded nothing (exit code 255): it needs root, or kernel.perf_event_paranoid of"
                        + " -1 and tracefs");
        assertThat(refused.outLines()).hasSize(2);
        Cli.Result broken = record(perf("echo x > $data", "echo half; exit 2"));
        assertThat(broken.errLines())
                .containsExactly(
                        "rmap4j-lab: " + folder.resolve("perf") + " script has failed with exit code 2 after 5 bytes");
        assertThat(left()).containsExactly("it.perf.gz");
        assertThat(Files.readString(out)).isEqualTo("old");
    }

    @Test
    @DisplayName("needs a command and a folder that is there")
    void usage() {
        assertThat(Cli.run("record").code()).isEqualTo(2);
        Cli.Result result = Cli.run("record", "-o", folder.resolve("no/it").toString(), "--", "ls");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("rmap4j-lab: " + folder.resolve("no/it") + ": cannot be written: NoSuchFileException: ");
    }
}
