package io.github.rmap4j.lab.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongConsumer;

/** Tells on a terminal how far a replay is; silent elsewhere. */
final class Progress implements LongConsumer {
    private final PrintWriter err;
    private final boolean terminal;
    private final String what;
    private final long total;
    private long shown = -1;

    Progress(PrintWriter err, boolean terminal, String what, long total) {
        this.err = err;
        this.terminal = terminal;
        this.what = what;
        this.total = total;
    }

    /** Whether somebody watches: standard input and output are a terminal. */
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since Java 22 there may be a console without a terminal.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    @Override
    public void accept(long bytes) {
        long percent = total == 0 ? 100 : bytes * 100 / total;
        if (terminal && percent != shown) {
            shown = percent;
            err.printf(Locale.ROOT, "\r%s: %d %%", what, percent);
            err.flush();
        }
    }

    void done() {
        if (terminal) {
            err.printf(Locale.ROOT, "\r%s: done  %n", what);
            err.flush();
        }
    }
}
