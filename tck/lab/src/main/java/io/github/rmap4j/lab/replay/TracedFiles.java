package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MappedFile.Kind;
import io.github.rmap4j.lab.trace.TraceEvent.VmaMapped;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a trace maps. Linux tells open files apart, a trace only inodes: two mappings of one inode count as
 * one file here.
 */
final class TracedFiles {
    private final Map<String, MappedFile> files = new HashMap<>();

    /** The object behind a VMA, or null for anonymous memory. */
    @Nullable
    MappedFile of(VmaMapped vma) {
        if (vma.isAnonymous()) {
            return null;
        }
        String identity = vma.object() != null ? vma.object() : vma.name();
        return files.computeIfAbsent(identity, unused -> MappedFile.of(kind(vma), vma.name()));
    }

    private static Kind kind(VmaMapped vma) {
        String name = vma.name();
        if (name.startsWith("[vvar")) {
            return Kind.SPECIAL_PFN;
        }
        if (name.startsWith("[") || name.startsWith("anon_inode:")) {
            return Kind.SPECIAL;
        }
        if (name.startsWith("/SYSV")) {
            return Kind.SYSV_SHM;
        }
        boolean tmpfs = name.startsWith("/memfd:") || name.startsWith("/dev/shm/") || name.startsWith("/dev/zero");
        return tmpfs ? Kind.SHMEM : Kind.REGULAR;
    }
}
