package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.InputException;
import java.io.PrintWriter;
import java.util.ServiceConfigurationError;
import picocli.CommandLine;

/** Errors are one line on standard error; the exit code says whose fault it is. */
final class ErrorHandling {
    private ErrorHandling() {}

    static void install(CommandLine command) {
        command.setParameterExceptionHandler((exception, arguments) -> {
            report(exception.getCommandLine(), String.valueOf(exception.getMessage()));
            return CommandLine.ExitCode.USAGE;
        });
        command.setExecutionExceptionHandler((exception, failed, parsed) -> {
            report(failed, describe(exception));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    static String describe(Throwable thrown) {
        if (thrown instanceof InputException) {
            return String.valueOf(thrown.getMessage());
        }
        if (thrown instanceof OutOfMemoryError) {
            return "out of memory; give the machine more with -Xmx";
        }
        if (thrown instanceof ServiceConfigurationError || thrown instanceof LinkageError) {
            return "a strategy on the class path or module path is broken: " + thrown;
        }
        StackTraceElement[] trace = thrown.getStackTrace();
        return "internal error: " + thrown + (trace.length > 0 ? " at " + trace[0] : "");
    }

    static void report(CommandLine command, String message) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().root().name() + ": " + message.replaceAll("\\s*\\R\\s*", " "));
        err.flush();
    }
}
