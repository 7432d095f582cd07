package io.github.rmap4j.lab.trace;

import java.util.Locale;

/** Names that a trace holds: of files and events, which may contain anything. */
public final class TracedName {
    private TracedName() {}

    /**
     * A name as part of a message.
     *
     * @param name the name
     * @return the name without characters that a terminal acts on
     */
    public static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (c == '\\') {
                text.append("\\\\");
            } else if (isPrintable(c)) {
                text.appendCodePoint(c);
            } else if (c < 0x100) {
                text.append(String.format(Locale.ROOT, "\\x%02x", c));
            } else {
                text.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return text.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
