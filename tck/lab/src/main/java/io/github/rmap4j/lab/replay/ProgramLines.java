package io.github.rmap4j.lab.replay;

import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations of a program with the numbers of their lines, so that an operation that makes no sense can name its
 * place.
 */
record ProgramLines(List<Line> lines) {
    ProgramLines {
        lines = List.copyOf(lines);
    }

    /** An operation and the number of its line, from 1. */
    record Line(int number, Operation operation) {}

    static ProgramLines read(String input, InputStream in) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        List<Line> lines = new ArrayList<>();
        int number = 0;
        try {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                number++;
                if (hasOperation(text)) {
                    lines.add(new Line(number, MemoryProgram.parseLine(input, number, text)));
                }
            }
        } catch (IOException e) {
            throw InputException.unreadable(input, number + 1, e);
        } catch (ProgramException e) {
            throw new InputException(String.valueOf(e.getMessage()));
        }
        return new ProgramLines(lines);
    }

    /** Whether there is more than blanks before a comment. */
    private static boolean hasOperation(String text) {
        return text.chars().takeWhile(c -> c != '#').anyMatch(c -> c != ' ' && c != '\t');
    }
}
