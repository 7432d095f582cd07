package io.github.rmap4j.engine;

import io.github.rmap4j.api.MemoryManager;

/** Where the API meets the engine. */
public final class Engines {
    private Engines() {}

    /**
     * A builder with the defaults.
     *
     * @return the builder
     */
    public static MemoryManager.Builder builder() {
        return new EngineBuilder();
    }
}
