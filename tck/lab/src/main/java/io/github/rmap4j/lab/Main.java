package io.github.rmap4j.lab;

import io.github.rmap4j.lab.cli.LabCommand;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Starts the program. */
public final class Main {
    private Main() {}

    /**
     * Runs a command and exits: 0 done, 1 the input or the replay failed, 2 wrong usage.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        // System.out would hide that its reader has gone.
        PrintWriter out = new PrintWriter(new BufferedWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)));
        System.exit(LabCommand.run(out, new PrintWriter(System.err, true), arguments));
    }
}
