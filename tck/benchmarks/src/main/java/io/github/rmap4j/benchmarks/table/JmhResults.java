package io.github.rmap4j.benchmarks.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The results of a JMH run, by the benchmark's method and its parameters. */
final class JmhResults {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final Map<String, JsonNode> results = new TreeMap<>();

    /** Reads what JMH wrote with {@code -rf json}; results for another strategy are left out. */
    static JmhResults read(Path file, String strategy) throws IOException {
        JmhResults read = new JmhResults();
        for (JsonNode result : new ObjectMapper().readTree(file.toFile())) {
            JsonNode params = result.path("params");
            if (params.path("strategy").asText(strategy).equals(strategy)) {
                read.results.put(key(result), result);
            }
        }
        return read;
    }

    /** The method, and the values of all parameters but the strategy, separated by blanks. */
    private static String key(JsonNode result) {
        String name = result.path("benchmark").asText();
        StringBuilder key = new StringBuilder(name.substring(name.lastIndexOf('.') + 1));
        result.path("params").fields().forEachRemaining(param -> {
            if (!param.getKey().equals("strategy")) {
                key.append(' ').append(param.getValue().asText());
            }
        });
        return key.toString();
    }

    /** All benchmarks, in alphabetical order. */
    Set<String> keys() {
        return results.keySet();
    }

    /** The score of a benchmark, if it was run. */
    Optional<Estimate> score(String key) {
        return metric(key, "primaryMetric");
    }

    /** Bytes allocated by an operation of a benchmark, if it was run with {@code -prof gc}. */
    Optional<Estimate> allocation(String key) {
        return metric(key, "secondaryMetrics/" + ALLOCATION);
    }

    private Optional<Estimate> metric(String key, String path) {
        JsonNode node = results.get(key);
        for (String step : path.split("/")) {
            if (node == null) {
                return Optional.empty();
            }
            node = node.get(step);
        }
        return node == null ? Optional.empty() : Optional.of(Estimate.of(samples(node.path("rawData"))));
    }

    private static double[] samples(JsonNode forks) {
        List<Double> samples = new ArrayList<>();
        for (JsonNode fork : forks) {
            for (JsonNode iteration : fork) {
                samples.add(iteration.asDouble());
            }
        }
        return samples.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
