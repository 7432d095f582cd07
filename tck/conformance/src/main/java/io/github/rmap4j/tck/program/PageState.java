package io.github.rmap4j.tck.program;

/**
 * What one page-table entry holds.
 *
 * @param page number of the page
 * @param kind what is there
 * @param id names the frame or swap slot of {@link Kind#ANON} and {@link Kind#SWAP}, otherwise 0
 * @param mapcount how many entries map the frame of {@link Kind#ANON}, otherwise 0
 * @param exclusive bit 56 of /proc/PID/pagemap: present and mapped exactly once; not AnonExclusive
 * @param large 0 for a small folio, 1 for the head page of a large one, 2 for its other pages
 * @since 0.1
 */
public record PageState(long page, Kind kind, long id, int mapcount, boolean exclusive, int large) {
    /** What can be in a page-table entry. */
    public enum Kind {
        /** A page of an anonymous folio. */
        ANON("anon"),
        /** A swap entry. */
        SWAP("swap"),
        /** The shared zero page. */
        ZERO("zero"),
        /** A guard marker. */
        GUARD("guard"),
        /** A page of a file. */
        FILE("file"),
        /** A page that had a hardware error. */
        POISONED("poison");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /**
         * The word in the JSON form.
         *
         * @return the word
         */
        public String word() {
            return word;
        }

        /**
         * Whether the entry names a frame or swap slot.
         *
         * @return true for {@link #ANON} and {@link #SWAP}
         */
        public boolean hasId() {
            return this == ANON || this == SWAP;
        }
    }

    /**
     * A page without a frame of its own.
     *
     * @param page number of the page
     * @param kind what is there
     * @return the state
     */
    public static PageState of(long page, Kind kind) {
        return new PageState(page, kind, 0, 0, false, 0);
    }

    /** Whether this is the next page of a run that ends with another page. */
    boolean continues(PageState last) {
        if (kind != last.kind
                || page != last.page + 1
                || mapcount != last.mapcount
                || exclusive != last.exclusive
                || (kind.hasId() && id != last.id + 1)) {
            return false;
        }
        return large == 0 ? last.large == 0 : large == 2 && last.large != 0;
    }
}
