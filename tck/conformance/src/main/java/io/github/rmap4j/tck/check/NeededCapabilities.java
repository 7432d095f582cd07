package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.PrctlOption;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Without which capabilities operations do nothing, or fail. */
final class NeededCapabilities {
    private NeededCapabilities() {}

    static Set<Capability> of(Collection<Operation> operations) {
        Set<Capability> needed = EnumSet.noneOf(Capability.class);
        operations.forEach(operation -> of(operation).ifPresent(needed::add));
        return needed;
    }

    /** The program without what a strategy cannot do. */
    static MemoryProgram leaveOut(MemoryProgram program, Set<Capability> capabilities) {
        return MemoryProgram.of(
                program.name(),
                program.operations().stream()
                        .filter(operation -> capabilities.containsAll(
                                of(operation).map(Set::of).orElse(Set.of())))
                        .toList());
    }

    private static Optional<Capability> of(Operation operation) {
        if (operation instanceof Operation.Swapout) {
            return Optional.of(Capability.SWAP);
        } else if (operation instanceof Operation.Migrate) {
            return Optional.of(Capability.MIGRATION);
        } else if (operation instanceof Operation.Split) {
            return Optional.of(Capability.LARGE_FOLIOS);
        } else if (operation instanceof Operation.Ksm) {
            return Optional.of(Capability.KSM);
        } else if (operation instanceof Operation.Prctl prctl) {
            return prctl.option() == PrctlOption.NOFORK ? Optional.empty() : Optional.of(Capability.KSM);
        } else if (operation instanceof Operation.Madvise madvise) {
            return of(madvise.advice());
        }
        return Optional.empty();
    }

    private static Optional<Capability> of(Advice advice) {
        return switch (advice) {
            case PAGEOUT -> Optional.of(Capability.SWAP);
            case HUGEPAGE, NOHUGEPAGE, COLLAPSE -> Optional.of(Capability.LARGE_FOLIOS);
            case MERGEABLE, UNMERGEABLE -> Optional.of(Capability.KSM);
            default -> Optional.empty();
        };
    }
}
