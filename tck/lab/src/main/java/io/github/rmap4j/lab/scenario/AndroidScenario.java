package io.github.rmap4j.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A phone with Android after boot, or after some apps have been started: a zygote that has loaded much and its children,
 * which inherit all of it and add VMAs of their own, beside the native daemons that init starts. Sized so that under
 * today's anon_vma design it has as many objects as the phone of the cover letter of ANON_VMA_LAZY.
 */
final class AndroidScenario implements Scenario {
    @Override
    public String name() {
        return "android";
    }

    @Override
    public String description() {
        return "A phone with Android after boot (apps=0), or after that many apps have been started";
    }

    @Override
    public List<ScenarioParameter> parameters() {
        return AndroidAssumptions.PARAMETERS;
    }

    @Override
    public ScenarioRun prepare(ScenarioValues values) {
        AndroidAssumptions given = AndroidAssumptions.of(values);
        AndroidPlan plan = AndroidPlan.of(given);
        // Impossible ones are noticed now.
        Layouts layouts = Layouts.of(plan, given);
        return machine -> new Boot(machine, given, plan, layouts).run();
    }

    /** What the processes of a plan are made of. */
    private record Layouts(
            VmaQuota.Parts zygote,
            VmaQuota.Parts webviewZygote,
            List<VmaQuota.Parts> daemons,
            List<VmaQuota.Parts> children) {
        static Layouts of(AndroidPlan plan, AndroidAssumptions given) {
            return new Layouts(
                    plan.zygote().parts(VmaQuota.Kind.ZYGOTE, given.daemonSharing()),
                    plan.webviewZygote().parts(VmaQuota.Kind.ZYGOTE, given.daemonSharing()),
                    plan.daemons().stream()
                            .map(quota -> quota.parts(VmaQuota.Kind.DAEMON, given.daemonSharing()))
                            .toList(),
                    plan.children().stream()
                            .map(child -> child.quota().parts(VmaQuota.Kind.ZYGOTE_CHILD, given.childSharing()))
                            .toList());
        }
    }

    /** Starts the processes of a plan. */
    private static final class Boot {
        private final ScenarioMachine machine;
        private final AndroidAssumptions given;
        private final AndroidPlan plan;
        private final Layouts layouts;
        private int started;

        Boot(ScenarioMachine machine, AndroidAssumptions given, AndroidPlan plan, Layouts layouts) {
            this.machine = machine;
            this.given = given;
            this.plan = plan;
            this.layouts = layouts;
        }

        void run() {
            // Not the numbers that the plan was made with.
            SplittableRandom random = new SplittableRandom(~given.seed());
            AndroidProcess init = AndroidProcess.init(machine, random, given.pages());
            startDaemons(init);
            AndroidProcess zygote = init.spawn();
            zygote.map(layouts.zygote(), true);
            startChildren(zygote);
        }

        private void startDaemons(AndroidProcess init) {
            List<AndroidProcess> daemons = new ArrayList<>();
            for (VmaQuota.Parts parts : layouts.daemons()) {
                AndroidProcess daemon = daemons.isEmpty() ? init : init.spawn();
                daemon.map(parts, true);
                daemons.add(daemon);
                progress();
            }
            for (int i = 0; i < plan.daemonChildren(); i++) {
                // From the end, so that init comes last.
                daemons.get(daemons.size() - 1 - i).fork(given.written());
            }
        }

        private void startChildren(AndroidProcess zygote) {
            AndroidProcess webviewZygote = null;
            for (int i = 0; i < plan.children().size(); i++) {
                AndroidProcess parent = zygote;
                if (plan.children().get(i).secondLevel()) {
                    if (webviewZygote == null) {
                        // It is started when it is needed for the first time.
                        webviewZygote = zygote.fork(given.written());
                        webviewZygote.map(layouts.webviewZygote(), false);
                    }
                    parent = webviewZygote;
                }
                parent.fork(given.written()).map(layouts.children().get(i), false);
                progress();
            }
        }

        private void progress() {
            started++;
            machine.progress(
                    started, (long) plan.daemons().size() + plan.children().size());
        }
    }
}
