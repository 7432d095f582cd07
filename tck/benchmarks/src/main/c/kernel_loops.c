/*
 * Times loops of anonymous-memory operations on the live kernel; the JMH benchmarks of the same names do the same.
 * Prints "NAME NANOSECONDS_PER_OPERATION", the median of nine rounds.
 *
 *     gcc -O2 -Wall -static -o kernel_loops kernel_loops.c && ./kernel_loops
 */
#define _GNU_SOURCE
#include "live_kernel.h"

static void nothing(void)
{
}

static void map_and_unmap(void)
{
    for (int i = 0; i < 2000; i++) {
        map(0, 1);
        unmap(0, 1);
    }
}

static void map_touch_and_unmap(void)
{
    for (int i = 0; i < 2000; i++) {
        map(0, 1);
        touch(0, 1);
        unmap(0, 1);
    }
}

static void map_many(void)
{
    map(0, 8192);
}

static void touch_many(void)
{
    touch(0, 8192);
}

static void map_and_touch_many(void)
{
    map_many();
    touch_many();
}

static void unmap_many(void)
{
    unmap(0, 8192);
}

static void map_sixteen(void)
{
    map(0, 16);
    touch(0, 16);
}

static void unmap_sixteen(void)
{
    unmap(0, 16);
}

static void protect_middle(int prot)
{
    if (mprotect(address(4), 4 * PAGE, prot) != 0)
        fail("mprotect");
}

static void split_and_merge(void)
{
    for (int i = 0; i < 1000; i++) {
        protect_middle(PROT_READ);
        protect_middle(RW);
    }
}

static void move_sixteen(long from, long to)
{
    if (mremap(address(from), 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, address(to)) == MAP_FAILED)
        fail("mremap");
}

static void move_there_and_back(void)
{
    for (int i = 0; i < 1000; i++) {
        move_sixteen(0, 64);
        move_sixteen(64, 0);
    }
}

/* Only what run does is timed. */
struct loop {
    const char *name;
    int operations;
    void (*before)(void);
    void (*run)(void);
    void (*after)(void);
};

static const struct loop loops[] = {
    { "mmap_munmap", 2000, nothing, map_and_unmap, nothing },
    { "mmap_touch_munmap", 2000, nothing, map_touch_and_unmap, nothing },
    { "write_fault", 8192, map_many, touch_many, unmap_many },
    { "munmap_page", 8192, map_and_touch_many, unmap_many, nothing },
    { "mprotect_split_merge", 2000, map_sixteen, split_and_merge, unmap_sixteen },
    { "mremap_move_16", 2000, map_sixteen, move_there_and_back, unmap_sixteen },
};

static void report(const char *name, double per_operation)
{
    printf("%s %.1f\n", name, per_operation);
    fflush(stdout);
}

static void time_loop(const struct loop *loop)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        loop->before();
        long start = nanoseconds();
        loop->run();
        times[i] = (double)(nanoseconds() - start) / loop->operations;
        loop->after();
    }
    report(loop->name, median(times, ROUNDS));
}

/* The time of a child's first write to each of its inherited one-page VMAs; the parent waits. */
static double time_copy_on_write(int vmas, long *cell)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        pid_t child = fork();
        if (child == 0) {
            long start = nanoseconds();
            for (int v = 0; v < vmas; v++)
                touch(2L * v, 1);
            *cell = nanoseconds() - start;
            _exit(0);
        }
        if (child < 0)
            fail("fork");
        waitpid(child, NULL, 0);
        times[i] = (double)*cell / vmas;
    }
    return median(times, ROUNDS);
}

/* What the VMAs add to a fork of a process with one such VMA. */
static void time_forks_of_vmas(int vmas, double base, long *cell)
{
    char name[64];
    map_scattered(vmas);
    snprintf(name, sizeof name, "fork_%d_vmas", vmas);
    report(name, time_fork() - base);
    snprintf(name, sizeof name, "cow_fault_%d_vmas", vmas);
    report(name, time_copy_on_write(vmas, cell));
    unmap(0, 2L * vmas);
}

int main(void)
{
    small_pages_only();
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        time_loop(&loops[i]);

    long *cell = shared_cells(1);
    map_scattered(1);
    double base = time_fork();
    report("fork_1_vmas", base);
    unmap(0, 1);
    time_forks_of_vmas(100, base, cell);
    time_forks_of_vmas(1000, base, cell);
    time_forks_of_vmas(4000, base, cell);

    map(0, 65536);
    touch(0, 65536);
    report("fork_65536_pages", time_fork() - base);
    return 0;
}
