package io.github.rmap4j.benchmarks.heap;

import java.util.List;
import org.openjdk.jol.info.ClassLayout;

/** Prints the size of an instance of each class that there are many of, one {@code layout_NAME BYTES} a line. */
public final class ObjectLayouts {
    private static final List<String> CLASSES = List.of(
            "io.github.rmap4j.engine.page.FolioImpl",
            "io.github.rmap4j.engine.page.PteTable",
            "io.github.rmap4j.engine.mm.VmaImpl",
            "io.github.rmap4j.engine.lock.KernelRwLock",
            "io.github.rmap4j.anonvma.VmaChains",
            "io.github.rmap4j.anonvma.AnonVma",
            "io.github.rmap4j.anonvma.AnonVmaChain",
            "io.github.rmap4j.lazy.AnonVmaTree",
            "io.github.rmap4j.lazy.RootVma",
            "io.github.rmap4j.spi.VmaIntervalTree");

    private ObjectLayouts() {}

    /**
     * Prints the sizes.
     *
     * @param args ignored
     */
    public static void main(String[] args) throws ClassNotFoundException {
        for (String name : CLASSES) {
            // Package-private classes too: only their names are known here.
            Class<?> type = Class.forName(name, false, ObjectLayouts.class.getClassLoader());
            System.out.println("layout_" + type.getSimpleName() + " "
                    + ClassLayout.parseClass(type).instanceSize());
        }
    }
}
