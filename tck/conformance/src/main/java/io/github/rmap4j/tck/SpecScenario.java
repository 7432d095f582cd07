package io.github.rmap4j.tck;

/**
 * A numbered scenario of the description of one of the designs.
 *
 * @param spec the description
 * @param number the number, from 1
 * @since 0.1
 */
public record SpecScenario(Spec spec, int number) implements Comparable<SpecScenario> {
    /** The descriptions. */
    public enum Spec {
        /** anon_vma as in Linux 6.18. */
        ANON_VMA("anon_vma", 94),
        /** The ANON_VMA_LAZY series. */
        ANON_VMA_LAZY("anon_vma_lazy", 30),
        /** CoW contexts. */
        COW_CONTEXT("cow_context", 30);

        private final String word;
        private final int scenarios;

        Spec(String word, int scenarios) {
            this.word = word;
            this.scenarios = scenarios;
        }

        /**
         * The word in texts.
         *
         * @return the design's name
         */
        public String word() {
            return word;
        }

        /**
         * How many scenarios it has.
         *
         * @return the highest number
         */
        public int scenarios() {
            return scenarios;
        }
    }

    /**
     * Checks the number.
     *
     * @param spec the description
     * @param number the number, from 1
     * @throws IllegalArgumentException if there is no such scenario
     */
    public SpecScenario {
        if (number < 1 || number > spec.scenarios()) {
            throw new IllegalArgumentException(spec.word() + " has no scenario " + number);
        }
    }

    @Override
    public int compareTo(SpecScenario other) {
        int order = spec.compareTo(other.spec);
        return order != 0 ? order : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return spec.word() + " " + number;
    }
}
