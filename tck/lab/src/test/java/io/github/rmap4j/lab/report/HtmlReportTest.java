package io.github.rmap4j.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.replay.Findings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Report")
class HtmlReportTest {
    private static final RunConfig CONFIG =
            new RunConfig("rmap4j-lab compare '<a>&b'", List.of(), List.of(), "rmap4j-out");

    private static Measurement run(String strategy, long bytes, long vmas, double visited, long missed) {
        List<Metric> costs = List.of(
                Metric.of("slabs.live_bytes", bytes, "bytes", "Bytes of all slabs"),
                Metric.of("slab.vm_area_struct.live_bytes", vmas, "bytes", "Bytes of VMAs"),
                Metric.of("walk.visited.mean", visited, "candidates", "Visited"),
                Metric.of("walk.hits.mean", 1.5, "mappings", "Found"),
                Metric.of("walk.visited.max", 7L, "candidates", "Visited at most"),
                Metric.of("walk.missed", missed, "mappings", "Missed"));
        Curves curves = new Curves(
                List.of(new SlabHistory.Sample(0, 0), new SlabHistory.Sample(1, bytes)),
                Curves.QUANTILES.stream().map(quantile -> 1L).toList());
        return new Measurement("perf:</script><b>", strategy, costs, List.of(), new Findings(), curves);
    }

    private static String html(Measurement... runs) throws IOException {
        return new HtmlReport(CONFIG, List.of(runs)).html();
    }

    @Test
    @DisplayName("says in sentences what each strategy takes, beside anonvma wherever that stands")
    void sentences() throws IOException {
        assertThat(html(run("lazy", 900_000, 700_000, 1.6, 0), run("anonvma", 1_200_000, 800_000, 2, 0)))
                .contains(
                        "<li>Under anonvma all slabs take 1.2 MB at the end, 800 kB of them VMAs; a walk visits 2"
                                + " candidates on average to find 1.5 mappings, and 7 at most.</li>",
                        "<li>Under lazy they take 900 kB, 25.0 % less; a walk visits 1.6, and 7 at most.</li>");
    }

    @Test
    @DisplayName("has a bound that no strategy is below: the smallest VMAs, and visits that all find something")
    void bound() throws IOException {
        assertThat(html(run("anonvma", 1_200_000, 800_000, 2, 0), run("lazy", 900_000, 700_000, 1.6, 0)))
                .contains("<td>700000</td>\n<td>1200000</td>\n<td>900000</td>")
                .contains("<td>1.5</td>\n<td>2</td>\n<td>1.6</td>");
    }

    @Test
    @DisplayName("says that numbers of a strategy that misses mappings say nothing")
    void missed() throws IOException {
        assertThat(html(run("blind", 900, 700, 1, 12)))
                .contains("<li>Under blind walks miss 12 mappings: its other numbers say nothing.</li>");
    }

    @Test
    @DisplayName("takes no name for a part of the page")
    void escaped() throws IOException {
        String html = html(run("a</script><script>alert(1)</script>", 900, 700, 1, 0));
        assertThat(html)
                .contains("<h2>perf:&lt;/script&gt;&lt;b&gt;</h2>")
                .contains("\"a\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\"")
                .contains("<pre>rmap4j-lab compare '&lt;a&gt;&amp;b'</pre>")
                .doesNotContain("<script>alert");
    }

    @Test
    @DisplayName("needs nothing else, and is the same each time")
    void selfContained() throws IOException {
        String html = html(run("anonvma", 900, 700, 1, 0));
        assertThat(html)
                .doesNotContain("<link", "src=", "href=", "@import", "{{")
                .contains("uPlot", "The MIT License (MIT)")
                .isEqualTo(html(run("anonvma", 900, 700, 1, 0)));
    }
}
