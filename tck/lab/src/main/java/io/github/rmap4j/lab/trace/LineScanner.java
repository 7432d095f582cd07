package io.github.rmap4j.lab.trace;

import io.github.rmap4j.lab.input.InputException;
import java.nio.charset.StandardCharsets;

/** Reads one line of a trace from left to right, without strings or regular expressions where lines are many. */
final class LineScanner {
    private final String input;
    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private long number;

    /**
     * A scanner.
     *
     * @param input name of the input, for messages
     */
    LineScanner(String input) {
        this.input = input;
    }

    void start(LineReader lines) {
        bytes = lines.buffer();
        at = lines.from();
        end = lines.to();
        number = lines.number();
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    int end() {
        return end;
    }

    boolean atEnd() {
        return at == end;
    }

    void skipBlanks() {
        while (at < end && isBlank(bytes[at])) {
            at++;
        }
    }

    void skipWord() {
        while (at < end && !isBlank(bytes[at])) {
            at++;
        }
    }

    /** Moves behind a literal if it is next. */
    boolean accept(byte[] literal) {
        int length = literal.length;
        if (end - at < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[at + i] != literal[i]) {
                return false;
            }
        }
        at += length;
        return true;
    }

    boolean accept(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    void require(byte[] literal) {
        if (!accept(literal)) {
            throw expected("'" + new String(literal, StandardCharsets.ISO_8859_1) + "'");
        }
    }

    void require(char c) {
        if (!accept(c)) {
            throw expected("'" + c + "'");
        }
    }

    /** Moves behind the next occurrence of a literal. */
    boolean seek(byte[] literal) {
        int start = at;
        for (; at <= end - literal.length; at++) {
            if (accept(literal)) {
                return true;
            }
        }
        at = start;
        return false;
    }

    boolean isDigit() {
        return at < end && bytes[at] >= '0' && bytes[at] <= '9';
    }

    /** A decimal number with an optional sign that fits an int. */
    int integer(String what) {
        int start = at;
        boolean negative = accept('-');
        long value = digits(what, start);
        long signed = negative ? -value : value;
        if (signed != (int) signed) {
            throw expectedAt(start, what);
        }
        return (int) signed;
    }

    /** Moves behind a decimal number of any size. */
    void skipDigits(String what) {
        if (!isDigit()) {
            throw expected(what);
        }
        while (isDigit()) {
            at++;
        }
    }

    /** A decimal number that is not negative. */
    long decimal(String what) {
        return digits(what, at);
    }

    private long digits(String what, int start) {
        if (!isDigit()) {
            throw expectedAt(start, what);
        }
        long value = 0;
        for (; isDigit(); at++) {
            int digit = bytes[at] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw expectedAt(start, what);
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** A hexadecimal number of at most 64 bits with 0x before it; a bare 0 too, as printf("%#lx") writes it. */
    long hex(String what) {
        int start = at;
        if (!accept('0')) {
            throw expected(what);
        }
        if (!accept('x')) {
            if (hexDigit() >= 0) {
                throw expectedAt(start, what);
            }
            return 0;
        }
        return hexDigits(what, start);
    }

    /** A hexadecimal number of at most 64 bits without 0x. */
    long hexDigits(String what) {
        return hexDigits(what, at);
    }

    private long hexDigits(String what, int start) {
        int first = at;
        long value = 0;
        for (int digit = hexDigit(); digit >= 0; digit = hexDigit()) {
            if (at - first == 16) {
                throw expectedAt(start, what);
            }
            value = value << 4 | digit;
            at++;
        }
        if (at == first) {
            throw expectedAt(start, what);
        }
        return value;
    }

    private int hexDigit() {
        return at < end ? Character.digit(bytes[at], 16) : -1;
    }

    /** The bytes up to the next blank. */
    String word() {
        int start = at;
        skipWord();
        return text(start, at);
    }

    /** The bytes up to the end of the line, as a name: UTF-8, with a mark where it is not. */
    String name() {
        int start = at;
        at = end;
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    /** The bytes up to the end of the line. */
    String rest() {
        int start = at;
        at = end;
        return text(start, end);
    }

    String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    InputException expected(String what) {
        return expectedAt(at, what);
    }

    InputException expectedAt(int position, String what) {
        return InputException.malformed(input, number, what, text(position, end));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
