package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The processes of a trace, their threads and their address spaces. */
final class TraceProcesses {
    private final MemoryManager manager;
    private final Findings findings;
    private final SortedMap<Integer, AddressSpace> spaces = new TreeMap<>();
    private final SortedMap<Integer, Set<Integer>> threads = new TreeMap<>();

    TraceProcesses(MemoryManager manager, Findings findings) {
        this.manager = manager;
        this.findings = findings;
    }

    /** The live processes. */
    Map<Integer, AddressSpace> spaces() {
        return Collections.unmodifiableMap(spaces);
    }

    /** The address space of a process; an empty one if it lived before the trace began. */
    AddressSpace space(int pid, long line) {
        AddressSpace space = spaces.get(pid);
        if (space == null) {
            findings.remark(
                    "process that began before the recording", line, "process " + pid + " begins here without memory");
            space = manager.createAddressSpace();
            add(pid, pid, space, line);
        }
        return space;
    }

    @Nullable
    AddressSpace find(int pid) {
        return spaces.get(pid);
    }

    /** A process begins; one of the same number whose end is not in the trace ends now. */
    void add(int pid, int tid, AddressSpace space, long line) {
        AddressSpace before = spaces.put(pid, space);
        if (before != null) {
            findings.remark("process without an end", line, "process " + pid + " begins again");
            before.exit();
        }
        Set<Integer> tids = new HashSet<>();
        tids.add(tid);
        threads.put(pid, tids);
    }

    /** A process runs a new program, with one thread. */
    void replace(int pid, AddressSpace space) {
        spaces.put(pid, space);
        Set<Integer> tids = new HashSet<>();
        tids.add(pid);
        threads.put(pid, tids);
    }

    void addThread(int pid, int tid) {
        threads.computeIfAbsent(pid, unused -> new HashSet<>()).add(tid);
    }

    /** A thread ends; the address space if that was the last one, otherwise null. */
    @Nullable
    AddressSpace removeThread(int pid, int tid, long line) {
        Set<Integer> tids = threads.get(pid);
        if (tids == null || !tids.remove(tid)) {
            findings.remark("end of an unknown task", line, "task " + tid + " of process " + pid);
            return null;
        }
        if (!tids.isEmpty()) {
            return null;
        }
        threads.remove(pid);
        return spaces.remove(pid);
    }
}
