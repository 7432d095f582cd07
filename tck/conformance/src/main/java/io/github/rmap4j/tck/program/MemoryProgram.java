package io.github.rmap4j.tck.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sequence of memory operations; {@link io.github.rmap4j.tck.program the package} describes the language.
 *
 * @since 0.1
 */
public final class MemoryProgram {
    private final String name;
    private final List<Operation> operations;

    private MemoryProgram(String name, List<Operation> operations) {
        this.name = name;
        this.operations = List.copyOf(operations);
    }

    /**
     * A program of given operations.
     *
     * @param name its name, for messages
     * @param operations the operations
     * @return the program
     */
    public static MemoryProgram of(String name, List<Operation> operations) {
        return new MemoryProgram(name, operations);
    }

    /**
     * Parses a program.
     *
     * @param name its name, for messages
     * @param text its lines
     * @return the program
     * @throws ProgramException if a line is malformed; the message is {@code NAME:LINE: what was expected and found}
     */
    public static MemoryProgram parse(String name, String text) {
        try {
            return read(name, new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Parses one line of a program.
     *
     * @param name the program's name, for messages
     * @param number number of the line, from 1
     * @param line the line
     * @return its operation
     * @throws ProgramException if the line is malformed or empty
     */
    public static Operation parseLine(String name, int number, String line) {
        return new LineParser(name, number, line).operation();
    }

    /**
     * Reads a program to its end.
     *
     * @param name its name, for messages
     * @param in where to read; it is not closed
     * @return the program
     * @throws IOException if reading fails
     * @throws ProgramException if a line is malformed; the message is {@code NAME:LINE: what was expected and found}
     */
    public static MemoryProgram read(String name, Reader in) throws IOException {
        BufferedReader lines = new BufferedReader(in);
        List<Operation> operations = new ArrayList<>();
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            LineParser parser = new LineParser(name, number, line);
            if (!parser.isEmpty()) {
                operations.add(parser.operation());
            }
        }
        return new MemoryProgram(name, operations);
    }

    /**
     * The name.
     *
     * @return the name given at creation
     */
    public String name() {
        return name;
    }

    /**
     * The operations.
     *
     * @return an unmodifiable list, in order
     */
    public List<Operation> operations() {
        return operations;
    }

    /**
     * The program in canonical form.
     *
     * @return one line an operation, each with a line feed at its end
     */
    public String text() {
        return operations.stream().map(operation -> operation.text() + "\n").collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return name + " (" + operations.size() + " operations)";
    }
}
