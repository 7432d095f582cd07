package io.github.rmap4j.api;

import java.util.List;

/**
 * A setting of a strategy and what is chosen.
 *
 * @param name its name
 * @param description one sentence
 * @param values the words for its values
 * @param value the word for the value at this moment
 * @param isChangeable whether {@link MemoryManager#setOption} may change it
 * @since 0.1
 */
public record StrategySetting(
        String name, String description, List<String> values, String value, boolean isChangeable) {
    /**
     * Copies the list.
     *
     * @param name its name
     * @param description one sentence
     * @param values the words for its values
     * @param value the word for the value at this moment
     * @param isChangeable whether {@link MemoryManager#setOption} may change it
     */
    public StrategySetting {
        values = List.copyOf(values);
    }
}
