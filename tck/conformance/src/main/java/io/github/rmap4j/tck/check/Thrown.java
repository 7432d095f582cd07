package io.github.rmap4j.tck.check;

/** What a reader needs to know of something that was thrown. */
final class Thrown {
    private static final int FRAMES = 4;

    private Thrown() {}

    /** The exception and where it comes from. */
    static String text(Throwable thrown) {
        StringBuilder text = new StringBuilder(thrown.toString());
        StackTraceElement[] frames = thrown.getStackTrace();
        for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
            text.append("\n        at ").append(frames[i]);
        }
        return text.toString();
    }
}
