/*
 * Times the 1000 x 1000 case on the live kernel: a process with 1000 touched VMAs of one page forks 1000 children, and
 * child k unmaps all but VMA k. All children stay alive until the end.
 * Prints "NAME NANOSECONDS" of the whole case: 1000 forks, without what a fork costs that has none of the VMAs, and the
 * unmaps as each child sees them.
 *
 *     gcc -O2 -Wall -static -o kernel_1000x1000 kernel_1000x1000.c && ./kernel_1000x1000
 */
#define _GNU_SOURCE
#include "live_kernel.h"

#define N 1000

static int done[2];  /* a child has unmapped */
static int leave[2]; /* closed by the parent: children may exit */

static void read_byte(int fd)
{
    char byte;
    if (read(fd, &byte, 1) < 0)
        fail("read");
}

static void live_as_child(int k, long *unmap_time)
{
    close(leave[1]);
    long start = nanoseconds();
    for (int i = 0; i < N; i++)
        if (i != k)
            unmap(2L * i, 1);
    *unmap_time = nanoseconds() - start;
    if (write(done[1], "", 1) != 1)
        fail("write");
    read_byte(leave[0]);
    _exit(0);
}

int main(void)
{
    small_pages_only();
    long *unmap_times = shared_cells(N);
    if (pipe(done) != 0 || pipe(leave) != 0)
        fail("pipe");
    double base = time_fork();
    map_scattered(N);

    double forks = 0, unmaps = 0;
    for (int k = 0; k < N; k++) {
        long start = nanoseconds();
        pid_t child = fork();
        if (child == 0)
            live_as_child(k, &unmap_times[k]);
        forks += nanoseconds() - start - base;
        if (child < 0)
            fail("fork");
        read_byte(done[0]);
        unmaps += unmap_times[k];
    }
    close(leave[1]);
    while (wait(NULL) > 0)
        ;
    printf("fork_1000x1000 %.0f\n", forks + unmaps);
    printf("fork_1000x1000_forks %.0f\n", forks);
    printf("fork_1000x1000_unmaps %.0f\n", unmaps);
    return 0;
}
