package io.github.rmap4j.lab.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Vma;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the kernel held when a trace ended. */
final class Truth {
    /** The page of the vsyscall gate is in /proc/PID/maps of every process, but no VMA of it (gate_vma). */
    private static final long GATE = 0xffffffffff600000L;

    private static final long PAGE_KILOBYTES = 4;

    private final long anonVmas;
    private final long anonVmaChains;
    private final SortedMap<Integer, List<TrueVma>> processes = new TreeMap<>();

    /** A line of /proc/PID/maps with its anonymous kilobytes. */
    record TrueVma(long start, long end, String permissions, long anonymous) {
        @Override
        public String toString() {
            return Long.toHexString(start) + "-" + Long.toHexString(end) + " " + permissions;
        }
    }

    /** A process whose VMAs differ. */
    record Difference(int pid, List<TrueVma> onlyInLinux, List<TrueVma> onlyHere) {}

    private Truth(JsonNode root) {
        anonVmas = root.required("anon_vma_held_incl_perf").asLong();
        anonVmaChains = root.required("avc_held_incl_perf").asLong();
        for (Iterator<Map.Entry<String, JsonNode>> procs =
                        root.required("procs").properties().iterator();
                procs.hasNext(); ) {
            Map.Entry<String, JsonNode> proc = procs.next();
            List<TrueVma> vmas = new ArrayList<>();
            for (JsonNode line : proc.getValue().required("maps")) {
                String[] range = line.get(0).asText().split("-");
                long start = Long.parseUnsignedLong(range[0], 16);
                if (start != GATE) {
                    vmas.add(new TrueVma(
                            start,
                            Long.parseUnsignedLong(range[1], 16),
                            line.get(1).asText(),
                            line.get(2).asLong()));
                }
            }
            processes.put(Integer.valueOf(proc.getKey()), vmas);
        }
    }

    static Truth read(InputStream in) throws IOException {
        return new Truth(new ObjectMapper().readTree(in));
    }

    long anonVmas() {
        return anonVmas;
    }

    long anonVmaChains() {
        return anonVmaChains;
    }

    SortedMap<Integer, List<TrueVma>> processes() {
        return processes;
    }

    long vmaCount() {
        return processes.values().stream().mapToLong(List::size).sum();
    }

    /** VMAs that Linux knows to hold anonymous pages, in the processes that are compared. */
    long vmasWithAnonymousPages() {
        return processes.values().stream()
                .flatMap(List::stream)
                .filter(vma -> vma.anonymous() > 0)
                .count();
    }

    /** Compares ranges, permissions and anonymous kilobytes of every VMA of every process that Linux had. */
    List<Difference> compare(Map<Integer, AddressSpace> simulated) {
        List<Difference> differences = new ArrayList<>();
        processes.forEach((pid, expected) -> {
            AddressSpace space = simulated.get(pid);
            List<TrueVma> actual = space == null ? List.of() : vmas(space);
            List<TrueVma> onlyInLinux = new ArrayList<>(expected);
            onlyInLinux.removeAll(actual);
            List<TrueVma> onlyHere = new ArrayList<>(actual);
            onlyHere.removeAll(expected);
            if (!onlyInLinux.isEmpty() || !onlyHere.isEmpty()) {
                differences.add(new Difference(pid, onlyInLinux, onlyHere));
            }
        });
        return differences;
    }

    private static List<TrueVma> vmas(AddressSpace space) {
        List<TrueVma> vmas = new ArrayList<>();
        for (Vma vma : space.vmas()) {
            long[] pages = new long[1];
            space.forEachPage(vma.start(), vma.end(), entry -> {
                if (entry.kind() == PageEntry.Kind.ANON) {
                    pages[0]++;
                }
            });
            vmas.add(new TrueVma(vma.start(), vma.end(), vma.permissions(), pages[0] * PAGE_KILOBYTES));
        }
        return vmas;
    }
}
