package io.github.rmap4j.tck.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.program.ProgramGenerator.Profile;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Generator of memory programs")
class ProgramGeneratorTest {
    @Test
    void theSameSeedGivesTheSameProgram() {
        for (Profile profile : Profile.values()) {
            MemoryProgram program = ProgramGenerator.generate(profile, 42, 150);
            assertThat(ProgramGenerator.generate(profile, 42, 150).text()).isEqualTo(program.text());
            assertThat(program.operations()).hasSize(150);
            assertThat(program.name()).isEqualTo(profile.word() + "-42");
        }
    }

    @Test
    void aProgramIsTheBeginningOfALongerOne() {
        String longer = ProgramGenerator.generate(Profile.WIDE, 7, 300).text();
        assertThat(longer)
                .startsWith(ProgramGenerator.generate(Profile.WIDE, 7, 20).text());
    }

    @Test
    void otherSeedsAndProfilesGiveOtherPrograms() {
        Set<String> programs = new HashSet<>();
        for (Profile profile : Profile.values()) {
            for (long seed = -10; seed < 10; seed++) {
                programs.add(ProgramGenerator.generate(profile, seed, 30).text());
            }
        }
        assertThat(programs).hasSize(20 * Profile.values().length);
    }

    @Test
    void programsCanBeWrittenAndParsed() {
        for (Profile profile : Profile.values()) {
            MemoryProgram program = ProgramGenerator.generate(profile, 3, 200);
            assertThat(MemoryProgram.parse("copy", program.text()).operations()).isEqualTo(program.operations());
        }
    }

    @Test
    void theWideProfileUsesEveryOptionOfItsOperations() {
        Set<Class<?>> kinds = new HashSet<>();
        Set<Protection> protections = EnumSet.noneOf(Protection.class);
        Set<MmapOption> options = EnumSet.noneOf(MmapOption.class);
        boolean files = false;
        boolean dontUnmap = false;
        for (Operation operation :
                ProgramGenerator.generate(Profile.WIDE, 1, 2000).operations()) {
            kinds.add(operation.getClass());
            if (operation instanceof Operation.Mmap mmap) {
                protections.add(mmap.protection());
                options.addAll(mmap.options());
                files |= mmap.file() != null;
            } else if (operation instanceof Operation.Mremap mremap) {
                dontUnmap |= mremap.dontUnmap();
            }
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        Operation.Mmap.class,
                        Operation.Munmap.class,
                        Operation.Mprotect.class,
                        Operation.Mlock.class,
                        Operation.Munlock.class,
                        Operation.Mremap.class,
                        Operation.MremapInPlace.class,
                        Operation.Write.class,
                        Operation.Read.class,
                        Operation.Madvise.class,
                        Operation.Fork.class,
                        Operation.Exit.class);
        assertThat(protections).containsExactlyInAnyOrder(Protection.values());
        assertThat(options).containsExactlyInAnyOrder(MmapOption.NORESERVE, MmapOption.POPULATE, MmapOption.REPLACE);
        assertThat(files).as("files").isTrue();
        assertThat(dontUnmap).as("MREMAP_DONTUNMAP").isTrue();
    }

    @Test
    void mostOperationsSucceed() {
        for (Profile profile : Profile.values()) {
            List<String> failures = new ArrayList<>();
            ProgramMachine machine = new ProgramMachine(
                    MemoryManager.builder().strategy("anonvma").build());
            MemoryProgram program = ProgramGenerator.generate(profile, 5, 500);
            for (Operation operation : program.operations()) {
                if (machine.execute(operation).ret() != 0) {
                    failures.add(operation.text());
                }
            }
            assertThat(failures).as("failing operations of %s", program).hasSizeBetween(5, 100);
        }
    }
}
