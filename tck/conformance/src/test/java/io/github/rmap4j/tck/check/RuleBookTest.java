package io.github.rmap4j.tck.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.tck.Area;
import io.github.rmap4j.tck.Rule;
import io.github.rmap4j.tck.SpecScenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The catalogue of rules")
class RuleBookTest {
    private static List<RuleBook.Entry> parse(String text) {
        return new RuleFile(Area.WALK, "walk.rules", text).entries();
    }

    @Test
    @DisplayName("has every numbered scenario of the three descriptions")
    void scenarios() {
        Set<SpecScenario> missing = new TreeSet<>();
        for (SpecScenario.Spec spec : SpecScenario.Spec.values()) {
            for (int number = 1; number <= spec.scenarios(); number++) {
                missing.add(new SpecScenario(spec, number));
            }
        }
        // Rules about equality with Linux do not count: few designs are to be equal.
        Rule.all().stream()
                .filter(rule -> rule.area() != Area.LINUX)
                .forEach(rule -> rule.scenarios().forEach(missing::remove));
        assertThat(missing).isEmpty();
    }

    @Test
    @DisplayName("has a program, a check or a reason for each rule, and something to look at")
    void complete() {
        Set<String> checked = new HashSet<>(RuleChecks.SINGLE_THREADED.keySet());
        checked.addAll(RuleChecks.THREADED.keySet());
        // What is refused and what was recorded are programs of other rules and files; two threads have stories.
        checked.addAll(RefusalTasks.RULES);
        checked.addAll(RecordingTasks.RULES);
        checked.add(InterleavingTasks.RULE);
        assertThat(RuleBook.shipped().entries()).allSatisfy(entry -> {
            boolean program = !entry.programs().isEmpty();
            boolean check = checked.contains(entry.rule().id());
            assertThat(program || check || entry.rule().untested() != null)
                    .as(entry.rule().id())
                    .isTrue();
            assertThat(entry.rule().hints()).as(entry.rule().id()).isNotEmpty();
            assertThat(entry.rule().sentence()).as(entry.rule().id()).endsWith(".");
        });
        assertThat(Rule.all().stream().map(Rule::id)).containsAll(checked);
    }

    @Test
    @DisplayName("has rules of every area, numbered from 1")
    void areas() {
        List<String> expected = new ArrayList<>();
        for (Area area : Area.values()) {
            long rules = Rule.all().stream().filter(rule -> rule.area() == area).count();
            assertThat(rules).as(area.title()).isPositive();
            for (int number = 1; number <= rules; number++) {
                expected.add(area.name() + "-" + number);
            }
        }
        assertThat(Rule.all().stream().map(Rule::id)).containsExactlyElementsOf(expected);
    }

    @Test
    @DisplayName("knows its rules by name, and says which there are")
    void find() {
        assertThat(Rule.of("WALK-2").area()).isEqualTo(Area.WALK);
        assertThatThrownBy(() -> Rule.of("WALK-99"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no rule 'WALK-99'; there are [WALK-1, ");
    }

    @Test
    @DisplayName("derives what a program needs from its operations")
    void needs() {
        RuleBook.Entry entry = parse("""
            rule WALK-1 must
            says Something.
            needs swap
            from anon_vma 1-3 9; cow_context 2

            program first
            0 mmap 0 4 rw
            program second
            !EEXIST 0 mmap 0 4 rw
            ? 0 migrate 0 4
            = 0 vmas 1
            """).get(0);
        assertThat(entry.rule().scenarios().toString())
                .isEqualTo("[anon_vma 1, anon_vma 2, anon_vma 3, anon_vma 9, cow_context 2]");
        assertThat(entry.programs()).extracting(DirectedProgram::id).containsExactly("WALK-1/1", "WALK-1/2");
        assertThat(entry.programs().get(0).needs().toString()).isEqualTo("[SWAP]");
        assertThat(new TreeSet<>(entry.programs().get(1).needs()).toString()).isEqualTo("[SWAP, MIGRATION]");
        assertThat(entry.programs().get(1).steps()).hasSize(3);
    }

    @Test
    @DisplayName("names the line of a mistake")
    void mistakes() {
        assertMistake("rule FORK-1 must", "walk.rules:1: expected 'rule WALK-NUMBER LEVEL', found 'FORK-1 must'");
        assertMistake("rule WALK-1 may", "walk.rules:1: expected a level (must, should), found 'may'");
        assertMistake("says it", "walk.rules:1: expected a line 'rule ID LEVEL', found 'says it'");
        assertMistake(
                "rule WALK-1 must\nneeds magic",
                "walk.rules:2: no capability 'magic'; there are [swap, migration, large-folios, ksm, userfault-move,"
                        + " linux-vma-layout]");
        assertMistake("rule WALK-1 must\nfrom anon_vma 95", "anon_vma has no scenario 95");
        assertMistake(
                "rule WALK-1 must\n0 fork 1",
                "walk.rules:2: expected says, needs, from, check, untested or program, found '0 fork 1'");
        assertMistake(
                "rule WALK-1 must\nsays it.\nprogram p\n!ENOPE 0 fork 1",
                "walk.rules:4: expected an errno after '!', found '!ENOPE 0 fork 1'");
        assertThatThrownBy(() -> parse("rule WALK-1 must\nsays it.\nprogram p\n0 frob"))
                .hasMessageStartingWith("walk.rules:4: expected an operation");
    }

    private static void assertMistake(String text, String message) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    @DisplayName("refuses two rules of one name")
    void duplicates() {
        List<RuleBook.Entry> twice = parse("rule WALK-1 must\nsays it.\nrule WALK-1 must\nsays it again.");
        assertThatThrownBy(() -> new RuleBook(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two rules have the id WALK-1");
    }
}
