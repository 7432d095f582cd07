package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.trace.Traces;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("replay")
class ReplayCommandTest {
    private static final String PROGRAM = """
            # a parent and a child
            0 mmap 0 4 rw
            0 write 0 2
            0 fork 1
            1 write 0 1
            1 mprotect 0 2 r
            0 mmap 0 1 rw
            1 exit
            """;

    @TempDir
    private Path folder;

    private Path program;

    @BeforeEach
    void writeProgram() throws IOException {
        program = Files.writeString(folder.resolve("tiny.txt"), PROGRAM);
    }

    @Test
    void printsTheStateAfterEachOperation() throws IOException {
        Cli.Result result = Cli.run("replay", "program:" + program, "--strategy", "anonvma", "--state", "all");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Golden.assertEquals("tiny-state-all.jsonl", result.out());
    }

    @Test
    void printsTheStateAfterTheLastOperation() throws IOException {
        Cli.Result result = Cli.run("replay", "program:" + program, "--strategy=anonvma", "--state=final");
        assertThat(result.code()).isZero();
        assertThat(result.outLines()).containsExactly(lastLine(Golden.read("tiny-state-all.jsonl")));
        Files.writeString(program, "");
        assertThat(Cli.run("replay", "program:" + program, "--strategy=anonvma", "--state=final")
                        .outLines())
                .containsExactly(
                        Golden.read("tiny-state-all.jsonl").lines().findFirst().orElseThrow());
    }

