package io.github.rmap4j.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which processes there are and what each maps.
 *
 * @param zygote the zygote
 * @param webviewZygote the webview zygote, apart from what it inherits
 * @param daemons what init starts, itself first
 * @param daemonChildren how many daemons fork a child that does not call exec
 * @param children children of zygotes in the order of their start, apart from what they inherit
 */
record AndroidPlan(
        VmaQuota zygote,
        VmaQuota webviewZygote,
        List<VmaQuota> daemons,
        int daemonChildren,
        List<ZygoteChild> children) {
    /** system_server is by far the largest process at boot. */
    private static final double SYSTEM_SERVER_WEIGHT = 5;
    /** The process that shows an app has more than its services. */
    private static final double MAIN_PROCESS_WEIGHT = 2;

    /** Processes close to vm.max_map_count would hit it. */
    private static final int MOST_VMAS = 60_000;

    /**
     * A child of a zygote.
     *
     * @param quota what it maps itself
     * @param secondLevel whether the webview zygote forks it
     */
    record ZygoteChild(VmaQuota quota, boolean secondLevel) {}

    AndroidPlan {
        daemons = List.copyOf(daemons);
        children = List.copyOf(children);
    }

    static AndroidPlan of(AndroidAssumptions given) {
        AndroidCalibration.require(
                given.daemonChildren() <= given.daemons(), "there are more daemon-children than daemons");
        AndroidCalibration calibration = new AndroidCalibration(given);
        SplittableRandom random = new SplittableRandom(given.seed());
        VmaQuota zygote = new VmaQuota(calibration.zygotePrivate(), given.zygoteVmas());
        int daemonCount = scaled(given.daemons(), given);
        double daemonScale = (double) daemonCount;
        List<VmaQuota> daemons = divide(
                daemonScale * given.daemonPrivate(), daemonScale * given.daemonVmas(), weights(daemonCount, random));
        List<ZygoteChild> children = new ArrayList<>(atBoot(given, calibration.boot(), random));
        children.addAll(ofApps(given, calibration.apps(), random));
        AndroidPlan plan = new AndroidPlan(
                zygote,
                new VmaQuota(AndroidCalibration.WEBVIEW_PRIVATE, AndroidCalibration.WEBVIEW_VMAS),
                daemons,
                Math.min((given.daemonChildren() + given.scale() - 1) / given.scale(), daemonCount),
                children);
        plan.requireRoom();
        return plan;
    }

    private void requireRoom() {
        int most =
                children.stream().mapToInt(child -> child.quota().vmas()).max().orElse(0);
        AndroidCalibration.require(
                zygote.vmas() + most <= MOST_VMAS,
                "a process would have " + (zygote.vmas() + most) + " VMAs, more than Linux allows");
    }

    private static int scaled(int processes, AndroidAssumptions given) {
        return Math.max(1, (int) Math.round((double) processes / given.scale()));
    }

    private static List<ZygoteChild> atBoot(
            AndroidAssumptions given, AndroidCalibration.Generation boot, SplittableRandom random) {
        double[] weights = weights(scaled(boot.children(), given), random);
        weights[0] = SYSTEM_SERVER_WEIGHT;
        return children(divide(boot, weights), given.secondLevelAtBoot());
    }

    private static List<ZygoteChild> ofApps(
            AndroidAssumptions given, AndroidCalibration.Generation apps, SplittableRandom random) {
        int count = scaled(apps.children(), given);
        double[] weights = weights(count, random);
        for (int i = 0; i < count; i++) {
            if (i == 0 || app(i, count) != app(i - 1, count)) {
                weights[i] *= MAIN_PROCESS_WEIGHT;
            }
        }
        List<VmaQuota> ofAll = divide(apps, weights);
        int started = (int) Math.round((double) count * given.apps() / AndroidCalibration.APPS);
        List<VmaQuota> quotas = new ArrayList<>();
        for (int i = 0; i < started; i++) {
            // Further apps are like the first ones.
            quotas.add(ofAll.get(i % count));
        }
        return children(quotas, given.secondLevel());
    }

    private static int app(int process, int processes) {
        return process * AndroidCalibration.APPS / processes;
    }

    /** Those whose number is the first with one more on the second level are on it. */
    private static List<ZygoteChild> children(List<VmaQuota> quotas, double secondLevel) {
        List<ZygoteChild> children = new ArrayList<>();
        for (int i = 0; i < quotas.size(); i++) {
            boolean second =
                    AndroidAssumptions.secondLevel(i + 1, secondLevel) > AndroidAssumptions.secondLevel(i, secondLevel);
            children.add(new ZygoteChild(quotas.get(i), second));
        }
        return children;
    }

    /** Processes of a kind differ by up to a factor of three. */
    private static double[] weights(int count, SplittableRandom random) {
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = 0.5 + random.nextDouble();
        }
        return weights;
    }

    /** Divides what a generation has among as many of its processes as there are weights. */
    private static List<VmaQuota> divide(AndroidCalibration.Generation generation, double[] weights) {
        double fraction = (double) weights.length / generation.children();
        return divide(fraction * generation.faulted(), fraction * generation.vmas(), weights);
    }

    /** Divides totals by weight; rounding never adds up to more than one. */
    private static List<VmaQuota> divide(double faulted, double vmas, double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        List<VmaQuota> quotas = new ArrayList<>();
        double before = 0;
        for (double weight : weights) {
            double after = before + weight;
            quotas.add(
                    new VmaQuota((int) (Math.round(faulted * after / sum) - Math.round(faulted * before / sum)), (int)
                            (Math.round(vmas * after / sum) - Math.round(vmas * before / sum))));
            before = after;
        }
        return quotas;
    }
}
