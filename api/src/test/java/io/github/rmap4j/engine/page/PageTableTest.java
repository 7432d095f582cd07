package io.github.rmap4j.engine.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.lock.KernelMutex;
import io.github.rmap4j.engine.lock.LockClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PageTableTest {
    private static final long LAST_VPN = 0x7ffffffffL;

    private final LockClasses locks = new LockClasses(new Accounts(), Checking.ON);
    private final PageTable pages = new PageTable(KernelMutex.of(locks.create("page_table_lock")));

    @Test
    @DisplayName("lookup and iteration find what was added, in order, and no longer what was removed")
    void agreesWithModel() {
        SplittableRandom random = new SplittableRandom(7);
        TreeMap<Long, PteTable> model = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            // Clusters, so that tables share directories, and now and then something far away.
            long vpn =
                    random.nextInt(10) == 0 ? random.nextLong(LAST_VPN + 1) : 0x7fff00000L + random.nextLong(1 << 20);
            long number = vpn >>> PteTable.SHIFT;
            if (random.nextInt(3) > 0) {
                PteTable added = pages.lookupOrAdd(vpn);
                assertThat(added.firstVpn()).isEqualTo(number << PteTable.SHIFT);
                PteTable before = model.put(number, added);
                assertThat(before == null || before == added).isTrue();
            } else if (model.containsKey(number)) {
                PteTable table = model.remove(number);
                table.die();
                pages.remove(table);
            }
            assertThat(pages.lookup(vpn)).isSameAs(model.get(number));
        }
        assertThat(pages.tables()).isEqualTo(model.size());
        List<PteTable> found = new ArrayList<>();
        for (PteTable table = pages.next(0, LAST_VPN + 1);
                table != null;
                table = pages.next(table.firstVpn() + PteTable.ENTRIES, LAST_VPN + 1)) {
            found.add(table);
        }
        assertThat(found).containsExactlyElementsOf(model.values());
    }

    @Test
    @DisplayName("a range that ends before the next table has none")
    void rangeEnds() {
        pages.lookupOrAdd(5 * PteTable.ENTRIES);
        assertThat(pages.next(0, 5 * PteTable.ENTRIES)).isNull();
        assertThat(pages.next(0, 5 * PteTable.ENTRIES + 1)).isNotNull();
        assertThat(pages.next(5 * PteTable.ENTRIES + 7, 5 * PteTable.ENTRIES + 8))
                .isNotNull();
        assertThat(pages.next(6 * PteTable.ENTRIES, LAST_VPN)).isNull();
    }
}
