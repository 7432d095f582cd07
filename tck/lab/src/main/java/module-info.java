import org.jspecify.annotations.NullMarked;

/** The command line: reads traces, replays them under every strategy and reports what each costs. */
@NullMarked
module io.github.rmap4j.lab {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires io.github.rmap4j.api;
    requires io.github.rmap4j.tck;
    requires java.xml;
    requires static org.jspecify;

    // picocli fills the fields of the commands reflectively.
    opens io.github.rmap4j.lab.cli to
            info.picocli;
}
