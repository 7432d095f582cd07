package io.github.rmap4j.tck.program;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes a program about 64 pages one about 2048, in which folios of 2 MiB fit. Most ranges are 32 times as long; reads and
 * writes go to a few pages anywhere in theirs.
 */
final class HugeRanges {
    /** Pages of a folio of 2 MiB divided by those of one of 64 KiB. */
    private static final int UNIT = 32;

    private final SplittableRandom random;

    private HugeRanges(SplittableRandom random) {
        this.random = random;
    }

    static List<Operation> scale(List<Operation> operations, long seed) {
        HugeRanges ranges = new HugeRanges(new SplittableRandom(seed));
        List<Operation> scaled = new ArrayList<>();
        operations.forEach(operation -> scaled.add(ranges.scale(operation)));
        return scaled;
    }

    private Operation scale(Operation operation) {
        int process = operation.process();
        if (operation instanceof Operation.Mmap op) {
            return new Operation.Mmap(
                    process, op.start() * UNIT, op.length() * UNIT, op.protection(), op.options(), op.file());
        } else if (operation instanceof Operation.Munmap op) {
            return new Operation.Munmap(process, op.start() * UNIT, op.length() * UNIT);
        } else if (operation instanceof Operation.Mprotect op) {
            return new Operation.Mprotect(process, op.start() * UNIT, op.length() * UNIT, op.protection());
        } else if (operation instanceof Operation.Mremap op) {
            return new Operation.Mremap(
                    process,
                    op.start() * UNIT,
                    op.length() * UNIT,
                    op.newStart() * UNIT,
                    op.newLength() * UNIT,
                    op.dontUnmap());
        } else if (operation instanceof Operation.Madvise op) {
            return new Operation.Madvise(process, op.start() * UNIT, op.length() * UNIT, op.advice());
        } else if (operation instanceof Operation.Migrate op) {
            return new Operation.Migrate(process, op.start() * UNIT, op.length() * UNIT);
        } else if (operation instanceof Operation.Swapout op) {
            return new Operation.Swapout(process, op.start() * UNIT, op.length() * UNIT);
        } else if (operation instanceof Operation.Split op) {
            return new Operation.Split(process, op.start() * UNIT, op.length() * UNIT);
        } else if (operation instanceof Operation.Write op) {
            return new Operation.Write(process, within(op.start(), op.length()), few());
        } else if (operation instanceof Operation.Read op) {
            return new Operation.Read(process, within(op.start(), op.length()), few());
        }
        return operation;
    }

    private long within(long start, long length) {
        return start * UNIT + random.nextLong(length * UNIT);
    }

    private long few() {
        return 1 + random.nextInt(5);
    }
}
