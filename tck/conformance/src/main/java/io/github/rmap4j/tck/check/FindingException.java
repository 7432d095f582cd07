package io.github.rmap4j.tck.check;

import java.io.Serial;

/** Ends a check that has found something. */
public final class FindingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    FindingException(Finding finding) {
        super(finding.toString());
        this.finding = finding;
    }

    /** A finding of a check that is no program. */
    public FindingException(String what, Object expected, Object actual) {
        this(new Finding(Finding.Kind.CHECK, 0, "check", what, String.valueOf(expected), String.valueOf(actual)));
    }

    Finding finding() {
        return finding;
    }
}
