package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import java.util.Map;

/**
 * What is left of a replay.
 *
 * @param manager the manager that ran it
 * @param processes the live processes by number
 * @param findings what it met
 * @param times how long the operations took
 */
public record Replay(
        MemoryManager manager, Map<Integer, AddressSpace> processes, Findings findings, OperationTimes times) {}
