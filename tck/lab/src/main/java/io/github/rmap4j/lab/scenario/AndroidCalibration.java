package io.github.rmap4j.lab.scenario;

/**
 * Solves for what nobody has published: how many faulted VMAs each child of a zygote inherits, how many processes an app
 * has, and how many VMAs everybody has of their own.
 *
 * <p>A VMA that was inherited through d forks has d + 1 anon_vma_chains (AVCs), one for each ancestor's anon_vma and one
 * for its own, which it gets with the fork. Any other faulted VMA has one AVC, and an anon_vma unless it shares a
 * neighbour's; q is the share of those that do not, and r is that of daemons and zygotes. With
 *
 * <ul>
 *   <li>I: faulted VMAs of the zygote, which each of its children inherits,
 *   <li>D: children of the zygote, the webview zygote among them; S: children of the webview zygote,
 *   <li>W: faulted VMAs of the webview zygote that it did not inherit,
 *   <li>K: VMAs inherited from daemons,
 *   <li>E: faulted VMAs of daemons, and W if the webview zygote runs,
 *   <li>O: faulted VMAs that the zygotes' children did not inherit,
 * </ul>
 *
 * <p>the totals at boot are
 *
 * <pre>
 *   AVCs      A = I (2 D + 3 S) + 2 W S + 2 K +    I + E  +   O
 *   anon_vmas V = I (  D +   S) +   W S +   K + r (I + E) + q O
 * </pre>
 *
 * <p>which are two equations for I and O. What starting the apps adds is described by the same two equations, where I is
 * known by now and D + S is not; that is the number of the apps' processes. VMAs without anonymous memory are what is
 * left of the total of VMAs.
 */
final class AndroidCalibration {
    /** Apps of the published second column. */
    static final int APPS = 24;

    /** The webview zygote loads one library and its dependencies; few VMAs, so the number matters little. */
    static final int WEBVIEW_VMAS = 150;
    /** Faulted ones of them. */
    static final int WEBVIEW_PRIVATE = 60;

    private final AndroidAssumptions given;
    /** I, as the equations have it. */
    private final double solvedInherited;

    private final Generation boot;
    private final Generation apps;

    /**
     * The children of zygotes that begin together.
     *
     * @param children how many; without webview zygotes
     * @param secondLevel those of the webview zygote
     * @param faulted faulted VMAs that all of them together have beside the inherited ones
     * @param vmas VMAs that all of them together have beside the inherited ones
     */
    record Generation(int children, int secondLevel, double faulted, double vmas) {}

    AndroidCalibration(AndroidAssumptions given) {
        this.given = given;
        int second = AndroidAssumptions.secondLevel(given.zygoteChildren(), given.secondLevelAtBoot());
        int webview = second > 0 ? 1 : 0;
        this.solvedInherited = solveInherited(second, webview);
        require(solvedInherited >= 1, "the zygote would have no anonymous memory");
        this.boot = generation(atBootWithoutDaemons(), given.zygoteChildren(), second, webview);
        this.apps = apps(solveProcesses());
        require(boot.faulted >= boot.children, "children of the zygote would have no anonymous memory of their own");
        require(apps.faulted >= apps.children, "apps would have no anonymous memory of their own");
        require(boot.vmas >= boot.children, "children of the zygote would have no VMAs of their own");
        require(apps.vmas >= apps.children, "apps would have no VMAs of their own");
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(
                    "scenario 'android' cannot meet the published totals with these values: " + otherwise);
        }
    }

    /** q. */
    private double childUnshared() {
        return 1 - given.childSharing();
    }

    /** r. */
    private double daemonUnshared() {
        return 1 - given.daemonSharing();
    }

    /** K: whatever the daemons forked has all of their faulted VMAs. */
    private double inheritedFromDaemons() {
        return (double) given.daemonChildren() * given.daemonPrivate();
    }

    /** E. */
    private double ofDaemons(int webview) {
        return (double) given.daemons() * given.daemonPrivate() + (double) webview * WEBVIEW_PRIVATE;
    }

    /** The first equation gives O; put into the second one, it gives I. */
    private double solveInherited(int second, int webview) {
        int direct = given.zygoteChildren() - second + webview;
        double inherited = (double) WEBVIEW_PRIVATE * second + inheritedFromDaemons();
        double chainsEach = 2.0 * direct + 3.0 * second + 1;
        SlabTotals totals = given.boot();
        double ofChildren = totals.chains() - 2 * inherited - ofDaemons(webview);
        return (childUnshared() * ofChildren + inherited + daemonUnshared() * ofDaemons(webview) - totals.anonVmas())
                / (childUnshared() * chainsEach - (direct + second) - daemonUnshared());
    }

    /** The same for what the apps add, with D = (1 - s) P and S = s P, solved for P. */
    private int solveProcesses() {
        double share = given.secondLevel();
        int webview = share > 0 && boot.secondLevel == 0 ? 1 : 0;
        double ofWebview = (double) webview * WEBVIEW_PRIVATE;
        double inheritedByWebview = webview * solvedInherited;
        SlabTotals added = given.started();
        double ofChildren = added.chains() - 2 * inheritedByWebview - ofWebview;
        double chainsEach = solvedInherited * (2 + share) + 2 * WEBVIEW_PRIVATE * share;
        double anonVmasEach = solvedInherited + WEBVIEW_PRIVATE * share;
        double processes =
                (childUnshared() * ofChildren + inheritedByWebview + daemonUnshared() * ofWebview - added.anonVmas())
                        / (childUnshared() * chainsEach - anonVmasEach);
        require(processes >= 1, "the apps would have no processes");
        return (int) Math.round(processes);
    }

    /** I, of which a user may want more or fewer. */
    int zygotePrivate() {
        return (int) Math.round(solvedInherited * given.inherited());
    }

    private SlabTotals atBootWithoutDaemons() {
        double vmas = given.zygoteVmas() + (double) (given.daemons() + given.daemonChildren()) * given.daemonVmas();
        // Their anon_vmas are of no use any more: I is known.
        return given.boot().minus(new SlabTotals(vmas, zygotePrivate() + ofDaemons(0) + 2 * inheritedFromDaemons(), 0));
    }

    private Generation apps(int processes) {
        int second = AndroidAssumptions.secondLevel(processes, given.secondLevel());
        int webview = second > 0 && boot.secondLevel == 0 ? 1 : 0;
        return generation(given.started(), processes, second, webview);
    }

    /** What is left of the totals of some processes when everything that they inherit is taken away. */
    private Generation generation(SlabTotals totals, int children, int second, int webview) {
        double chains = 2.0 * zygotePrivate() * (children - second + webview)
                + (3.0 * zygotePrivate() + 2.0 * WEBVIEW_PRIVATE) * second;
        double vmas = (double) given.zygoteVmas() * (children + webview) + (double) WEBVIEW_VMAS * second;
        return new Generation(
                children,
                second,
                totals.chains() - chains - (double) webview * WEBVIEW_PRIVATE,
                totals.vmas() - vmas - (double) webview * WEBVIEW_VMAS);
    }

    /** Children of zygotes at boot. */
    Generation boot() {
        return boot;
    }

    /** Processes of {@link #APPS} apps. */
    Generation apps() {
        return apps;
    }
}
