package io.github.rmap4j.lazy;

/** Provides the strategy {@code lazy-gki}. */
public final class LazyGkiProvider extends VariantProvider {
    /** For {@link java.util.ServiceLoader}. */
    public LazyGkiProvider() {
        super(
                "lazy-gki",
                "ANON_VMA_LAZY for VMAs that a process made itself, while it has never forked; the rest as in Linux 6.18",
                Variant.GKI);
    }
}
