package io.github.rmap4j.benchmarks.heap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints how much heap an object of each kind takes up, one {@code NAME BYTES OBJECTS} a line. Each kind is measured in
 * a JVM of its own.
 */
public final class HeapFootprint {
    private HeapFootprint() {}

    /**
     * Runs all cases, or the one that is named.
     *
     * @param args the strategy; then, in a JVM that this program started, the case
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        String strategy = args.length > 0 ? args[0] : "anonvma";
        if (args.length > 1) {
            print(HeapCase.valueOf(args[1]), strategy);
            return;
        }
        for (HeapCase kind : HeapCase.values()) {
            inOwnJvm(HeapFootprint.class.getName(), strategy, kind.name());
        }
        inOwnJvm(ObjectLayouts.class.getName());
    }

    private static void print(HeapCase kind, String strategy) {
        HeapCase.Result result = kind.measure(strategy);
        String name = "heap_" + kind.name().toLowerCase(Locale.ROOT);
        if (result.objects() > 0) {
            System.out.printf(Locale.ROOT, "%s %.2f %d%n", name, result.bytesPerObject(), result.objects());
        }
    }

    private static void inOwnJvm(String... mainAndArguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8g",
                "-XX:+UseSerialGC",
                "-Djdk.attach.allowAttachSelf",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArguments));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(command + " ended with status " + status);
        }
    }
}
