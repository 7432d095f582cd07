package io.github.rmap4j.lab.scenario;

import java.util.List;

/**
 * What the slab totals of a phone do not tell about it. None of the defaults was fitted to anything but those totals;
 * README.md of the lab has the source of each.
 *
 * @param apps apps that are started after boot
 * @param scale by what the number of processes is divided
 * @param seed decides everything random
 * @param zygoteChildren processes that zygotes forked until the end of boot, system_server included
 * @param zygoteVmas VMAs of the zygote
 * @param daemons programs that init started, itself included, the zygote not
 * @param daemonVmas VMAs of a daemon
 * @param daemonPrivate faulted VMAs of a daemon
 * @param daemonChildren processes that daemons forked without exec
 * @param secondLevelAtBoot share of the zygotes' children at boot that the webview zygote forked
 * @param secondLevel the same for the processes of apps
 * @param childSharing share of the faulted VMAs that a zygote's child did not inherit and that have the anon_vma of a
 *     neighbour
 * @param daemonSharing the same of daemons and zygotes
 * @param inherited faulted VMAs that a zygote's child inherits, relative to the number that meets the totals
 * @param written share of the inherited writable pages that a child writes
 * @param pages mean number of pages that are written in a faulted VMA
 * @param vmaBytes size of a vm_area_struct in its slab
 * @param anonVmaBytes size of an anon_vma in its slab
 */
record AndroidAssumptions(
        int apps,
        int scale,
        long seed,
        int zygoteChildren,
        int zygoteVmas,
        int daemons,
        int daemonVmas,
        int daemonPrivate,
        int daemonChildren,
        double secondLevelAtBoot,
        double secondLevel,
        double childSharing,
        double daemonSharing,
        double inherited,
        double written,
        int pages,
        int vmaBytes,
        int anonVmaBytes) {
    static final List<ScenarioParameter> PARAMETERS = List.of(
            ScenarioParameter.integer("apps", 0, 0, 96, "Apps that are started after boot"),
            ScenarioParameter.integer("scale", 1, 1, 1000, "Divides the number of processes"),
            ScenarioParameter.integer("seed", 1, 0, 999_999_999_999L, "Decides everything random"),
            ScenarioParameter.integer(
                    "zygote-children", 110, 10, 1000, "Processes forked by zygotes until the end of boot"),
            ScenarioParameter.integer("zygote-vmas", 2500, 100, 20_000, "VMAs of the zygote"),
            ScenarioParameter.integer("daemons", 250, 1, 2000, "Programs started by init, itself included"),
            ScenarioParameter.integer("daemon-vmas", 550, 10, 20_000, "VMAs of a daemon"),
            ScenarioParameter.integer("daemon-private", 220, 2, 10_000, "VMAs of a daemon that hold anonymous memory"),
            ScenarioParameter.integer(
                    "daemon-children", 10, 0, 1000, "Processes forked by daemons that do not call exec"),
            ScenarioParameter.decimal(
                    "second-level-boot", "0", "0", "0.5", "Share of zygote-children forked by the webview zygote"),
            ScenarioParameter.decimal(
                    "second-level", "0.08", "0", "0.5", "Share of the apps' processes forked by the webview zygote"),
            ScenarioParameter.decimal(
                    "neighbour-sharing",
                    "0.05",
                    "0",
                    "0.3",
                    "Share of the VMAs with anonymous memory of a zygote's child, inherited ones aside, that use a"
                            + " neighbour's anon_vma"),
            ScenarioParameter.decimal(
                    "neighbour-sharing-daemons", "0.27", "0", "0.3", "The same for daemons and zygotes"),
            ScenarioParameter.decimal(
                    "inherited",
                    "1",
                    "0.1",
                    "2",
                    "Faulted VMAs that a zygote's child inherits, relative to what meets the published totals"),
            ScenarioParameter.decimal(
                    "written", "0.3", "0", "1", "Share of the inherited writable pages that a child writes"),
            ScenarioParameter.integer("pages", 2, 1, 64, "Mean number of pages written in a VMA"),
            ScenarioParameter.integer("vma-bytes", 192, 128, 512, "Size of the phone's vm_area_struct"),
            ScenarioParameter.integer("anon-vma-bytes", 104, 64, 256, "Size of the phone's anon_vma in its slab"));

    static AndroidAssumptions of(ScenarioValues values) {
        return new AndroidAssumptions(
                values.count("apps"),
                values.count("scale"),
                values.integer("seed"),
                values.count("zygote-children"),
                values.count("zygote-vmas"),
                values.count("daemons"),
                values.count("daemon-vmas"),
                values.count("daemon-private"),
                values.count("daemon-children"),
                values.decimal("second-level-boot"),
                values.decimal("second-level"),
                values.decimal("neighbour-sharing"),
                values.decimal("neighbour-sharing-daemons"),
                values.decimal("inherited"),
                values.decimal("written"),
                values.count("pages"),
                values.count("vma-bytes"),
                values.count("anon-vma-bytes"));
    }

    /** How many of the first so many children of zygotes the webview zygote forked, when its share is this. */
    static int secondLevel(int children, double share) {
        return (int) Math.floor(children * share);
    }

    SlabTotals boot() {
        return SlabTotals.Published.BOOT.totals(vmaBytes, anonVmaBytes);
    }

    /** What the apps add to {@link #boot}. */
    SlabTotals started() {
        return SlabTotals.Published.WITH_APPS.totals(vmaBytes, anonVmaBytes).minus(boot());
    }
}
