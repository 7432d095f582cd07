package io.github.rmap4j.lab.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.github.rmap4j.lab.replay.Findings;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/** Writes the files of a comparison. Each appears whole or not at all, {@link #TIMES_JSON} only after all others. */
public final class ReportFiles {
    /** The resolved configuration. */
    public static final String CONFIG = "config.json";
    /** The numbers that depend on input and strategy alone. */
    public static final String STATS_JSON = "stats.json";
    /** The same as a table. */
    public static final String STATS_CSV = "stats.csv";
    /** The numbers that depend on the machine. */
    public static final String TIMES_JSON = "times.json";

    /** The page for people. */
    public static final String REPORT_HTML = "report.html";

    static final JsonFactory JSON = new JsonFactory();

    private final Path directory;

    /**
     * Files in a directory.
     *
     * @param directory where; made if it does not exist
     */
    public ReportFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes one value with a generator. */
    @FunctionalInterface
    interface JsonBody {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * Checks that files can be written; makes nothing.
     *
     * @throws IOException if they cannot
     */
    public void probe() throws IOException {
        FileSet.probe(directory);
    }

    /**
     * Writes all files.
     *
     * @param config what was run
     * @param measurements what came out
     * @throws IOException if a file cannot be written
     */
    public void write(RunConfig config, List<Measurement> measurements) throws IOException {
        FileSet files = new FileSet(directory);
        files.add(CONFIG, json(config::write));
        files.add(STATS_JSON, json(json -> writeMeasurements(json, measurements, Measurement::costs, true)));
        files.add(STATS_CSV, csv(measurements));
        files.add(REPORT_HTML, new HtmlReport(config, measurements).html());
        files.add(TIMES_JSON, json(json -> writeMeasurements(json, measurements, Measurement::times, false)));
        files.write();
    }

    private static String json(JsonBody body) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
            json.setPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
            body.write(json);
        }
        return text.append('\n').toString();
    }

    private static void writeMeasurements(
            JsonGenerator json,
            List<Measurement> measurements,
            Function<Measurement, List<Metric>> metrics,
            boolean withFindings)
            throws IOException {
        json.writeStartArray();
        for (Measurement measurement : measurements) {
            json.writeStartObject();
            json.writeStringField("input", measurement.input());
            json.writeStringField("strategy", measurement.strategy());
            json.writeObjectFieldStart("metrics");
            for (Metric metric : metrics.apply(measurement)) {
                json.writeObjectFieldStart(metric.name());
                json.writeNumberField("value", metric.value());
                json.writeStringField("unit", metric.unit());
                json.writeStringField("description", metric.description());
                json.writeEndObject();
            }
            json.writeEndObject();
            if (withFindings) {
                writeFindings(json, "mismatches", measurement.findings().mismatches());
                writeFindings(json, "remarks", measurement.findings().remarks());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeFindings(JsonGenerator json, String field, SortedMap<String, Findings.Finding> findings)
            throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, Findings.Finding> finding : findings.entrySet()) {
            json.writeObjectFieldStart(finding.getKey());
            json.writeNumberField("count", finding.getValue().count());
            json.writeArrayFieldStart("first");
            for (String example : finding.getValue().examples()) {
                json.writeString(example);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String csv(List<Measurement> measurements) {
        StringBuilder text = new StringBuilder("input,strategy,metric,value,unit,description\n");
        for (Measurement measurement : measurements) {
            for (Metric metric : measurement.costs()) {
                text.append(cell(measurement.input())).append(',');
                text.append(cell(measurement.strategy())).append(',');
                text.append(cell(metric.name())).append(',');
                text.append(metric.text()).append(',');
                text.append(cell(metric.unit())).append(',');
                text.append(cell(metric.description())).append('\n');
            }
        }
        return text.toString();
    }

    /** A cell as RFC 4180 quotes it. */
    private static String cell(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
