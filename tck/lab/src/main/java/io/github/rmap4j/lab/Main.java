package io.github.rmap4j.lab;

import io.github.rmap4j.lab.cli.LabCommand;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Starts the program. */
public final class Main {
    private Main() {}

    /**
     * Runs a command and exits: 0 done, 1 the input or the replay failed, 2 wrong usage.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        CommandLine command = LabCommand.create();
        // System.out would hide that its reader has gone.
        PrintWriter out = new PrintWriter(new BufferedWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)));
        command.setOut(out);
        try {
            int code = command.execute(arguments);
            out.flush();
            return code;
        } catch (OutOfMemoryError e) {
            System.err.println("rmap4j-lab: out of memory; give the machine more with -Xmx");
            return 1;
        }
    }
}
