package io.github.rmap4j.lab.scenario;

/**
 * What a process maps itself.
 *
 * @param faulted VMAs that hold anonymous memory
 * @param vmas all VMAs
 */
record VmaQuota(int faulted, int vmas) {
    /** VMAs of a library: headers, code, relocated data, data, and zeroed data. */
    private static final int LIBRARY_VMAS = 5;
    /** The last three of them. */
    private static final int LIBRARY_FAULTED = 3;
    /** VMAs of a thread: stack, signal stack, shadow call stack, and their guards. */
    private static final int THREAD_VMAS = 8;
    /** Those without the guards. */
    private static final int THREAD_FAULTED = 3;

    /** What a process is; the shares say what its anonymous memory outside of the platform's libraries is. */
    enum Kind {
        /** Stops its threads before it forks. */
        ZYGOTE(0, 0),
        /** Has no libraries but the platform's. */
        DAEMON(0.4, 0),
        /** Has many threads, and libraries that come with the app. */
        ZYGOTE_CHILD(0.4, 0.2);

        private final double threads;
        private final double appLibraries;

        Kind(double threads, double appLibraries) {
            this.threads = threads;
            this.appLibraries = appLibraries;
        }
    }

    /**
     * Of what a process is made.
     *
     * @param libraries libraries of the platform, in each of which two VMAs share an anon_vma
     * @param appLibraries libraries in which none does
     * @param threads threads beside the main one
     * @param arenas other anonymous VMAs: malloc, the Java heap and its tables
     * @param files VMAs that never hold anonymous memory: code and data of files, shared memory
     */
    record Parts(int libraries, int appLibraries, int threads, int arenas, int files) {}

    /**
     * Divides the VMAs among the kinds.
     *
     * @param sharing share of the faulted VMAs that have the anon_vma of a neighbour
     */
    Parts parts(Kind kind, double sharing) {
        int libraries = Math.min((int) Math.round(sharing * faulted), faulted / LIBRARY_FAULTED);
        int others = faulted - LIBRARY_FAULTED * libraries;
        // Those that need not hold anonymous memory.
        int room = vmas - LIBRARY_VMAS * libraries - others;
        AndroidCalibration.require(
                room >= 0,
                "a process with " + vmas + " VMAs of its own cannot have anonymous memory in " + faulted
                        + " of them; fewer zygote-vmas or daemon-vmas leave more to others");
        int perLibrary = LIBRARY_VMAS - LIBRARY_FAULTED;
        int appLibraries = pieces(kind.appLibraries * others, LIBRARY_FAULTED, room / perLibrary);
        room -= appLibraries * perLibrary;
        int perThread = THREAD_VMAS - THREAD_FAULTED;
        int threads = pieces(kind.threads * others, THREAD_FAULTED, room / perThread);
        room -= threads * perThread;
        int arenas = others - appLibraries * LIBRARY_FAULTED - threads * THREAD_FAULTED;
        return new Parts(libraries, appLibraries, threads, arenas, room);
    }

    private static int pieces(double faulted, int each, int most) {
        return Math.min((int) (faulted / each), most);
    }
}
