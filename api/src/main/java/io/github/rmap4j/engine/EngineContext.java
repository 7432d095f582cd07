package io.github.rmap4j.engine;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport.EventCost;
import io.github.rmap4j.api.CostReport.SlabCost;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.account.CountedEvent;
import io.github.rmap4j.engine.account.CountedSlab;
import io.github.rmap4j.engine.account.LiveCount;
import io.github.rmap4j.engine.lock.LockClasses;
import io.github.rmap4j.engine.mm.Mm;
import io.github.rmap4j.engine.mm.Settings;
import io.github.rmap4j.engine.mm.VmaImpl;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.spi.EventCounter;
import io.github.rmap4j.spi.FolioSlot;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the engine gives to the strategy of one manager. */
final class EngineContext implements StrategyContext {
    private final Settings settings;
    private final StrategyOptions options;
    private final Accounts accounts;
    private final LockClasses locks;
    private final CountedSlab<VmaImpl> vmas;
    private final List<CountedSlab<?>> slabs = new ArrayList<>();
    private final List<CountedEvent> events = new ArrayList<>();
    private final Set<String> slots = new HashSet<>();
    /** Set while the strategy is created. */
    private @Nullable LiveCount folios;

    private int folioGrowth;

    EngineContext(
            Settings settings,
            StrategyOptions options,
            Accounts accounts,
            LockClasses locks,
            CountedSlab<VmaImpl> vmas) {
        this.settings = settings;
        this.options = options;
        this.accounts = accounts;
        this.locks = locks;
        this.vmas = vmas;
        slabs.add(vmas);
    }

    /** There is one place for each kind of slot: a second slot would share it. */
    private void claim(String slot) {
        if (!slots.add(slot)) {
            throw new IllegalStateException("this strategy has its " + slot + " already");
        }
    }

    @Override
    public <T> Slot<AddressSpace, T> spaceSlot(Class<T> type) {
        claim("spaceSlot");
        return new Slot<>() {
            @Override
            @SuppressWarnings("unchecked") // only this slot writes it
            public @Nullable T get(AddressSpace holder) {
                return (T) ((Mm) holder).strategyState();
            }

            @Override
            public void set(AddressSpace holder, @Nullable T value) {
                ((Mm) holder).setStrategyState(value);
            }
        };
    }

    @Override
    public <T> Slot<Vma, T> vmaSlot(Class<T> type) {
        claim("vmaSlot");
        return new Slot<>() {
            @Override
            @SuppressWarnings("unchecked") // only this slot writes it
            public @Nullable T get(Vma holder) {
                return (T) ((VmaImpl) holder).strategyState();
            }

            @Override
            public void set(Vma holder, @Nullable T value) {
                ((VmaImpl) holder).setStrategyState(value);
            }
        };
    }

    @Override
    public <T> FolioSlot<T> folioSlot(Class<T> type) {
        claim("folioSlot");
        return new FolioSlot<>() {
            @Override
            @SuppressWarnings("unchecked") // only this slot writes it
            public @Nullable T get(Folio holder) {
                return (T) ((FolioImpl) holder).owner();
            }

            @Override
            public void set(Folio holder, @Nullable T value) {
                ((FolioImpl) holder).setOwner(value);
            }

            @Override
            public boolean compareAndSet(Folio folio, @Nullable T expected, @Nullable T value) {
                return ((FolioImpl) folio).compareAndSetOwner(expected, value);
            }
        };
    }

    @Override
    public <E extends Enum<E>> StrategyOption<E> option(
            String name, String description, E initial, StrategyOption.Change change) {
        return options.declare(name, description, initial, change);
    }

    @Override
    public void retain(Vma vma) {
        ((VmaImpl) vma).hold();
    }

    @Override
    public void release(Vma vma) {
        VmaImpl held = (VmaImpl) vma;
        if (held.drop()) {
            vmas.free(held);
        }
    }

    @Override
    public KernelVersion kernelVersion() {
        return settings.kernelVersion();
    }

    @Override
    public int folioTag(Folio folio) {
        return ((FolioImpl) folio).strategyTag();
    }

    @Override
    public void setFolioTag(Folio folio, int tag) {
        ((FolioImpl) folio).setStrategyTag(tag);
    }

    @Override
    public synchronized <T extends SlabObject> Slab<T> slab(String name, int objectBytes, Supplier<T> constructor) {
        if (slabs.stream().anyMatch(slab -> slab.name().equals(name))) {
            throw new IllegalArgumentException("slab '" + name + "' exists already");
        }
        CountedSlab<T> slab = new CountedSlab<>(
                accounts,
                name,
                objectBytes,
                constructor,
                settings.injector(),
                settings.checking(),
                CountedSlab.Reuse.LATEST_FREED);
        slabs.add(slab);
        return slab;
    }

    @Override
    public void growVma(int bytes) {
        vmas.grow(bytes);
    }

    @Override
    public void growFolio(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a folio grows by at least a byte: " + bytes);
        }
        folioGrowth += bytes;
        if (folios == null) {
            folios = new LiveCount(accounts);
        }
    }

    /** Counts folios; null if they are as large as in Linux. */
    @Nullable
    LiveCount folios() {
        return folios;
    }

    @Override
    public LockClass lockClass(String name) {
        return locks.create(name);
    }

    @Override
    public synchronized EventCounter counter(String name, String unit, String description) {
        CountedEvent event = new CountedEvent(accounts, name, unit, description);
        events.add(event);
        return event;
    }

    @Override
    public Mutex pageTableLock(AddressSpace space) {
        return ((Mm) space).pageTableLock();
    }

    @Override
    public void work(int units) {
        accounts.current().work(units);
    }

    synchronized List<SlabCost> slabCosts() {
        LiveCount grown = folios;
        return Stream.concat(
                        slabs.stream().map(CountedSlab::cost),
                        grown == null ? Stream.empty() : Stream.of(grown.cost("folio (growth)", folioGrowth)))
                .sorted(Comparator.comparing(SlabCost::name))
                .toList();
    }

    synchronized List<EventCost> eventCosts() {
        return events.stream()
                .map(CountedEvent::cost)
                .sorted(Comparator.comparing(EventCost::name))
                .toList();
    }
}
