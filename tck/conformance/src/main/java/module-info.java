import org.jspecify.annotations.NullMarked;

/**
 * The conformance kit: whether a strategy keeps the rules, and if not, which it breaks and by which shortest program.
 *
 * <p>{@link io.github.rmap4j.tck.junit.ConformanceTest} is the way in for tests, {@link io.github.rmap4j.tck.Conformance}
 * for everything else. {@link io.github.rmap4j.tck.program} and {@link io.github.rmap4j.tck.recording} are what the kit
 * is made of.
 */
@NullMarked
module io.github.rmap4j.tck {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive io.github.rmap4j.api;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;

    exports io.github.rmap4j.tck;
    exports io.github.rmap4j.tck.junit;
    exports io.github.rmap4j.tck.program;
    exports io.github.rmap4j.tck.recording;
}
