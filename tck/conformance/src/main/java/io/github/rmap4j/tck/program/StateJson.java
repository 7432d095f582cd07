package io.github.rmap4j.tck.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes states in the format of the recordings. */
final class StateJson {
    private static final JsonFactory JSON = new JsonFactory();

    private StateJson() {}

    static String line(String op, StepResult result, StateSnapshot state) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("op", op);
            json.writeNumberField("ret", result.ret());
            json.writeNumberField("errno", result.errno());
            json.writeNumberField("anon_vma", state.slab(StateSnapshot.ANON_VMA));
            json.writeNumberField("avc", state.slab(StateSnapshot.ANON_VMA_CHAIN));
            writeOtherSlabs(json, state);
            json.writeObjectFieldStart("procs");
            for (Map.Entry<Integer, ProcessState> process : state.processes().entrySet()) {
                json.writeObjectFieldStart(process.getKey().toString());
                writeProcess(json, process.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    private static void writeOtherSlabs(JsonGenerator json, StateSnapshot state) throws IOException {
        json.writeObjectFieldStart("slabs");
        for (Map.Entry<String, Long> slab : state.slabs().entrySet()) {
            if (!slab.getKey().equals(StateSnapshot.ANON_VMA) && !slab.getKey().equals(StateSnapshot.ANON_VMA_CHAIN)) {
                json.writeNumberField(slab.getKey(), slab.getValue());
            }
        }
        json.writeEndObject();
    }

    private static void writeProcess(JsonGenerator json, ProcessState process) throws IOException {
        json.writeArrayFieldStart("vmas");
        for (VmaRange vma : process.vmas()) {
            json.writeStartArray();
            json.writeNumber(vma.start());
            json.writeNumber(vma.end());
            json.writeString(vma.permissions());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("pages");
        writeRuns(json, process.pages());
        json.writeEndArray();
        json.writeArrayFieldStart("anonExclusive");
        writeRanges(json, process.anonExclusive());
        json.writeEndArray();
    }

    private static void writeRuns(JsonGenerator json, List<PageState> pages) throws IOException {
        int first = 0;
        for (int next = 1; next <= pages.size(); next++) {
            if (next == pages.size() || !pages.get(next).continues(pages.get(next - 1))) {
                writeRun(json, pages.get(first), next - first);
                first = next;
            }
        }
    }

    private static void writeRun(JsonGenerator json, PageState first, int length) throws IOException {
        json.writeStartArray();
        json.writeNumber(first.page());
        json.writeNumber(length);
        json.writeString(first.kind().word());
        if (first.kind().hasId()) {
            json.writeNumber(first.id());
            if (first.kind() == PageState.Kind.ANON) {
                json.writeNumber(first.mapcount());
                json.writeNumber(first.exclusive() ? 1 : 0);
                json.writeNumber(first.large());
            } else {
                // A swap entry is never exclusive.
                json.writeNumber(0);
            }
        }
        json.writeEndArray();
    }

    private static void writeRanges(JsonGenerator json, List<Long> pages) throws IOException {
        int first = 0;
        for (int next = 1; next <= pages.size(); next++) {
            if (next == pages.size() || pages.get(next) != pages.get(next - 1) + 1) {
                json.writeStartArray();
                json.writeNumber(pages.get(first));
                json.writeNumber(next - first);
                json.writeEndArray();
                first = next;
            }
        }
    }
}
