package io.github.rmap4j.lazy;

/** Provides the strategy {@code lazy}. */
public final class LazyProvider extends VariantProvider {
    /** For {@link java.util.ServiceLoader}. */
    public LazyProvider() {
        super(
                "lazy",
                "ANON_VMA_LAZY as posted in May 2026: folios name their root VMA until a fork upgrades it to an anon_vma",
                Variant.LAZY);
    }
}
