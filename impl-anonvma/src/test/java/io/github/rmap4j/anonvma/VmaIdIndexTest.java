package io.github.rmap4j.anonvma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The tree of VMA ids")
class VmaIdIndexTest {
    private static final long BASE = 0x100000000000L;
    private static final long PAGE = MemoryManager.PAGE_SIZE;
    private static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;

    /** Counts nodes, and has no more than some. */
    private static final class Nodes implements Slab<MapleNode> {
        private int live;
        private int most = Integer.MAX_VALUE;

        @Override
        public MapleNode allocate() {
            if (live == most) {
                throw new AllocationRefusedException("maple_node (anon_vma)");
            }
            live++;
            return new MapleNode();
        }

        @Override
        public void free(MapleNode node) {
            live--;
        }
    }

    private final Nodes slab = new Nodes();
    private final VmaIdIndex index = new VmaIdIndex(slab);

    private static AnonVmaChain chain(int id) {
        AnonVmaChain chain = new AnonVmaChain();
        chain.number(id);
        return chain;
    }

    private List<AnonVmaChain> all() {
        List<AnonVmaChain> all = new ArrayList<>();
        index.visitAll(all::add);
        return all;
    }

    @Test
    @DisplayName("equals a sorted map, whatever is added and deleted")
    void model() {
        Random random = new Random(3);
        TreeMap<Integer, AnonVmaChain> model = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            int id = random.nextInt(1 + i % 500);
            AnonVmaChain present = model.remove(id);
            if (present == null) {
                AnonVmaChain added = chain(id);
                model.put(id, added);
                index.reserve();
                index.add(added);
            } else {
                index.delete(present);
            }
            index.check();
            if (i % 100 == 0) {
                assertThat(all()).containsExactlyElementsOf(model.values());
            }
        }
        model.values().forEach(index::delete);
        assertThat(index.hasNoVmas()).isTrue();
        assertThat(slab.live).isZero();
    }

    @Test
    @DisplayName("one VMA takes a node, eight take the same, nine take two and one above them")
    void nodes() {
        for (int id = 0; id < 9; id++) {
            index.reserve();
            index.add(chain(id));
            assertThat(slab.live).isEqualTo(id < 8 ? 1 : 3);
        }
    }

    @Test
    @DisplayName("leaves are merged when they are nearly empty")
    void merges() {
        List<AnonVmaChain> added = new ArrayList<>();
        for (int id = 0; id < 800; id++) {
            added.add(chain(id));
            index.reserve();
            index.add(added.get(id));
        }
        int full = slab.live;
        for (int id = 0; id < 800; id++) {
            if (id % 8 != 0) {
                index.delete(added.get(id));
            }
        }
        index.check();
        assertThat(slab.live).isLessThan(full / 4);
    }

    @Test
    @DisplayName("what is refused changes nothing, and nothing stays reserved")
    void refused() {
        for (int id = 0; id < 8; id++) {
            index.reserve();
            index.add(chain(id));
        }
        slab.most = 2;
        assertThatThrownBy(index::reserve).isInstanceOf(AllocationRefusedException.class);
        index.unreserve();
        index.check();
        assertThat(slab.live).isEqualTo(1);
        assertThat(all()).hasSize(8);
    }

    @Test
    @DisplayName("with keys of 32 bits there are ids for 4096 VMAs of the whole machine")
    void idsRunOut() {
        MemoryManager manager = of4096Ids();
        AddressSpace parent = manager.createAddressSpace();
        for (int i = 0; i < 1000; i++) {
            map(parent, 2 * i);
        }
        for (int i = 0; i < 3; i++) {
            parent.fork();
        }
        assertNoMemory(parent::fork);
        manager.verify();
        assertThat(manager.addressSpaces()).hasSize(4);
        for (int i = 0; i < 96; i++) {
            map(parent, 10_000 + 2 * i);
        }
        assertNoMemory(() -> map(parent, 20_000));
        manager.addressSpaces().get(1).exit();
        parent.write(BASE + 20_000 * PAGE, 1);
        manager.verify();
        List.copyOf(manager.addressSpaces()).forEach(AddressSpace::exit);
        assertThat(manager.costs().slabs())
                .allSatisfy(slabCost ->
                        assertThat(slabCost.live()).as(slabCost.name()).isZero());
    }

    private static MemoryManager of4096Ids() {
        return MemoryManager.builder()
                .strategy("anonvma-maple")
                .option("key-bits", "thirty-two")
                .checking(MemoryManager.Checking.ON)
                .build();
    }

    private static void assertNoMemory(ThrowableAssert.ThrowingCallable operation) {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(operation)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
    }

    @Test
    @DisplayName("without an id a VMA cannot be split or moved, and is as it was")
    void splitAndMoveWithoutId() {
        MemoryManager manager = of4096Ids();
        AddressSpace space = manager.createAddressSpace();
        space.mmap(BASE, 3 * PAGE, READ_WRITE, MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE);
        space.write(BASE + PAGE, 7);
        for (int i = 1; i < 4096; i++) {
            map(space, 10 + 2 * i);
        }
        int vmas = space.mapCount();
        assertNoMemory(() -> space.mprotect(BASE, PAGE, Prot.PROT_READ));
        assertNoMemory(() -> space.munmap(BASE + PAGE, PAGE));
        assertNoMemory(() -> space.mremap(
                BASE, 3 * PAGE, 3 * PAGE, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, BASE + 20_000 * PAGE));
        manager.verify();
        assertThat(space.mapCount()).isEqualTo(vmas);
        assertThat(space.read(BASE + PAGE)).isEqualTo(7);

        space.munmap(BASE + 12 * PAGE, PAGE);
        space.mremap(BASE, 3 * PAGE, 3 * PAGE, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, BASE + 20_000 * PAGE);
        assertThat(space.read(BASE + 20_001 * PAGE)).isEqualTo(7);
        manager.verify();
    }

    @Test
    @DisplayName("a child's id is above its parent's: a daemon that forks and exits for ever comes to the end of them")
    void generationsUseIdsUp() {
        MemoryManager manager = of4096Ids();
        AddressSpace reigning = manager.createAddressSpace();
        map(reigning, 0);
        for (int generation = 1; generation < 4096; generation++) {
            AddressSpace child = reigning.fork();
            reigning.exit();
            reigning = child;
        }
        assertNoMemory(reigning::fork);
        assertThat(manager.addressSpaces()).containsExactly(reigning);
        manager.verify();
        // All but one are free, for everybody else.
        map(reigning, 2);
        manager.verify();
    }

    @Test
    @DisplayName("a walk touches all nodes, of the upper levels too")
    void walkTouchesAllNodes() {
        MemoryManager manager =
                MemoryManager.builder().strategy("anonvma-maple").build();
        AddressSpace parent = manager.createAddressSpace();
        map(parent, 0);
        Folio folio = Objects.requireNonNull(parent.folioAt(BASE));
        for (int vmas = 1; vmas <= 500; vmas++) {
            WalkCost cost = new WalkCost();
            manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
            assertThat(cost.visited()).isEqualTo(vmas);
            // Beside the one tree, each child has another of one node.
            long nodes = manager.costs().slab("maple_node (anon_vma)").live() - (vmas - 1);
            assertThat(cost.indexNodes()).isEqualTo(nodes);
            parent.fork();
        }
    }

    private static void map(AddressSpace space, int page) {
        space.mmap(BASE + page * PAGE, PAGE, READ_WRITE, MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE);
        space.write(BASE + page * PAGE, page);
    }
}
