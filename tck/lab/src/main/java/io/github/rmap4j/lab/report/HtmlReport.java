package io.github.rmap4j.lab.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.rmap4j.lab.input.IdentifiedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The comparison as one page that needs nothing else: sentences, a table, curves, all numbers. The same comparison makes the
 * same bytes: times are not in it.
 */
final class HtmlReport {
    private static final String TEMPLATE = "report.html";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.]+)\\}\\}");

    private static final String BYTES = "slabs.live_bytes";
    private static final String VISITED = "walk.visited.mean";
    private static final String MOST_VISITED = "walk.visited.max";
    private static final String HITS = "walk.hits.mean";
    private static final String VMAS = "slab.vm_area_struct.live_bytes";
    private static final String BASELINE = "anonvma";

    /** What the first table shows, with words for it. */
    private static final Map<String, String> KEY_NUMBERS = keyNumbers();

    private final RunConfig config;
    private final Map<String, List<Measurement>> byInput = new LinkedHashMap<>();

    HtmlReport(RunConfig config, List<Measurement> measurements) {
        this.config = config;
        for (Measurement measurement : measurements) {
            byInput.computeIfAbsent(measurement.input(), input -> new ArrayList<>())
                    .add(measurement);
        }
    }

    private static Map<String, String> keyNumbers() {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put(BYTES, "bytes of all slabs at the end");
        numbers.put(VISITED, "candidates visited per walk, mean");
        numbers.put("walk.visited.p99", "candidates visited per walk, 99 of 100 at most");
        numbers.put(MOST_VISITED, "candidates visited per walk, at most");
        numbers.put("walk.false_visits.mean", "of these in vain, mean");
        numbers.put("walk.index_nodes.mean", "index nodes per walk, mean");
        numbers.put("walk.contexts.mean", "contexts or address spaces per walk, mean");
        numbers.put(Measurement.MISSED, "mappings that no walk found");
        return numbers;
    }

    String html() throws IOException {
        Map<String, String> parts = Map.of(
                "content", content(),
                "data", data(),
                "uplot.css", resource("uplot/uPlot.min.css"),
                "uplot.js", resource("uplot/uPlot.iife.min.js"),
                "uplot.license", resource("uplot/LICENSE"),
                "report.js", resource("report.js"));
        return PLACE.matcher(resource(TEMPLATE))
                .replaceAll(place -> Matcher.quoteReplacement(part(parts, place.group(1))));
    }

    private static String part(Map<String, String> parts, String name) {
        String part = parts.get(name);
        if (part == null) {
            throw new IllegalStateException(TEMPLATE + " has a place for '" + name + "'");
        }
        return part.strip();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + name + " beside the report");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String data() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = ReportFiles.JSON.createGenerator(text)) {
            json.writeStartArray();
            for (List<Measurement> runs : byInput.values()) {
                json.writeStartObject();
                json.writeArrayFieldStart("quantiles");
                for (double quantile : Curves.QUANTILES) {
                    json.writeNumber(quantile);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("runs");
                for (Measurement run : runs) {
                    write(json, run);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        // No text of it can end the element that it is in.
        return text.toString().replace("<", "\\u003c");
    }

    private static void write(JsonGenerator json, Measurement run) throws IOException {
        json.writeStartObject();
        json.writeStringField("strategy", run.strategy());
        json.writeArrayFieldStart("operations");
        for (SlabHistory.Sample sample : run.curves().bytes()) {
            json.writeNumber(sample.operation());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("bytes");
        for (SlabHistory.Sample sample : run.curves().bytes()) {
            json.writeNumber(sample.bytes());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("visited");
        for (long visited : run.curves().visited()) {
            json.writeNumber(visited);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private String content() {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            write(new Page(xml));
            xml.close();
        } catch (XMLStreamException e) {
            throw new UncheckedIOException(new IOException(e));
        }
        return text.toString();
    }

    private void write(Page page) throws XMLStreamException {
        page.open("main");
        page.element("h1", "What the reverse map costs");
        page.element(
                "p",
                "Each input was replayed under each strategy. Memory is that of all slab objects, VMAs included, with the"
                        + " object sizes of Linux 6.18; walks are those of every resident anonymous folio at the end.");
        int n = 0;
        for (Map.Entry<String, List<Measurement>> input : byInput.entrySet()) {
            page.element("h2", input.getKey());
            page.open("ul");
            for (String sentence : sentences(input.getValue())) {
                page.element("li", sentence);
            }
            page.close();
            keyTable(page, input.getValue());
            page.open("div", "class", "charts");
            page.open("div", "class", "chart", "id", "bytes-" + n);
            page.close();
            page.open("div", "class", "chart", "id", "walks-" + n);
            page.close();
            page.close();
            allNumbers(page, input.getValue());
            n++;
        }
        page.element("h2", "To repeat it");
        page.element("pre", config.command());
        for (IdentifiedInput input : config.inputs()) {
            page.note(input.input() + ": SHA-256 " + input.identity().sha256());
        }
        page.close();
    }

    /** The strategy that others are held against, then what each of the others does better or worse. */
    private static List<String> sentences(List<Measurement> runs) {
        Measurement baseline = runs.stream()
                .filter(run -> run.strategy().equals(BASELINE))
                .findFirst()
                .orElse(runs.get(0));
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "Under %s all slabs take %s at the end, %s of them VMAs; a walk visits %s candidates on average to find %s"
                        + " mappings, and %s at most.",
                baseline.strategy(),
                bytes(value(baseline, BYTES)),
                bytes(value(baseline, VMAS)),
                plain(value(baseline, VISITED)),
                plain(value(baseline, HITS)),
                plain(value(baseline, MOST_VISITED))));
        if (value(baseline, "replay.forks").signum() > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s %% of the address spaces at the end never forked; %s %% of the faulted VMAs and %s %% of the"
                            + " mappings of anonymous pages are theirs.",
                    plain(value(baseline, "leaf.address_spaces.share")),
                    plain(value(baseline, "leaf.faulted_vmas.share")),
                    plain(value(baseline, "leaf.pages.share"))));
        }
        for (Measurement run : runs) {
            if (run != baseline) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "Under %s they take %s, %s; a walk visits %s, and %s at most.",
                        run.strategy(),
                        bytes(value(run, BYTES)),
                        compared(value(baseline, BYTES), value(run, BYTES)),
                        plain(value(run, VISITED)),
                        plain(value(run, MOST_VISITED))));
            }
            if (run.missedMappings() > 0) {
                sentences.add("Under " + run.strategy() + " walks miss " + run.missedMappings()
                        + " mappings: its other numbers say nothing.");
            }
        }
        return sentences;
    }

    private static String compared(BigDecimal baseline, BigDecimal value) {
        if (baseline.signum() == 0 || baseline.compareTo(value) == 0) {
            return "as much";
        }
        BigDecimal percent = value.subtract(baseline)
                .multiply(BigDecimal.valueOf(100))
                .divide(baseline, MathContext.DECIMAL64)
                .setScale(1, RoundingMode.HALF_EVEN);
        return percent.abs().toPlainString() + " % " + (percent.signum() < 0 ? "less" : "more");
    }

    private static BigDecimal value(Measurement run, String name) {
        return run.costs().stream()
                .filter(metric -> metric.name().equals(name))
                .map(Metric::value)
                .findFirst()
                .orElse(BigDecimal.ZERO);
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static String bytes(BigDecimal bytes) {
        String[] units = {"B", "kB", "MB", "GB"};
        BigDecimal shown = bytes;
        int unit = 0;
        while (shown.compareTo(BigDecimal.valueOf(1000)) >= 0 && unit + 1 < units.length) {
            shown = shown.divide(BigDecimal.valueOf(1000), MathContext.DECIMAL64);
            unit++;
        }
        return shown.round(new MathContext(3)).toPlainString() + " " + units[unit];
    }

    /** With the least that any design could have: no object beside VMAs, and no visit that finds nothing. */
    private static void keyTable(Page page, List<Measurement> runs) throws XMLStreamException {
        page.table("The numbers of the debate; the bound has no object but VMAs, and visits only what maps the folio.");
        page.head("");
        page.head("bound");
        for (Measurement run : runs) {
            page.head(run.strategy());
        }
        page.body();
        for (Map.Entry<String, String> number : KEY_NUMBERS.entrySet()) {
            page.row(number.getValue());
            page.cell(bound(number.getKey(), runs));
            for (Measurement run : runs) {
                page.cell(plain(value(run, number.getKey())));
            }
            page.close();
        }
        page.endTable();
    }

    /** VMAs are as small as under the strategy that keeps least in them. */
    private static String bound(String name, List<Measurement> runs) {
        if (name.equals(BYTES)) {
            return plain(runs.stream()
                    .map(run -> value(run, VMAS))
                    .min(Comparator.naturalOrder())
                    .orElse(BigDecimal.ZERO));
        }
        String visited = "walk.visited.";
        return name.startsWith(visited)
                ? plain(value(runs.get(0), "walk.hits." + name.substring(visited.length())))
                : "0";
    }

    private static void allNumbers(Page page, List<Measurement> runs) throws XMLStreamException {
        Set<String> names = new LinkedHashSet<>();
        Map<String, Metric> metrics = new LinkedHashMap<>();
        for (Measurement run : runs) {
            for (Metric metric : run.costs()) {
                names.add(metric.name());
                metrics.putIfAbsent(metric.name(), metric);
            }
        }
        page.open("details");
        page.element("summary", "All " + names.size() + " numbers");
        page.table("As in stats.csv.");
        page.head("number");
        page.head("unit");
        for (Measurement run : runs) {
            page.head(run.strategy());
        }
        page.body();
        for (String name : names) {
            Metric any = metrics.get(name);
            page.row(name, any == null ? "" : any.description());
            page.cell(any == null ? "" : any.unit());
            for (Measurement run : runs) {
                page.cell(run.costs().stream()
                        .filter(metric -> metric.name().equals(name))
                        .map(Metric::text)
                        .findFirst()
                        .orElse("-"));
            }
            page.close();
        }
        page.endTable();
        page.close();
    }
}
