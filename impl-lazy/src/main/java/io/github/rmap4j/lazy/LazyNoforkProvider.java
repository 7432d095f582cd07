package io.github.rmap4j.lazy;

/** Provides the strategy {@code lazy-nofork}. */
public final class LazyNoforkProvider extends VariantProvider {
    /** For {@link java.util.ServiceLoader}. */
    public LazyNoforkProvider() {
        super(
                "lazy-nofork",
                "ANON_VMA_LAZY for processes that have promised never to fork (PR_SET_NOFORK); the rest as in Linux 6.18",
                Variant.NOFORK);
    }
}
