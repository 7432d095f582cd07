package io.github.rmap4j.tck.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Shrinking")
class ProgramShrinkerTest {
    @Test
    void whatIsNotNeededIsLeftOut() {
        MemoryProgram program = ProgramGenerator.generate(ProgramGenerator.Profile.MIXED, 1, 200);
        List<Operation> operations = program.operations();
        List<Operation> needed = List.of(operations.get(3), operations.get(77), operations.get(78));
        MemoryProgram shrunk = ProgramShrinker.shrink(
                program, candidate -> candidate.operations().containsAll(needed));
        assertThat(shrunk.operations()).containsExactlyElementsOf(needed);
        assertThat(shrunk.name()).isEqualTo(program.name());
    }

    @Test
    void noSingleOperationCanBeLeftOut() {
        MemoryProgram program = ProgramGenerator.generate(ProgramGenerator.Profile.WIDE, 2, 120);
        // Fails for reasons that come and go as operations are left out.
        Predicate<MemoryProgram> fails =
                candidate -> candidate.text().hashCode() % 3 == program.text().hashCode() % 3;
        MemoryProgram shrunk = ProgramShrinker.shrink(program, fails);
        assertThat(fails).accepts(shrunk);
        for (int i = 0; i < shrunk.operations().size(); i++) {
            List<Operation> fewer = new ArrayList<>(shrunk.operations());
            fewer.remove(i);
            assertThat(fails).rejects(MemoryProgram.of("fewer", fewer));
        }
    }

    @Test
    void aProgramThatMakesNoSenseDoesNotFail() {
        MemoryProgram program = MemoryProgram.parse("p", "0 fork 1\n0 read 0 1\n1 exit\n");
        Predicate<MemoryProgram> fails = candidate -> {
            List<String> lines =
                    candidate.operations().stream().map(Operation::text).toList();
            if (lines.contains("1 exit") && !lines.contains("0 fork 1")) {
                throw new ProgramException(candidate.operations().get(0), "there is no process 1");
            }
            return lines.contains("1 exit");
        };
        assertThat(ProgramShrinker.shrink(program, fails).text()).isEqualTo("0 fork 1\n1 exit\n");
    }

    @Test
    void aProgramThatDoesNotFailCannotBeShrunk() {
        MemoryProgram program = MemoryProgram.parse("p", "0 exit\n");
        assertThatThrownBy(() -> ProgramShrinker.shrink(program, candidate -> false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it does not fail: p (1 operations)");
    }
}
