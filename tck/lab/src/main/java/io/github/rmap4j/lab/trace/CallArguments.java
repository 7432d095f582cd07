package io.github.rmap4j.lab.trace;

import java.util.Arrays;

/** The arguments of a system call, by their position in {@link SystemCall}. */
public final class CallArguments {
    private final long[] values;

    CallArguments(long... values) {
        this.values = values;
    }

    /**
     * One argument.
     *
     * @param position its position, from 0
     * @return its value
     */
    public long get(int position) {
        return values[position];
    }

    /**
     * One argument that is an int in the kernel.
     *
     * @param position its position, from 0
     * @return its lower 32 bits
     */
    public int getInt(int position) {
        return (int) values[position];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CallArguments arguments && Arrays.equals(values, arguments.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
