package io.github.rmap4j.lab;

import io.github.rmap4j.lab.cli.LabCommand;

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
        try {
            return LabCommand.create().execute(arguments);
        } catch (OutOfMemoryError e) {
            System.err.println("rmap4j-lab: out of memory; give the machine more with -Xmx");
            return 1;
        }
    }
}
