package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.Area;
import io.github.rmap4j.tck.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All rules with their programs, as the files {@code rules/AREA.rules} have them. */
public final class RuleBook {
    private static @Nullable RuleBook shipped;

    /** A rule and the programs that show whether it holds. */
    record Entry(Rule rule, List<DirectedProgram> programs) {
        Entry {
            programs = List.copyOf(programs);
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * A book of given entries.
     *
     * @throws IllegalArgumentException if two rules have the same id
     */
    RuleBook(List<Entry> entries) {
        for (Entry entry : entries) {
            if (this.entries.put(entry.rule().id(), entry) != null) {
                throw new IllegalArgumentException(
                        "two rules have the id " + entry.rule().id());
            }
        }
    }

    /** The rules of this kit. */
    public static synchronized RuleBook shipped() {
        if (shipped == null) {
            List<Entry> all = new ArrayList<>();
            for (Area area : Area.values()) {
                String file = area.word() + ".rules";
                all.addAll(new RuleFile(area, file, read(file)).entries());
            }
            shipped = new RuleBook(all);
        }
        return shipped;
    }

    private static String read(String file) {
        try (InputStream in = RuleBook.class.getResourceAsStream("/io/github/rmap4j/tck/rules/" + file)) {
            if (in == null) {
                throw new IllegalStateException("there is no file " + file + " in the kit");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rules, in order. */
    public List<Rule> rules() {
        return entries.values().stream().map(Entry::rule).toList();
    }

    /**
     * The rule of an id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Rule rule(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new IllegalArgumentException("no rule '" + id + "'; there are " + entries.keySet());
        }
        return entry.rule();
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    List<DirectedProgram> programs(Rule rule) {
        Entry entry = entries.get(rule.id());
        return entry == null ? List.of() : entry.programs();
    }
}
