package io.github.rmap4j.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What the published totals of a phone mean for its processes")
class AndroidPlanTest {
    private static AndroidAssumptions assumptions(String text) {
        return AndroidAssumptions.of(Scenarios.parse(text).values());
    }

    @Test
    void countsAreKilobytesDividedBySizes() {
        SlabTotals boot = SlabTotals.Published.BOOT.totals(192, 104);
        assertThat(boot.vmas()).isCloseTo(624_187, within(1.0));
        assertThat(boot.chains()).isCloseTo(301_853, within(1.0));
        assertThat(boot.anonVmas()).isCloseTo(201_121, within(1.0));
        SlabTotals apps = SlabTotals.Published.WITH_APPS.totals(192, 104);
        assertThat(apps.vmas()).isCloseTo(1_049_989, within(1.0));
        assertThat(apps.chains()).isCloseTo(503_634, within(1.0));
        assertThat(apps.anonVmas()).isCloseTo(327_680, within(1.0));
    }

    /** Put back into the equations of {@link AndroidCalibration}, without the webview zygote for brevity. */
    @ParameterizedTest
    @ValueSource(strings = {"android?second-level=0", "android?second-level=0&neighbour-sharing=0.1&daemon-children=0"})
    void theSolutionMeetsTheTotals(String text) {
        AndroidAssumptions given = assumptions(text);
        AndroidCalibration solved = new AndroidCalibration(given);
        double children = solved.boot().children();
        double inherited = children * solved.zygotePrivate() + given.daemonChildren() * given.daemonPrivate();
        double ofDaemons = given.daemons() * given.daemonPrivate() + solved.zygotePrivate();
        assertThat(2 * inherited + ofDaemons + solved.boot().faulted())
                .isCloseTo(given.boot().chains(), within(1.0));
        // I is rounded to a whole number for each child.
        assertThat(inherited
                        + (1 - given.daemonSharing()) * ofDaemons
                        + (1 - given.childSharing()) * solved.boot().faulted())
                .isCloseTo(given.boot().anonVmas(), within(children));
        double byApps = (double) solved.apps().children() * solved.zygotePrivate();
        assertThat(2 * byApps + solved.apps().faulted())
                .isCloseTo(given.started().chains(), within(1.0));
        // So is the number of processes.
        assertThat(byApps + (1 - given.childSharing()) * solved.apps().faulted())
                .isCloseTo(given.started().anonVmas(), within((double) solved.zygotePrivate()));
    }

    @Test
    void theDefaultsGiveAnOrdinaryPhone() {
        AndroidCalibration solved = new AndroidCalibration(assumptions("android"));
        assertThat(solved.zygotePrivate()).isEqualTo(721);
        assertThat(solved.apps().children()).isEqualTo(91);
        assertThat(solved.boot().faulted() / solved.boot().children()).isCloseTo(756, within(1.0));
        assertThat(solved.apps().faulted() / solved.apps().children()).isCloseTo(694, within(1.0));
        assertThat(solved.boot().vmas() / solved.boot().children()).isCloseTo(1852, within(1.0));
        assertThat(solved.apps().vmas() / solved.apps().children()).isCloseTo(2138, within(1.0));
    }

    @Test
    void appsAddProcessesAndChangeNoOther() {
        AndroidPlan boot = AndroidPlan.of(assumptions("android"));
        AndroidPlan some = AndroidPlan.of(assumptions("android?apps=5"));
        AndroidPlan more = AndroidPlan.of(assumptions("android?apps=96"));
        assertThat(boot.children()).hasSize(110);
        assertThat(some.children())
                .hasSize(110 + 19)
                .startsWith(boot.children().toArray(new AndroidPlan.ZygoteChild[0]));
        assertThat(more.children())
                .hasSize(110 + 4 * 91)
                .startsWith(some.children().toArray(new AndroidPlan.ZygoteChild[0]));
        assertThat(more.daemons()).isEqualTo(boot.daemons());
        assertThat(more.children().stream().filter(AndroidPlan.ZygoteChild::secondLevel))
                .hasSize(29);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "3,1", "100,10", "100,100"})
    void partsAddUp(int faulted, int spare) {
        for (VmaQuota.Kind kind : VmaQuota.Kind.values()) {
            VmaQuota quota = new VmaQuota(faulted, 2 * faulted + spare);
            VmaQuota.Parts parts = quota.parts(kind, 0.2);
            assertThat(3 * (parts.libraries() + parts.appLibraries() + parts.threads()) + parts.arenas())
                    .isEqualTo(quota.faulted());
            assertThat(5 * (parts.libraries() + parts.appLibraries())
                            + 8 * parts.threads()
                            + parts.arenas()
                            + parts.files())
                    .isEqualTo(quota.vmas());
            assertThat(parts.arenas()).isNotNegative();
            assertThat(parts.files()).isNotNegative();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "inherited=2 ~ children of the zygote would have no anonymous memory of their own",
                "zygote-vmas=20000 ~ children of the zygote would have no VMAs of their own",
                "anon-vma-bytes=64 ~ the zygote would have no anonymous memory",
                "daemons=1 ~ there are more daemon-children than daemons",
                "vma-bytes=256 ~ a process with \\d+ VMAs of its own cannot have anonymous memory in \\d+ of them.*",
                "zygote-children=10&inherited=0.3 ~ a process would have \\d+ VMAs, more than Linux allows"
            })
    void impossiblePhonesAreRefused(String values, String reason) {
        assertThatThrownBy(() -> Scenarios.parse("android?" + values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("scenario 'android' cannot meet the published totals with these values: " + reason);
    }
}
