package io.github.rmap4j.lab.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.rmap4j.lab.input.IdentifiedInput;
import io.github.rmap4j.lab.replay.ManagerSettings;
import io.github.rmap4j.lab.scenario.ConfiguredScenario;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Everything that decided what a comparison did, defaults included.
 *
 * @param command the command as it was given
 * @param inputs the inputs, in order
 * @param strategies the strategies, in order
 * @param out directory of the files
 */
public record RunConfig(
        String command, List<IdentifiedInput> inputs, List<RmapStrategyProvider> strategies, String out) {
    /** Copies the lists. */
    public RunConfig {
        inputs = List.copyOf(inputs);
        strategies = List.copyOf(strategies);
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("command", command);
        json.writeArrayFieldStart("inputs");
        for (IdentifiedInput input : inputs) {
            json.writeStartObject();
            json.writeStringField("name", input.input().toString());
            json.writeNumberField("bytes", input.identity().bytes());
            json.writeStringField("sha256", input.identity().sha256());
            ConfiguredScenario scenario = input.input().scenario();
            if (scenario != null) {
                json.writeObjectFieldStart("parameters");
                for (Map.Entry<String, BigDecimal> value :
                        scenario.values().all().entrySet()) {
                    json.writeNumberField(value.getKey(), value.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("strategies");
        for (RmapStrategyProvider strategy : strategies) {
            json.writeStartObject();
            json.writeStringField("name", strategy.name());
            json.writeStringField("description", strategy.description());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("out", out);
        json.writeObjectFieldStart("manager");
        for (Map.Entry<String, String> setting : ManagerSettings.describe().entrySet()) {
            json.writeStringField(setting.getKey(), setting.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
