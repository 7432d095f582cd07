package io.github.rmap4j.lab.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files that replace those of an earlier run together, once all are written: no reader meets half of one. */
final class FileSet {
    private static final String PREFIX = ".rmap4j-lab-";

    private final Path directory;
    /** By name. */
    private final Map<String, String> contents = new LinkedHashMap<>();

    private String last = "";

    FileSet(Path directory) {
        this.directory = directory;
    }

    /** Fails if the directory cannot be written; makes nothing. */
    static void probe(Path directory) throws IOException {
        Path existing = directory.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new NotDirectoryException(existing.toString());
        }
        Files.delete(Files.createTempDirectory(existing, PREFIX));
    }

    void add(String name, String content) {
        contents.put(name, content);
        last = name;
    }

    /** Writes all; the last one of an earlier run goes first, so that where it is, all files are of one run. */
    void write() throws IOException {
        Files.createDirectories(directory);
        // Files in a directory of their own have the permissions that the user's umask gives.
        Path staging = Files.createTempDirectory(directory, PREFIX);
        try {
            for (Map.Entry<String, String> file : contents.entrySet()) {
                Files.writeString(staging.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
            }
            move(staging);
        } finally {
            for (String name : contents.keySet()) {
                Files.deleteIfExists(staging.resolve(name));
            }
            Files.delete(staging);
        }
    }

    private void move(Path staging) throws IOException {
        Files.deleteIfExists(directory.resolve(last));
        for (String name : contents.keySet()) {
            Files.move(
                    staging.resolve(name),
                    directory.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
