package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The strategy that is checked.
 *
 * @param provider creates it
 * @param thorough multiplies the work of random checks
 */
public record Subject(RmapStrategyProvider provider, int thorough) {
    private static final int SMALL = 2;
    private static final int LARGE = 4;

    /** What it declares. */
    public Set<Capability> capabilities() {
        return provider.capabilities();
    }

    /** A manager that checks itself and has large folios of 16 KiB, 64 KiB and 2 MiB where MADV_HUGEPAGE asks for them. */
    public MemoryManager manager() {
        return builder().build();
    }

    /** A builder of such managers. */
    public MemoryManager.Builder builder() {
        return checkedBuilder()
                .hugepages(SMALL, HugepagePolicy.MADVISE)
                .hugepages(LARGE, HugepagePolicy.MADVISE)
                .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE);
    }

    /** A builder of managers that check themselves, with the defaults for all else. */
    public MemoryManager.Builder checkedBuilder() {
        return MemoryManager.builder().strategy(provider).checking(Checking.ON);
    }

    /** The same strategy without a capability. */
    Subject without(Capability capability) {
        Set<Capability> rest = new HashSet<>(capabilities());
        rest.remove(capability);
        return new Subject(new Restricted(provider, rest), thorough);
    }

    /** A provider that declares less than it can. */
    private record Restricted(RmapStrategyProvider provider, Set<Capability> declared) implements RmapStrategyProvider {
        @Override
        public String name() {
            return provider.name();
        }

        @Override
        public String description() {
            return provider.description();
        }

        @Override
        public Map<String, String> options() {
            return provider.options();
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.copyOf(declared);
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return provider.create(context);
        }
    }
}
