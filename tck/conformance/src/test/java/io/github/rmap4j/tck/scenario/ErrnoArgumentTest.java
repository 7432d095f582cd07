package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EEXIST;
import static io.github.rmap4j.api.Errno.EFAULT;
import static io.github.rmap4j.api.Errno.EINVAL;
import static io.github.rmap4j.api.Errno.ENOMEM;
import static io.github.rmap4j.api.Errno.EOVERFLOW;
import static io.github.rmap4j.api.MapFlags.MAP_ANONYMOUS;
import static io.github.rmap4j.api.MapFlags.MAP_FIXED;
import static io.github.rmap4j.api.MapFlags.MAP_FIXED_NOREPLACE;
import static io.github.rmap4j.api.MapFlags.MAP_GROWSDOWN;
import static io.github.rmap4j.api.MapFlags.MAP_PRIVATE;
import static io.github.rmap4j.api.MapFlags.MAP_SHARED;
import static io.github.rmap4j.api.MapFlags.MREMAP_DONTUNMAP;
import static io.github.rmap4j.api.MapFlags.MREMAP_FIXED;
import static io.github.rmap4j.api.MapFlags.MREMAP_MAYMOVE;
import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.api.MemoryManager.TASK_SIZE;
import static io.github.rmap4j.api.Prot.PROT_GROWSDOWN;
import static io.github.rmap4j.api.Prot.PROT_NONE;
import static io.github.rmap4j.api.Prot.PROT_READ;
import static io.github.rmap4j.api.Prot.PROT_WRITE;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MappedFile;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed arguments, which memory programs cannot express: the errno of Linux, and nothing changes. */
@DisplayName("Malformed arguments")
class ErrnoArgumentTest {
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int PRIVATE = MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED;
    private static final int MOVE = MREMAP_MAYMOVE | MREMAP_FIXED;
    private static final MappedFile FILE = MappedFile.of(MappedFile.Kind.REGULAR, "file");
    private static final long A = Scenario.address(0);
    private static final long FREE = Scenario.address(20);

    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    static Stream<Arguments> mmap() {
        return Stream.of(
                failing("no length", EINVAL, s -> s.mmap(FREE, 0, RW, PRIVATE)),
                failing("misaligned", EINVAL, s -> s.mmap(FREE + 1, PAGE_SIZE, RW, PRIVATE)),
                failing(
                        "misaligned, noreplace",
                        EINVAL,
                        s -> s.mmap(FREE + 1, PAGE_SIZE, RW, MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED_NOREPLACE)),
                failing("private and shared", EINVAL, s -> s.mmap(FREE, PAGE_SIZE, RW, PRIVATE | MAP_SHARED)),
                failing("neither private nor shared", EINVAL, s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_FIXED, FILE, 0)),
                failing("length that wraps", ENOMEM, s -> s.mmap(FREE, -1, RW, PRIVATE)),
                failing("length that wraps, aligned", ENOMEM, s -> s.mmap(FREE, -PAGE_SIZE, RW, PRIVATE)),
                failing("beyond the end", ENOMEM, s -> s.mmap(FREE, TASK_SIZE, RW, PRIVATE)),
                failing("at the end", ENOMEM, s -> s.mmap(TASK_SIZE, PAGE_SIZE, RW, PRIVATE)),
                failing("no such hole", ENOMEM, s -> s.mmap(0, TASK_SIZE, RW, MAP_ANONYMOUS | MAP_PRIVATE)),
                failing("noreplace with fixed", EEXIST, s -> s.mmap(A, PAGE_SIZE, RW, PRIVATE | MAP_FIXED_NOREPLACE)),
                failing(
                        "shared that grows down",
                        EINVAL,
                        s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_ANONYMOUS | MAP_SHARED | MAP_FIXED | MAP_GROWSDOWN)),
                failing(
                        "misaligned offset",
                        EINVAL,
                        s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, FILE, 1)),
                failing(
                        "offset beyond all files",
                        EOVERFLOW,
                        s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, FILE, 0x7ffffffffffff000L)),
                failing(
                        "offset that is negative",
                        EOVERFLOW,
                        s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, FILE, -PAGE_SIZE)),
                failing(
                        "file that grows down",
                        EINVAL,
                        s -> s.mmap(FREE, PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED | MAP_GROWSDOWN, FILE, 0)));
    }

    static Stream<Arguments> munmap() {
        return Stream.of(
                failing("no length", EINVAL, s -> s.munmap(A, 0)),
                failing("misaligned", EINVAL, s -> s.munmap(A + 1, PAGE_SIZE)),
                failing("length that wraps", EINVAL, s -> s.munmap(A, -1)),
                failing("length that wraps, aligned", EINVAL, s -> s.munmap(A, -PAGE_SIZE)),
                failing("at the end", EINVAL, s -> s.munmap(TASK_SIZE, PAGE_SIZE)),
                failing("beyond the end", EINVAL, s -> s.munmap(TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE)));
    }

    static Stream<Arguments> mprotect() {
        return Stream.of(
                failing("misaligned", EINVAL, s -> s.mprotect(A + 1, PAGE_SIZE, PROT_READ)),
                failing("misaligned, no length", EINVAL, s -> s.mprotect(A + 1, 0, PROT_READ)),
                failing("length that wraps", ENOMEM, s -> s.mprotect(A, -PAGE_SIZE, PROT_READ)),
                failing("unknown protection", EINVAL, s -> s.mprotect(A, PAGE_SIZE, 0x40)),
                failing("not a stack", EINVAL, s -> s.mprotect(A, PAGE_SIZE, PROT_READ | PROT_GROWSDOWN)),
                failing("nothing there", ENOMEM, s -> s.mprotect(FREE, PAGE_SIZE, PROT_NONE)));
    }

    static Stream<Arguments> mremap() {
        return Stream.of(
                failing("misaligned", EINVAL, s -> s.mremap(A + 1, PAGE_SIZE, PAGE_SIZE, 0, 0)),
                failing("no new length", EINVAL, s -> s.mremap(A, PAGE_SIZE, 0, MREMAP_MAYMOVE, 0)),
                failing("no old length", EINVAL, s -> s.mremap(A, 0, PAGE_SIZE, MREMAP_MAYMOVE, 0)),
                failing("fixed, may not move", EINVAL, s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, MREMAP_FIXED, FREE)),
                failing(
                        "dontunmap, may not move",
                        EINVAL,
                        s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, MREMAP_DONTUNMAP, FREE)),
                failing(
                        "dontunmap of another size",
                        EINVAL,
                        s -> s.mremap(A, PAGE_SIZE, 2 * PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, FREE)),
                failing("unknown flag", EINVAL, s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, 8, 0)),
                failing("misaligned destination", EINVAL, s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, MOVE, FREE + 1)),
                failing("overlap", EINVAL, s -> s.mremap(A, 2 * PAGE_SIZE, 2 * PAGE_SIZE, MOVE, A + PAGE_SIZE)),
                failing("negative destination", EINVAL, s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, MOVE, -PAGE_SIZE)),
                failing("destination at the end", EINVAL, s -> s.mremap(A, PAGE_SIZE, PAGE_SIZE, MOVE, TASK_SIZE)),
                failing(
                        "more than there is",
                        EINVAL,
                        s -> s.mremap(A, PAGE_SIZE, TASK_SIZE + PAGE_SIZE, MREMAP_MAYMOVE, 0)),
                failing("new length that wraps", EINVAL, s -> s.mremap(A, PAGE_SIZE, -1, MREMAP_MAYMOVE, 0)),
                failing("old length that wraps", EINVAL, s -> s.mremap(A, -1, PAGE_SIZE, MREMAP_MAYMOVE, 0)),
                failing("nothing there", EFAULT, s -> s.mremap(FREE, PAGE_SIZE, PAGE_SIZE, 0, 0)),
                failing("no room to grow", ENOMEM, s -> s.mremap(A, PAGE_SIZE, 2 * PAGE_SIZE, 0, 0)),
                failing(
                        "growth of more than one VMA",
                        EFAULT,
                        s -> s.mremap(A, 5 * PAGE_SIZE, 6 * PAGE_SIZE, MREMAP_MAYMOVE, 0)));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                failing("madvise misaligned", EINVAL, s -> s.madvise(A + 1, PAGE_SIZE, Advice.DONTNEED)),
                failing("madvise misaligned, no length", EINVAL, s -> s.madvise(A + 1, 0, Advice.DONTNEED)),
                failing("madvise, length that wraps", EINVAL, s -> s.madvise(A, -PAGE_SIZE, Advice.DONTNEED)),
                failing("madvise, nothing there", ENOMEM, s -> s.madvise(FREE, PAGE_SIZE, Advice.DONTNEED)),
                failing("mlock, nothing there", ENOMEM, s -> s.mlock(FREE, PAGE_SIZE)),
                failing("munlock, nothing there", ENOMEM, s -> s.munlock(FREE, PAGE_SIZE)),
                failing("mseal misaligned", EINVAL, s -> s.mseal(A + 1, PAGE_SIZE)),
                failing("mseal, length that wraps", EINVAL, s -> s.mseal(A, -1)),
                failing("mseal, nothing there", ENOMEM, s -> s.mseal(FREE, PAGE_SIZE)),
                failing("mbind misaligned", EINVAL, s -> s.mbind(A + 1, PAGE_SIZE, 1)),
                failing("mbind, nothing there", EFAULT, s -> s.mbind(FREE, PAGE_SIZE, 1)),
                failing("mbind, a gap at the end", EFAULT, s -> s.mbind(A, 5 * PAGE_SIZE, 1)),
                failing("read of nothing", EFAULT, s -> s.read(FREE)),
                failing("write to nothing", EFAULT, s -> s.write(FREE, 1)),
                failing("read beyond the end", EFAULT, s -> s.read(TASK_SIZE)),
                failing("write beyond the end", EFAULT, s -> s.write(-PAGE_SIZE, 1)));
    }

    @ParameterizedTest(name = "{index}: {0}")
    @MethodSource({"mmap", "munmap", "mprotect", "mremap", "others"})
    void failsAndChangesNothing(String what, Errno errno, Consumer<AddressSpace> action) {
        machine.run("0 mmap 0 4 rw", "0 write 0 2");
        machine.callFails(errno, 0, what, action);
        machine.layout(0, "0-4 rw-p").entries(0, 0, "aa..").slabs(1, 1);
    }

    @Test
    @DisplayName("What looks malformed but is not: nothing to do, or rounded to pages")
    void succeeds() {
        machine.run("0 mmap 0 4 rw", "0 write 0 2");
        machine.call(0, "mprotect of nothing", s -> s.mprotect(FREE, 0, PROT_NONE));
        machine.call(0, "madvise of nothing", s -> s.madvise(FREE, 0, Advice.DONTNEED));
        machine.call(0, "mbind of nothing", s -> s.mbind(FREE, 0, 1));
        machine.call(0, "mseal of nothing", s -> s.mseal(A, 0));
        machine.call(0, "munmap of a hole", s -> s.munmap(FREE, PAGE_SIZE));
        machine.call(0, "mlock of nothing", s -> s.mlock(A, 0)).vmas(0, 1);
        machine.call(0, "mlock from the middle of a page", s -> s.mlock(A + 1, 1))
                .vmas(0, 2);
        machine.call(0, "munlock from the middle of a page", s -> s.munlock(A + 1, 1))
                .vmas(0, 1);
        machine.call(0, "mprotect of a byte", s -> s.mprotect(A + PAGE_SIZE, 1, PROT_READ));
        machine.layout(0, "0-1 rw-p", "1-2 r--p", "2-4 rw-p");
        machine.call(0, "munmap of a byte", s -> s.munmap(A + 3 * PAGE_SIZE, 1));
        machine.call(0, "mmap of a byte", s -> s.mmap(FREE, 1, RW, PRIVATE));
        machine.layout(0, "0-1 rw-p", "1-2 r--p", "2-3 rw-p", "20-21 rw-p");
    }

    private static Arguments failing(String what, Errno errno, Consumer<AddressSpace> action) {
        return arguments(what, errno, action);
    }
}
