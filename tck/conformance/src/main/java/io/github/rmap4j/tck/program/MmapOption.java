package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.MapFlags;
import java.util.Locale;

/**
 * What may follow the protection of an {@code mmap} operation.
 *
 * @since 0.1
 */
public enum MmapOption {
    /** MAP_NORESERVE. */
    NORESERVE(MapFlags.MAP_NORESERVE),
    /** MAP_POPULATE. */
    POPULATE(MapFlags.MAP_POPULATE),
    /** MAP_FIXED instead of MAP_FIXED_NOREPLACE. */
    REPLACE(MapFlags.MAP_FIXED),
    /** MAP_GROWSDOWN. */
    GROWSDOWN(MapFlags.MAP_GROWSDOWN),
    /** MAP_SHARED instead of MAP_PRIVATE. */
    SHARED(MapFlags.MAP_SHARED);

    private final int flag;

    MmapOption(int flag) {
        this.flag = flag;
    }

    /**
     * The word in a program.
     *
     * @return the word
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The flag that it stands for.
     *
     * @return a bit of {@link MapFlags}
     */
    public int flag() {
        return flag;
    }
}
