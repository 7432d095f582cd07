package io.github.rmap4j.lab.record;

import io.github.rmap4j.lab.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A command that is run under perf, and what it did to memory as a file for compare. */
public final class PerfRecording {
    private static final List<String> CALLS = List.of(
            "mmap",
            "munmap",
            "mprotect",
            "mremap",
            "brk",
            "madvise",
            "clone",
            "clone3",
            "fork",
            "vfork",
            "execve",
            "exit",
            "exit_group",
            "prctl");

    private final String perf;
    private final List<String> command;

    /**
     * A recording that has not begun.
     *
     * @param perf name or path of perf, 6.1 or later
     * @param command the command and its arguments
     */
    public PerfRecording(String perf, List<String> command) {
        this.perf = perf;
        this.command = List.copyOf(command);
    }

    private static String events() {
        List<String> events = new ArrayList<>(List.of("exceptions:page_fault_user", "exceptions:page_fault_kernel"));
        for (String side : List.of("enter", "exit")) {
            CALLS.forEach(call -> events.add("syscalls:sys_" + side + "_" + call));
        }
        return String.join(",", events);
    }

    private List<String> recording(String data) {
        // -d, or perf would report executable mappings only.
        List<String> words =
                new ArrayList<>(List.of(perf, "record", "-m", "64M", "-d", "-o", data, "-e", events(), "--"));
        words.addAll(command);
        return words;
    }

    private List<String> printing(String data) {
        return List.of(
                perf,
                "script",
                "-i",
                data,
                "--show-task-events",
                "--show-mmap-events",
                "--show-lost-events",
                "-F",
                "comm,pid,tid,time,event,trace");
    }

    /**
     * What {@link #record} does, to be run by hand where it cannot.
     *
     * @param file where the recording goes
     * @return two lines for a shell
     */
    public List<String> commands(Path file) {
        return List.of(
                shell(recording("perf.data")), shell(printing("perf.data")) + " | gzip > " + quote(file.toString()));
    }

    private static String shell(List<String> words) {
        return String.join(" ", words.stream().map(PerfRecording::quote).toList());
    }

    private static String quote(String word) {
        return word.matches("[A-Za-z0-9_./:,=+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /**
     * Runs the command under perf. What it prints goes where this program prints.
     *
     * @param file where the recording goes; it appears whole or not at all
     * @return the exit code of perf, which is that of the command
     * @throws InputException if there is no perf, it has recorded nothing, or the file cannot be written
     */
    public int record(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Path scratch = Files.createTempDirectory(folder, ".rmap4j-lab-");
            try {
                return record(file, scratch);
            } finally {
                for (Path left :
                        List.of(scratch.resolve("perf.data"), scratch.resolve("perf.data.old"), part(scratch))) {
                    Files.deleteIfExists(left);
                }
                Files.delete(scratch);
            }
        } catch (IOException e) {
            throw new InputException(
                    file + ": cannot be written: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static Path part(Path scratch) {
        return scratch.resolve("part.gz");
    }

    private int record(Path file, Path scratch) throws IOException {
        Path data = scratch.resolve("perf.data");
        int code = await(start(new ProcessBuilder(recording(data.toString())).inheritIO()));
        if (!Files.exists(data) || Files.size(data) == 0) {
            throw new InputException(perf + " record has recorded nothing (exit code " + code
                    + "): it needs root, or kernel.perf_event_paranoid of -1 and tracefs");
        }
        Process printer = start(new ProcessBuilder(printing(data.toString())).redirectError(Redirect.INHERIT));
        printer.getOutputStream().close();
        long bytes;
        try (InputStream in = printer.getInputStream();
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(part(scratch)))) {
            bytes = in.transferTo(out);
        }
        int printed = await(printer);
        if (printed != 0 || bytes == 0) {
            throw new InputException(
                    perf + " script has failed with exit code " + printed + " after " + bytes + " bytes");
        }
        Files.move(part(scratch), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return code;
    }

    private Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new InputException(perf + " cannot be run: " + e.getMessage());
        }
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InputException("interrupted");
        }
    }
}
