package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.tck.program.Protection;
import org.jspecify.annotations.Nullable;

/** One mapped page of one process, as the reference model sees it. */
final class ReferencePage {
    Protection protection;
    final @Nullable MappedFile file;
    final long pgoff;
    /** What the process reads. */
    long word;
    /** Whether the process or an ancestor wrote it, so that it must be an anonymous page. */
    boolean written;

    /** Whether the content may be lost, because nobody wrote the page since MADV_FREE. */
    boolean mayVanish;

    /** A hardware error took it away. */
    boolean poisoned;

    boolean guard;
    boolean locked;
    boolean dontFork;
    boolean wipeOnFork;

    ReferencePage(Protection protection, @Nullable MappedFile file, long pgoff) {
        this.protection = protection;
        this.file = file;
        this.pgoff = pgoff;
        drop();
    }

    ReferencePage copy() {
        ReferencePage copy = new ReferencePage(protection, file, pgoff);
        copy.word = word;
        copy.written = written;
        copy.mayVanish = mayVanish;
        copy.poisoned = poisoned;
        copy.guard = guard;
        copy.locked = locked;
        copy.dontFork = dontFork;
        copy.wipeOnFork = wipeOnFork;
        return copy;
    }

    /** A page that was never touched, so many pages further in the same VMA. */
    ReferencePage untouched(long distance) {
        ReferencePage fresh = new ReferencePage(protection, file, pgoff + distance);
        fresh.locked = locked;
        fresh.dontFork = dontFork;
        fresh.wipeOnFork = wipeOnFork;
        return fresh;
    }

    /** The page goes, what comes in its place is what the mapping holds at first. */
    void drop() {
        word = file == null ? 0 : file.content(pgoff);
        written = false;
        mayVanish = false;
        poisoned = false;
    }

    void write(long newWord) {
        word = newWord;
        written = true;
        mayVanish = false;
    }

    boolean readable() {
        return protection != Protection.NONE && !guard;
    }

    boolean writable() {
        return (protection == Protection.RW || protection == Protection.RWX) && !guard;
    }

    String permissions() {
        return switch (protection) {
            case NONE -> "---p";
            case R -> "r--p";
            case RW -> "rw-p";
            case RX -> "r-xp";
            case RWX -> "rwxp";
        };
    }

    @Override
    public String toString() {
        return permissions() + (guard ? " guard" : "") + (poisoned ? " poisoned" : "") + (written ? " written" : "")
                + (mayVanish ? " free" : "") + " word " + word + (file == null ? "" : " of " + file + " page " + pgoff);
    }
}
