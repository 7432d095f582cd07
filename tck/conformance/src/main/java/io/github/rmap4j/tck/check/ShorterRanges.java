package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.Operation;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** Operations on shorter ranges. */
final class ShorterRanges {
    private ShorterRanges() {}

    /** The same operation on ranges that begin at the same page, the shortest first. */
    static List<Operation> of(Operation operation) {
        int process = operation.process();
        if (operation instanceof Operation.Mmap op) {
            return with(
                    op.length(),
                    length ->
                            new Operation.Mmap(process, op.start(), length, op.protection(), op.options(), op.file()));
        } else if (operation instanceof Operation.Munmap op) {
            return with(op.length(), length -> new Operation.Munmap(process, op.start(), length));
        } else if (operation instanceof Operation.Mprotect op) {
            return with(op.length(), length -> new Operation.Mprotect(process, op.start(), length, op.protection()));
        } else if (operation instanceof Operation.Mlock op) {
            return with(op.length(), length -> new Operation.Mlock(process, op.start(), length));
        } else if (operation instanceof Operation.Munlock op) {
            return with(op.length(), length -> new Operation.Munlock(process, op.start(), length));
        } else if (operation instanceof Operation.Mremap op) {
            return with(
                    op.length(),
                    length -> new Operation.Mremap(
                            process,
                            op.start(),
                            length,
                            op.newStart(),
                            Math.max(1, op.newLength() - op.length() + length),
                            op.dontUnmap()));
        } else if (operation instanceof Operation.Write op) {
            return with(op.length(), length -> new Operation.Write(process, op.start(), length));
        } else if (operation instanceof Operation.Read op) {
            return with(op.length(), length -> new Operation.Read(process, op.start(), length));
        } else if (operation instanceof Operation.Fill op) {
            return with(op.length(), length -> new Operation.Fill(process, op.start(), length, op.word()));
        } else if (operation instanceof Operation.Madvise op) {
            return with(op.length(), length -> new Operation.Madvise(process, op.start(), length, op.advice()));
        } else if (operation instanceof Operation.Migrate op) {
            return with(op.length(), length -> new Operation.Migrate(process, op.start(), length));
        } else if (operation instanceof Operation.Swapout op) {
            return with(op.length(), length -> new Operation.Swapout(process, op.start(), length));
        } else if (operation instanceof Operation.Split op) {
            return with(op.length(), length -> new Operation.Split(process, op.start(), length));
        }
        return List.of();
    }

    private static List<Operation> with(long length, LongFunction<Operation> make) {
        return LongStream.of(1, length / 2, length - 1)
                .filter(shorter -> shorter > 0 && shorter < length)
                .distinct()
                .sorted()
                .mapToObj(make)
                .toList();
    }
}
