package io.github.rmap4j.engine;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.StrategySetting;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.account.CountedSlab;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.LockClasses;
import io.github.rmap4j.engine.mm.Machine;
import io.github.rmap4j.engine.mm.Settings;
import io.github.rmap4j.engine.mm.VmaImpl;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.rmap.Walker;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.List;
import java.util.Map;

/** A manager: a machine, its walker and its accounts. */
final class EngineManager implements MemoryManager {
    /** sizeof(struct vm_area_struct) in Linux 6.18 on x86-64. */
    private static final int VM_AREA_STRUCT_BYTES = 192;

    private final RmapStrategyProvider provider;
    private final Accounts accounts = new Accounts();
    private final LockClasses locks;
    private final StrategyOptions options;
    private final EngineContext context;
    private final Machine machine;

    EngineManager(RmapStrategyProvider provider, Map<String, String> chosen, Settings settings) {
        this.provider = provider;
        this.options = new StrategyOptions(provider.name(), chosen);
        this.locks = new LockClasses(accounts, settings.checking());
        CountedSlab<VmaImpl> vmas = new CountedSlab<>(
                accounts,
                "vm_area_struct",
                VM_AREA_STRUCT_BYTES,
                VmaImpl::new,
                settings.injector(),
                settings.checking(),
                CountedSlab.Reuse.NEVER);
        this.context = new EngineContext(settings, options, accounts, locks, vmas);
        this.machine =
                new Machine(settings, accounts, locks, vmas, provider.create(context), context.folios(), Walker::new);
        options.checkChosen();
    }

    @Override
    public AddressSpace createAddressSpace() {
        return machine.createSpace();
    }

    @Override
    public List<AddressSpace> addressSpaces() {
        return machine.spaces();
    }

    @Override
    public RmapWalker rmapWalker() {
        return machine.walks();
    }

    @Override
    public String strategy() {
        return provider.name();
    }

    @Override
    public List<StrategySetting> options() {
        return options.settings();
    }

    @Override
    public void setOption(String name, String value) {
        options.set(name, value);
    }

    @Override
    public int referenced(Folio folio) {
        return machine.referenced(FolioImpl.of(folio));
    }

    @Override
    public boolean isYoung(Folio folio) {
        return machine.isYoung(FolioImpl.of(folio));
    }

    @Override
    public void markOld(Folio folio) {
        machine.markOld(FolioImpl.of(folio));
    }

    @Override
    public int ksmScan() {
        return machine.ksmScan();
    }

    @Override
    public int compact() {
        return machine.compact();
    }

    @Override
    public long swapSlots() {
        return machine.swapSlots();
    }

    @Override
    public CostReport costs() {
        return new CostReport(
                context.slabCosts(),
                locks.costs(),
                context.eventCosts(),
                new CostReport.Walks(
                        accounts.distribution(Task.Walks.VISITED),
                        accounts.distribution(Task.Walks.HITS),
                        accounts.distribution(Task.Walks.FALSE_VISITS),
                        accounts.distribution(Task.Walks.INDEX_NODES),
                        accounts.distribution(Task.Walks.CONTEXTS)));
    }

    @Override
    public void verify() {
        Task task = accounts.current();
        Task before = task.snapshot();
        try {
            new Verification(machine).run();
        } finally {
            task.restore(before);
        }
    }
}
