package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.input.Input;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to a trace, the program says in one line what is wrong, or succeeds. */
@DisplayName("Damaged inputs")
class DamagedInputTest {
    /** Enough for an exec, some forks and threads. */
    private static final int LINES = 4000;

    private static final int ROUNDS = 12;
    private static final String NOISE = " :/()[]@.,-_0123456789abcdefxPERF\t\u0000\u00ff";

    private static List<String> trace = List.of();

    @TempDir
    private Path folder;

    @BeforeAll
    static void readTrace() throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(Input.bundled().open(bytes -> {}), StandardCharsets.ISO_8859_1))) {
            for (int i = 0; i < LINES; i++) {
                lines.add(reader.readLine());
            }
        }
        trace = lines;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void linesWithOtherBytes(long seed) throws IOException {
        Random random = new Random(seed);
        int rejected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> damaged = new ArrayList<>(trace);
            int line = random.nextInt(LINES);
            damaged.set(line, mutate(damaged.get(line), random));
            rejected += isRejected("perf:", String.join("\n", damaged)) ? 1 : 0;
        }
        assertThat(rejected).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void numbersWithOtherDigits(long seed) throws IOException {
        Random random = new Random(seed);
        int rejected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> damaged = new ArrayList<>(trace);
            for (int i = 0; i < 20; i++) {
                int line = random.nextInt(LINES);
                damaged.set(line, changeDigit(damaged.get(line), random));
            }
            rejected += isRejected("perf:", String.join("\n", damaged)) ? 1 : 0;
        }
        assertThat(rejected).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void linesThatAreMissingTwiceOrElsewhere(long seed) throws IOException {
        Random random = new Random(seed);
        int rejected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> damaged = new ArrayList<>(trace);
            for (int i = 0; i < 50; i++) {
                String removed = damaged.remove(random.nextInt(damaged.size()));
                if (random.nextBoolean()) {
                    damaged.add(random.nextInt(damaged.size()), removed);
                } else if (random.nextBoolean()) {
                    damaged.add(removed);
                    damaged.add(removed);
                }
            }
            rejected += isRejected("perf:", String.join("\n", damaged)) ? 1 : 0;
        }
        // Every line is one that perf wrote.
        assertThat(rejected).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11})
    void filesThatEndAnywhereOrAreSomethingElse(long seed) throws IOException {
        Random random = new Random(seed);
        String whole = String.join("\n", trace);
        int rejected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            isRejected("perf:", whole.substring(0, random.nextInt(whole.length())));
            byte[] bytes = new byte[random.nextInt(1000)];
            random.nextBytes(bytes);
            rejected += isRejected("perf:", new String(bytes, StandardCharsets.ISO_8859_1)) ? 1 : 0;
            rejected += isRejected("program:", new String(bytes, StandardCharsets.ISO_8859_1)) ? 1 : 0;
        }
        assertThat(rejected).isPositive();
    }

    /** Replays an input; true if it was rejected. */
    private boolean isRejected(String format, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("input"), text, StandardCharsets.ISO_8859_1);
        Cli.Result result = Cli.run("replay", format + file, "--strategy", "anonvma", "--time");
        assertThat(result.code()).isIn(0, 1);
        assertThat(result.err()).doesNotContain("Exception", "internal error");
        if (result.code() == 1) {
            assertThat(result.out()).isEmpty();
            assertThat(result.errLines()).hasSize(1);
            assertThat(result.err()).startsWith("rmap4j-lab: " + file + ":");
        }
        return result.code() == 1;
    }

    private static String mutate(String line, Random random) {
        StringBuilder mutated = new StringBuilder(line);
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(mutated.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> mutated.insert(at, NOISE.charAt(random.nextInt(NOISE.length())));
                case 1 -> mutated.setLength(at);
                default ->
                    mutated.replace(
                            Math.min(at, mutated.length()),
                            Math.min(at + 1, mutated.length()),
                            String.valueOf(NOISE.charAt(random.nextInt(NOISE.length()))));
            }
        }
        return mutated.toString();
    }

    private static String changeDigit(String line, Random random) {
        StringBuilder changed = new StringBuilder(line);
        int start = random.nextInt(line.length());
        for (int i = 0; i < line.length(); i++) {
            int at = (start + i) % line.length();
            if (Character.isDigit(line.charAt(at))) {
                changed.setCharAt(at, (char) ('0' + random.nextInt(10)));
                break;
            }
        }
        return changed.toString();
    }
}