    @Test
    void gzipIsRecognisedByContent() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(program))) {
            out.write(PROGRAM.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(Cli.run("replay", "program:" + program, "--strategy", "anonvma", "--state", "all")
                        .out())
                .isEqualTo(Golden.read("tiny-state-all.jsonl"));
    }

    @Test
    void standardInputIsAnInput() throws IOException {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(PROGRAM.getBytes(StandardCharsets.US_ASCII)));
        try {
            assertThat(Cli.run("replay", "program:-", "--strategy", "anonvma", "--state", "all")
                            .out())
                    .isEqualTo(Golden.read("tiny-state-all.jsonl"));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void printsTimes() {
        Cli.Result result = Cli.run("replay", "program:" + program, "--strategy", "anonvma", "--time", "--repeat", "3");
        assertThat(result.code()).isZero();
        assertThat(result.outLines())
                .hasSize(5)
                .allMatch(line -> line.matches("[a-z]+ n=\\d+ total_us=\\d+\\.\\d ns_per_op=\\d+"));
        assertThat(result.outLines().stream().map(line -> line.split(" total_us")[0]))
                .containsExactly("mmap n=2", "mprotect n=1", "write n=2", "fork n=1", "exit n=1");
    }

    @Test
    void printsStateAndTimesOfATrace() throws IOException {
        Traces trace = new Traces()
                .exec(7, "0x7ff000000000", "0x500000")
                .mmap(7, "0x7f0000000000", "0x2000", "0x3", "rw-p")
                .fault(7, "0x7f0000000000", "0x6")
                .fault(7, "0x1000", "0x6");
        Path file = Files.writeString(folder.resolve("trace"), trace.text());
        Cli.Result state = Cli.run("replay", "perf:" + file, "--strategy", "anonvma", "--state", "final");
        assertThat(state.code()).isZero();
        assertThat(state.outLines())
                .containsExactly("{\"op\":\"7 write 1 1\",\"ret\":-1,\"errno\":14,\"anon_vma\":2,\"avc\":2,"
                        + "\"slabs\":{\"vm_area_struct\":2},\"procs\":{\"7\":{\"vmas\":["
                        + "[34091302912,34091302914,\"rw-p\"],[34342961152,34342961185,\"rw-p\"]],"
                        + "\"pages\":[[34091302912,1,\"anon\",0,1,1,0],[34342961184,1,\"anon\",1,1,1,0]],"
                        + "\"anonExclusive\":[[34091302912,1],[34342961184,1]]}}}");
        assertThat(state.errLines())
                .containsExactly(
                        "mismatch: page fault where nothing is mapped: 1",
                        "  line 11: write to 0x1000 by process 7: EFAULT");
        Cli.Result time = Cli.run("replay", "perf:" + file, "--strategy", "anonvma", "--time");
        assertThat(time.outLines().stream().map(line -> line.split(" total_us")[0]))
                .containsExactly("mmap n=1", "write n=2", "brk n=1", "exec n=1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "--strategy anonvma --state all ~ 2 ~ Missing required parameter: 'INPUT'",
                "PROGRAM --state all ~ 2 ~ Missing required option: '--strategy=NAME'",
                "PROGRAM --strategy anonvma ~ 2 ~ .*Missing required argument \\(specify one of these\\):"
                        + " \\(--state=all\\|final . --time\\)",
                "PROGRAM --strategy anonvma --time --state all ~ 2 ~ .*--state=all\\|final.*--time.*",
                "PROGRAM --strategy anonvma --state some ~ 2 ~ Invalid value for option '--state'.*ALL, FINAL.*'some'.*",
                "PROGRAM --strategy nope --time ~ 2 ~ no strategy 'nope'; available: \\[anonvma, .*cowctx, .*lazy, lazy-gki, lazy-nofork\\].*",
                "PROGRAM --strategy all --time ~ 2 ~ replay wants one strategy; compare takes all",
                "PROGRAM --strategy lazy:merge=x --time ~ 2 ~ option 'merge' of strategy 'lazy:merge=x' must be one of"
                        + " same-root, same-base: 'x'",
                "PROGRAM --strategy lazy:frob=x --time ~ 2 ~ strategy 'lazy:frob=x' has no option 'frob'; it has copies,"
                        + " lazy, merge",
                "PROGRAM --strategy anonvma:frob=x --time ~ 2 ~ strategy 'anonvma:frob=x' has no option 'frob'; it has none",
                "PROGRAM --strategy lazy:merge --time ~ 2 ~ expected OPTION=VALUE in 'lazy:merge', found 'merge'",
                "PROGRAM --strategy lazy:merge=same-base:merge=same-root --time ~ 2 ~ option 'merge' is chosen twice in"
                        + " 'lazy:merge=same-base:merge=same-root'",
                "PROGRAM --strategy anonvma --time --repeat 0 ~ 2 ~ --repeat must be at least 1, not 0",
                "PROGRAM --strategy anonvma --time --repeat x ~ 2 ~ Invalid value for option '--repeat'.*'x'.*",
                "PROGRAM --strategy anonvma --state all --repeat 2 ~ 2 ~ --repeat needs --time",
                "PROGRAM more --strategy anonvma --time ~ 2 ~ Unmatched argument.*'more'",
                "PROGRAM --strategy anonvma --time --frob ~ 2 ~ Unknown option: '--frob'",
                "tiny.txt --strategy anonvma --time ~ 2 ~ Invalid value for positional parameter at index 0 \\(INPUT\\):"
                        + " expected FORMAT:PATH with a format of perf:, program:, bundled:, scenario:, found 'tiny.txt'",
                "perf: --strategy anonvma --time ~ 2 ~ .*expected a path after 'perf:'",
                "scenario:phone --strategy anonvma --time ~ 2 ~ .*no scenario 'phone'; available: android, .*",
                "scenario:android?frob=1 --strategy anonvma --time ~ 2 ~ .*scenario 'android' has no parameter 'frob';"
                        + " it has apps, scale, seed, .*",
                "scenario:android?apps=x --strategy anonvma --time ~ 2 ~ .*parameter 'apps' of scenario 'android' is a"
                        + " value of type integer from 0 to 96, not 'x'",
                "bundled:firefox --strategy anonvma --time ~ 2 ~ .*no bundled trace 'firefox'; available: chromium",
                "program:FOLDER/none --strategy anonvma --time ~ 1 ~ FOLDER/none: no such file",
                "perf:FOLDER --strategy anonvma --time ~ 1 ~ FOLDER: cannot be read: Is a directory",
                "perf:FOLDER/tiny.txt --strategy anonvma --time ~ 1 ~ FOLDER/tiny.txt:2: expected COMM PID/TID TIME:"
                        + " EVENT, found '0 mmap 0 4 rw'",
                "program:FOLDER/bad --strategy anonvma --time ~ 1 ~ FOLDER/bad:2: expected an operation .*, found 'frob'",
                "program:FOLDER/absent --strategy anonvma --time ~ 1 ~ FOLDER/absent:2: '3 write 0 1': there is no"
                        + " process 3 among \\[0\\]"
            })
    void errorsAreOneLine(String arguments, int code, String message) throws IOException {
        Files.writeString(folder.resolve("bad"), "0 mmap 0 1 rw\n0 frob\n");
        Files.writeString(folder.resolve("absent"), " # nobody\n3 write 0 1\n");
        String replaced = arguments.replace("PROGRAM", "program:" + program).replace("FOLDER", folder.toString());
        Cli.Result result = Cli.run(("replay " + replaced).split(" "));
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(1);
        assertThat(result.errLines().get(0)).matches("rmap4j-lab: " + message.replace("FOLDER", folder.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"perf:", "program:"})
    void aDamagedGzipFileIsMalformed(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            String line =
                    format.equals("perf:") ? new Traces().line(1, "a:b: c").text() : "0 munmap 0 1\n";
            out.write(line.repeat(3).getBytes(StandardCharsets.US_ASCII));
        }
        byte[] whole = bytes.toByteArray();
        for (int length : new int[] {2, 9, whole.length - 1}) {
            Files.write(program, Arrays.copyOf(whole, length));
            assertThat(timeErrors(format))
                    .matches("rmap4j-lab: " + program
                            + ":[14]: expected a complete gzip file, found the end of the file\n");
        }
        Files.write(program, Arrays.copyOf(whole, whole.length + 1));
        assertThat(timeErrors(format))
                .matches("rmap4j-lab: " + program + ":[14]: expected a complete gzip file, found 'something else after"
                        + " its end'\n");
        whole[whole.length - 5] ^= 1;
        Files.write(program, whole);
        assertThat(timeErrors(format))
                .matches("rmap4j-lab: " + program
                        + ":[14]: expected a complete gzip file, found 'Corrupt GZIP trailer'\n");
    }

    private String timeErrors(String format) {
        Cli.Result result = Cli.run("replay", format + program, "--strategy", "anonvma", "--time");
        assertThat(result.code()).isEqualTo(1);
        return result.err();
    }

    private static String lastLine(String text) {
        return text.lines().reduce((a, b) -> b).orElseThrow();
    }
}
