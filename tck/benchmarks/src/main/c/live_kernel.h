/* What the programs that time the live kernel share: pages at a fixed address, a clock, medians. */
#ifndef LIVE_KERNEL_H
#define LIVE_KERNEL_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9
#define PAGE 4096L
#define RW (PROT_READ | PROT_WRITE)

static char *address(long page)
{
    return (char *)0x200000000000L + page * PAGE;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void map(long page, long n)
{
    if (mmap(address(page), n * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        fail("mmap");
}

static void unmap(long page, long n)
{
    if (munmap(address(page), n * PAGE) != 0)
        fail("munmap");
}

static void touch(long page, long n)
{
    volatile char *byte = address(page);
    for (long i = 0; i < n; i++)
        byte[i * PAGE] = 1;
}

/* VMA i is page 2i: one page, written, with a gap behind it. */
static void map_scattered(int vmas)
{
    for (int i = 0; i < vmas; i++) {
        map(2L * i, 1);
        touch(2L * i, 1);
    }
}

/* Memory through which a child tells its parent what it measured. */
static long *shared_cells(int n)
{
    void *cells = mmap(NULL, n * sizeof(long), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (cells == MAP_FAILED)
        fail("mmap of shared memory");
    return cells;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, n, sizeof *values, ascending);
    return values[n / 2];
}

/* The time of fork() as the parent sees it; the child exits at once. */
static double time_fork(void)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        long start = nanoseconds();
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        times[i] = nanoseconds() - start;
        if (child < 0)
            fail("fork");
        waitpid(child, NULL, 0);
    }
    return median(times, ROUNDS);
}

/* Pages are what is measured, so none may be huge. */
static void small_pages_only(void)
{
    if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0)
        fail("prctl");
}

#endif
