package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.Area;
import io.github.rmap4j.tck.Level;
import io.github.rmap4j.tck.Rule;
import io.github.rmap4j.tck.SpecScenario;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the rules of one area. A rule is a line {@code rule ID LEVEL} and lines that begin with one of these words; its
 * programs follow, each headed by a line {@code program TITLE}. Empty lines and those that begin with # say nothing.
 *
 * <pre>
 * says     the rule, a sentence
 * needs    capabilities without which it does not apply
 * from     scenarios: anon_vma 61-63 65; cow_context 2
 * check    what to check in a strategy that breaks it (any number of these lines)
 * untested why the kit cannot check it
 * </pre>
 *
 * <p>A line of a program is an operation that succeeds; {@code !EEXIST} before it says how it fails, and {@code ?} that it
 * may end as it likes. {@code = PROCESS vmas N} expects a number of VMAs where the strategy declares Linux's layout.
 */
final class RuleFile {
    private final Area area;
    private final String name;
    private final String text;
    private final List<RuleBook.Entry> entries = new ArrayList<>();
    private int number;

    private @Nullable Draft draft;

    /** A rule while it is being read. */
    private static final class Draft {
        final String id;
        final Level level;
        String sentence = "";
        final Set<Capability> needs = EnumSet.noneOf(Capability.class);
        final List<SpecScenario> scenarios = new ArrayList<>();
        final List<String> hints = new ArrayList<>();

        @Nullable
        String untested;

        final List<DirectedProgram> programs = new ArrayList<>();

        @Nullable
        String title;

        List<Step> steps = new ArrayList<>();

        Draft(String id, Level level) {
            this.id = id;
            this.level = level;
        }

        void endProgram() {
            if (title != null) {
                String programId = id + "/" + (programs.size() + 1);
                Set<Capability> needed =
                        NeededCapabilities.of(Step.program(programId, steps).operations());
                needed.addAll(needs);
                programs.add(new DirectedProgram(programId, title, needed, steps));
                title = null;
                steps = new ArrayList<>();
            }
        }
    }

    RuleFile(Area area, String name, String text) {
        this.area = area;
        this.name = name;
        this.text = text;
    }

    List<RuleBook.Entry> entries() {
        for (String line : text.lines().toList()) {
            number++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                line(stripped);
            }
        }
        endRule();
        return entries;
    }

    private void line(String line) {
        int blank = line.indexOf(' ');
        String word = blank < 0 ? line : line.substring(0, blank);
        String rest = blank < 0 ? "" : line.substring(blank).strip();
        if (word.equals("rule")) {
            endRule();
            draft = rule(rest);
            return;
        }
        Draft rule = draft;
        if (rule == null) {
            throw expected("a line 'rule ID LEVEL'", line);
        }
        switch (word) {
            case "says" -> rule.sentence = rest;
            case "needs" ->
                Arrays.stream(rest.split("\\s+")).map(this::capability).forEach(rule.needs::add);
            case "from" -> rule.scenarios.addAll(scenarios(rest));
            case "check" -> rule.hints.add(rest);
            case "untested" -> rule.untested = rest;
            case "program" -> {
                rule.endProgram();
                rule.title = rest;
            }
            default -> {
                if (rule.title == null) {
                    throw expected("says, needs, from, check, untested or program", line);
                }
                rule.steps.add(step(line));
            }
        }
    }

    private Draft rule(String rest) {
        String[] words = rest.split("\\s+");
        String prefix = area.name() + "-";
        if (words.length != 2 || !words[0].matches(prefix + "[0-9]+")) {
            throw expected("'rule " + prefix + "NUMBER LEVEL'", rest);
        }
        for (Level level : Level.values()) {
            if (level.word().equals(words[1])) {
                return new Draft(words[0], level);
            }
        }
        throw expected("a level (must, should)", words[1]);
    }

    private void endRule() {
        Draft rule = draft;
        if (rule == null) {
            return;
        }
        rule.endProgram();
        if (rule.sentence.isEmpty()) {
            throw expected("a sentence for " + rule.id, "none");
        }
        if (rule.untested != null && !rule.programs.isEmpty()) {
            throw expected("no programs for " + rule.id + ", which is untested", rule.programs.toString());
        }
        entries.add(new RuleBook.Entry(
                new Rule(
                        rule.id,
                        area,
                        rule.level,
                        rule.sentence,
                        rule.needs,
                        rule.scenarios,
                        rule.hints,
                        rule.untested),
                rule.programs));
        draft = null;
    }

    private Capability capability(String word) {
        try {
            return Capability.of(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ":" + number + ": " + e.getMessage(), e);
        }
    }

    private List<SpecScenario> scenarios(String text) {
        List<SpecScenario> scenarios = new ArrayList<>();
        for (String part : text.split(";")) {
            String[] words = part.strip().split("\\s+");
            SpecScenario.Spec spec = Arrays.stream(SpecScenario.Spec.values())
                    .filter(candidate -> candidate.word().equals(words[0]))
                    .findFirst()
                    .orElseThrow(() -> expected("the name of a description", words[0]));
            for (String range : Arrays.asList(words).subList(1, words.length)) {
                String[] ends = range.split("-", 2);
                int first = Integer.parseInt(ends[0]);
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int scenario = first; scenario <= last; scenario++) {
                    scenarios.add(new SpecScenario(spec, scenario));
                }
            }
        }
        return scenarios;
    }

    private Step step(String line) {
        if (line.startsWith("=")) {
            String[] words = line.substring(1).strip().split("\\s+");
            if (words.length != 3 || !words[1].equals("vmas")) {
                throw expected("'= PROCESS vmas COUNT'", line);
            }
            return new Step.ExpectVmas(Integer.parseInt(words[0]), Integer.parseInt(words[2]));
        }
        if (line.startsWith("?")) {
            return new Step.Execute(operation(line.substring(1)), Optional.empty());
        }
        if (line.startsWith("!")) {
            int blank = line.indexOf(' ');
            String errno = line.substring(1, Math.max(1, blank)).toUpperCase(Locale.ROOT);
            StepResult expected = Arrays.stream(Errno.values())
                    .filter(candidate -> candidate.name().equals(errno))
                    .findFirst()
                    .map(StepResult::failed)
                    .orElseThrow(() -> expected("an errno after '!'", line));
            return new Step.Execute(operation(line.substring(blank)), Optional.of(expected));
        }
        return new Step.Execute(operation(line), Optional.of(StepResult.OK));
    }

    private Operation operation(String line) {
        return MemoryProgram.parseLine(name, number, line);
    }

    private IllegalArgumentException expected(String what, String found) {
        return new IllegalArgumentException(name + ":" + number + ": expected " + what + ", found '" + found + "'");
    }
}
