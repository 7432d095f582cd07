package io.github.rmap4j.lab.diff;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.lab.report.ReportFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of a comparison, as a directory has them.
 *
 * @param inputs SHA-256 of each input, by name
 * @param settings what the managers were set to, by name
 * @param runs the numbers of each input under each strategy
 */
record WrittenComparison(Map<String, String> inputs, Map<String, String> settings, Map<Run, Map<String, Number>> runs) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** An input under a strategy. */
    record Run(String input, String strategy) {
        @Override
        public String toString() {
            return input + " under " + strategy;
        }
    }

    /**
     * A number.
     *
     * @param value the number
     * @param unit what it counts
     */
    record Number(BigDecimal value, String unit) {}

    /**
     * Reads what compare wrote; times are left out, for they depend on the machine.
     *
     * @throws InputException if a file is missing or is not what compare writes
     */
    static WrittenComparison read(Path directory) {
        Reader config = new Reader(directory.resolve(ReportFiles.CONFIG));
        Reader stats = new Reader(directory.resolve(ReportFiles.STATS_JSON));
        Map<String, String> inputs = new LinkedHashMap<>();
        for (JsonNode input : config.array(config.root, "inputs")) {
            inputs.put(config.text(input, "name"), config.text(input, "sha256"));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        config.object(config.root, "manager")
                .properties()
                .forEach(setting ->
                        settings.put(setting.getKey(), setting.getValue().asText()));
        Map<Run, Map<String, Number>> runs = new LinkedHashMap<>();
        for (JsonNode run : stats.root) {
            Map<String, Number> numbers = new LinkedHashMap<>();
            stats.object(run, "metrics")
                    .properties()
                    .forEach(metric -> numbers.put(metric.getKey(), stats.number(metric.getValue())));
            runs.put(new Run(stats.text(run, "input"), stats.text(run, "strategy")), numbers);
        }
        if (runs.isEmpty()) {
            throw stats.unexpected("a list of runs");
        }
        return new WrittenComparison(inputs, settings, runs);
    }

    /** One file. */
    private static final class Reader {
        private final Path file;
        private final JsonNode root;

        Reader(Path file) {
            this.file = file;
            try {
                root = JSON.readTree(Files.readAllBytes(file));
            } catch (JsonProcessingException e) {
                long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
                throw new InputException(file + ":" + line + ": expected JSON that compare has written, found "
                        + e.getOriginalMessage());
            } catch (IOException e) {
                throw new InputException(
                        file + ": cannot be read: " + e.getClass().getSimpleName() + ": compare writes it");
            }
        }

        InputException unexpected(String expected) {
            return new InputException(file + ": expected " + expected + ", as compare writes it, found none");
        }

        JsonNode array(JsonNode node, String field) {
            JsonNode array = node.path(field);
            if (!array.isArray()) {
                throw unexpected("a list '" + field + "'");
            }
            return array;
        }

        JsonNode object(JsonNode node, String field) {
            JsonNode object = node.path(field);
            if (!object.isObject()) {
                throw unexpected("an object '" + field + "'");
            }
            return object;
        }

        String text(JsonNode node, String field) {
            JsonNode text = node.path(field);
            if (!text.isTextual()) {
                throw unexpected("a text '" + field + "'");
            }
            return text.textValue();
        }

        Number number(JsonNode metric) {
            JsonNode value = metric.path("value");
            if (!value.isNumber()) {
                throw unexpected("a number 'value' for each metric");
            }
            return new Number(value.decimalValue(), text(metric, "unit"));
        }
    }
}
