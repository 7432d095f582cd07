import org.jspecify.annotations.NullMarked;

/** What conformance is checked with: memory programs and recordings of a live kernel. */
@NullMarked
module io.github.rmap4j.tck {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive io.github.rmap4j.api;
    requires static org.jspecify;

    exports io.github.rmap4j.tck.program;
    exports io.github.rmap4j.tck.recording;
}
