package io.github.rmap4j.benchmarks;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A manager with one process, made once for each fork of the JVM. */
@State(Scope.Thread)
public abstract class ManagerState {
    /** Enough for a million VMAs and what an operation adds for a moment. */
    private static final int MAX_MAP_COUNT = 2_000_000;

    /** Name of the strategy. */
    @Param("anonvma")
    public String strategy;

    private MemoryManager manager;
    private AddressSpace process;

    /** Creates the process and fills it. */
    @Setup(Level.Trial)
    public void create() {
        manager = MemoryManager.builder()
                .strategy(strategy)
                .maxMapCount(MAX_MAP_COUNT)
                .build();
        process = manager.createAddressSpace();
        fill();
    }

    /** Brings the process into the state that all invocations start from. */
    protected void fill() {}

    /** The manager. */
    public MemoryManager manager() {
        return manager;
    }

    /** The process. */
    public AddressSpace process() {
        return process;
    }
}
