package io.github.rmap4j.lab.scenario;

import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MappedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The files that processes map; all find the same ones. */
final class AndroidFiles {
    /** Where exec puts the stack: at the end of an address space of 39 bits, as most phones have it. */
    static final ExecLayout LAYOUT = new ExecLayout(0x7ffffff000L, 1, 0x5555556000L, 0x7ff7fff000L);

    private final List<MappedFile> libraries = new ArrayList<>();
    private final List<MappedFile> others = new ArrayList<>();

    MappedFile library(int index) {
        return file(libraries, index, i -> MappedFile.of(MappedFile.Kind.REGULAR, "lib" + i + ".so"));
    }

    /** Every fourth is memory that processes share, such as a graphics buffer. */
    MappedFile other(int index) {
        return file(
                others,
                index,
                i -> i % 4 == 3
                        ? MappedFile.of(MappedFile.Kind.SHMEM, "dmabuf" + i)
                        : MappedFile.of(MappedFile.Kind.REGULAR, "file" + i));
    }

    private static MappedFile file(List<MappedFile> files, int index, IntFunction<MappedFile> create) {
        while (files.size() <= index) {
            files.add(create.apply(files.size()));
        }
        return files.get(index);
    }
}
