package io.github.rmap4j.tck.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.rmap4j.tck.program.PageState;
import io.github.rmap4j.tck.program.ProcessState;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import io.github.rmap4j.tck.program.VmaRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parses one line of a recording. Fields that it does not know are ignored. */
final class StepParser {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .reader();

    /** More pages than there are addresses; a page number beyond this is an error of the file. */
    private static final long MAX_PAGE = 1L << 36;

    /** Most pages of a line: 8 GiB, far more than a recorder lists; each takes room in memory, its text does not. */
    private static final long MAX_PAGES = 1L << 21;

    private final String name;
    private final int line;
    private long pages;

    StepParser(String name, int line) {
        this.name = name;
        this.line = line;
    }

    RecordedStep parse(String text) throws RecordingException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RecordingException(name, line, "not a JSON object: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw malformed("a JSON object", root);
        }
        JsonNode op = field(root, "op");
        if (!op.isTextual()) {
            throw malformed("a string in \"op\"", op);
        }
        int ret = number(field(root, "ret"), -1, 0, "ret");
        int errno = number(field(root, "errno"), 0, Short.MAX_VALUE, "errno");
        if ((ret == 0) != (errno == 0)) {
            throw new RecordingException(name, line, "ret " + ret + " and errno " + errno + " contradict each other");
        }
        return new RecordedStep(line, op.textValue(), new StepResult(ret, errno), state(root));
    }

    private StateSnapshot state(JsonNode root) throws RecordingException {
        Map<String, Long> slabs = new HashMap<>();
        slabs.put(StateSnapshot.ANON_VMA, count(field(root, "anon_vma"), "anon_vma"));
        slabs.put(StateSnapshot.ANON_VMA_CHAIN, count(field(root, "avc"), "avc"));
        if (root.has("slabs")) {
            for (Map.Entry<String, JsonNode> slab : object(root, "slabs").properties()) {
                slabs.put(slab.getKey(), count(slab.getValue(), slab.getKey()));
            }
        }
        JsonNode procs = object(root, "procs");
        Map<Integer, ProcessState> processes = new HashMap<>();
        for (Map.Entry<String, JsonNode> process : procs.properties()) {
            processes.put(processNumber(process.getKey()), process(object(procs, process.getKey())));
        }
        return new StateSnapshot(processes, slabs);
    }

    private int processNumber(String key) throws RecordingException {
        try {
            return Integer.parseUnsignedInt(key);
        } catch (NumberFormatException e) {
            throw new RecordingException(name, line, "expected the number of a process, found \"" + key + "\"", e);
        }
    }

    private ProcessState process(JsonNode process) throws RecordingException {
        List<VmaRange> vmas = new ArrayList<>();
        for (JsonNode vma : array(field(process, "vmas"), "vmas")) {
            if (!vma.isArray() || vma.size() != 3 || !vma.get(2).isTextual()) {
                throw malformed("[start, end, permissions] in \"vmas\"", vma);
            }
            long start = page(vma.get(0), "start of a VMA");
            long end = page(vma.get(1), "end of a VMA");
            long limit = vmas.isEmpty() ? 0 : vmas.get(vmas.size() - 1).end();
            if (start < limit || end <= start) {
                throw malformed("VMAs that are not empty, in ascending order", vma);
            }
            vmas.add(new VmaRange(start, end, vma.get(2).textValue()));
        }
        List<PageState> pages = new ArrayList<>();
        for (JsonNode run : array(field(process, "pages"), "pages")) {
            addRun(pages, run);
        }
        List<Long> anonExclusive = new ArrayList<>();
        if (process.has("anonExclusive")) {
            for (JsonNode run : array(process.get("anonExclusive"), "anonExclusive")) {
                if (!run.isArray() || run.size() != 2) {
                    throw malformed("[start, length] in \"anonExclusive\"", run);
                }
                long start = page(run.get(0), "start of a run");
                long length = length(run);
                for (long i = 0; i < length; i++) {
                    anonExclusive.add(start + i);
                }
            }
        }
        return new ProcessState(vmas, pages, anonExclusive);
    }

    private void addRun(List<PageState> pages, JsonNode run) throws RecordingException {
        if (!run.isArray() || run.size() < 3) {
            throw malformed("[start, length, kind, ...] in \"pages\"", run);
        }
        long start = page(run.get(0), "start of a run");
        long length = length(run);
        if (length == 0
                || (!pages.isEmpty() && start <= pages.get(pages.size() - 1).page())) {
            throw malformed("runs of pages that are not empty, in ascending order", run);
        }
        PageState.Kind kind = kind(run.get(2));
        int fields = kind == PageState.Kind.ANON ? 7 : kind == PageState.Kind.SWAP ? 5 : 3;
        if (run.size() != fields) {
            throw malformed(fields + " fields of a run of kind \"" + kind.word() + "\"", run);
        }
        if (!kind.hasId()) {
            for (long i = 0; i < length; i++) {
                pages.add(PageState.of(start + i, kind));
            }
            return;
        }
        long id = count(run.get(3), "id");
        if (kind == PageState.Kind.SWAP) {
            number(run.get(4), 0, 0, "exclusive of a swap entry");
            for (long i = 0; i < length; i++) {
                pages.add(new PageState(start + i, kind, id + i, 0, false, 0));
            }
            return;
        }
        int mapcount = number(run.get(4), 0, Integer.MAX_VALUE, "mapcount");
        boolean exclusive = number(run.get(5), 0, 1, "exclusive") == 1;
        int large = number(run.get(6), 0, 2, "large");
        for (long i = 0; i < length; i++) {
            // After its head page a run of a large folio goes on with tail pages.
            int largeHere = large == 1 && i > 0 ? 2 : large;
            pages.add(new PageState(start + i, kind, id + i, mapcount, exclusive, largeHere));
        }
    }

    /** Length of a run, the second number of it. */
    private long length(JsonNode run) throws RecordingException {
        long length = page(run.get(1), "length of a run");
        pages += length;
        if (pages > MAX_PAGES) {
            throw malformed("at most " + MAX_PAGES + " pages in a line", run);
        }
        return length;
    }

    private PageState.Kind kind(JsonNode word) throws RecordingException {
        for (PageState.Kind kind : PageState.Kind.values()) {
            if (kind.word().equals(word.textValue())) {
                return kind;
            }
        }
        throw malformed("the kind of a page", word);
    }

    private JsonNode field(JsonNode object, String field) throws RecordingException {
        JsonNode value = object.get(field);
        if (value == null) {
            throw new RecordingException(name, line, "there is no \"" + field + "\"");
        }
        return value;
    }

    private JsonNode object(JsonNode parent, String field) throws RecordingException {
        JsonNode value = field(parent, field);
        if (!value.isObject()) {
            throw malformed("an object in \"" + field + "\"", value);
        }
        return value;
    }

    private Iterable<JsonNode> array(JsonNode array, String field) throws RecordingException {
        if (!array.isArray()) {
            throw malformed("an array in \"" + field + "\"", array);
        }
        return array;
    }

    private long page(JsonNode value, String what) throws RecordingException {
        return number(value, 0L, MAX_PAGE, what);
    }

    private long count(JsonNode value, String what) throws RecordingException {
        return number(value, 0L, Long.MAX_VALUE, what);
    }

    private int number(JsonNode value, int min, int max, String what) throws RecordingException {
        return (int) number(value, (long) min, max, what);
    }

    private long number(JsonNode value, long min, long max, String what) throws RecordingException {
        if (!value.canConvertToLong()
                || !value.isIntegralNumber()
                || value.longValue() < min
                || value.longValue() > max) {
            throw malformed("a number from " + min + " to " + max + " as " + what, value);
        }
        return value.longValue();
    }

    private RecordingException malformed(String expected, JsonNode found) {
        return new RecordingException(name, line, "expected " + expected + ", found " + found);
    }
}
