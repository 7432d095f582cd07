package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.InputException;
import java.io.PrintWriter;
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

    private static String describe(Exception exception) {
        if (exception instanceof InputException) {
            return String.valueOf(exception.getMessage());
        }
        StackTraceElement[] trace = exception.getStackTrace();
        return "internal error: " + exception + (trace.length > 0 ? " at " + trace[0] : "");
    }

    private static void report(CommandLine command, String message) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().root().name() + ": " + message.replaceAll("\\s*\\R\\s*", " "));
        err.flush();
    }
}
