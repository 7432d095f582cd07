package io.github.rmap4j.tck.program;

/**
 * A VMA as a line of /proc/PID/maps shows it.
 *
 * @param start first page
 * @param end page after the last
 * @param permissions four characters such as {@code rw-p}
 * @since 0.1
 */
public record VmaRange(long start, long end, String permissions) {
    @Override
    public String toString() {
        return start + "-" + end + " " + permissions;
    }
}
