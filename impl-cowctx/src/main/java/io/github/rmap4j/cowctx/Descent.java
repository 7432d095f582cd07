package io.github.rmap4j.cowctx;

/** Which contexts a walk enters on its way down. */
@FunctionalInterface
interface Descent {
    /** What becomes of a child. */
    enum Step {
        /** It, or somebody below it, may map the folio. */
        ENTER,
        /** It and all below it cannot. */
        PASS_BY,
        /** The same, and all children behind it: they were forked before the folio was mapped. */
        REST_IS_OLDER
    }

    /** All of them. */
    Descent EVERYWHERE = link -> Step.ENTER;

    /** What to do at a child, whose context may be gone: only what its link knows may be asked. */
    Step at(ChildLinks.Link link);
}
