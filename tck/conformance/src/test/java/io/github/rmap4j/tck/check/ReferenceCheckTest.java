package io.github.rmap4j.tck.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.program.MemoryProgram;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.assertj.core.api.AbstractStringAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The comparison with the reference model finds managers that do something else. */
@DisplayName("The reference model notices")
class ReferenceCheckTest {
    private static final String PROGRAM = """
        0 mmap 0 4 rw
        0 write 0 2
        0 madvise 0 1 dontneed
        0 madvise 1 1 wipeonfork
        0 fork 1
        1 write 1 1
        0 mprotect 2 1 r
        1 munmap 3 1
        """;

    /** A call that a faulty manager does not carry out, or carries out with other arguments. */
    private interface Fault {
        /** Changes the arguments; false to ignore the call. */
        boolean strike(String method, Object[] arguments);
    }

    @Test
    void nothingWhenAllIsWell() {
        assertThat(run((method, arguments) -> true)).isNull();
    }

    @Test
    void adviceThatIsIgnored() {
        assertFailure((method, arguments) -> !method.equals("madvise") || arguments[2] != Advice.DONTNEED)
                .startsWith(
                        "step 3 '0 madvise 0 1 dontneed': page 0 of process 0\n    expected rw-p word 0\n    actual ");
        assertFailure((method, arguments) -> !method.equals("madvise") || arguments[2] != Advice.WIPEONFORK)
                .startsWith("step 5 '0 fork 1': page 1 of process 1\n    expected rw-p word 0\n    actual ");
    }

    @Test
    void aWordThatIsNotTheOneWritten() {
        assertFailure((method, arguments) -> {
                    if (method.equals("write") && arguments[1].equals(3L)) {
                        arguments[1] = 4L;
                    }
                    return true;
                })
                .startsWith("step 6 '1 write 1 1': page 1 of process 1\n    expected rw-p written word 3\n    actual ");
    }

    @Test
    void aStoreThatIsLost() {
        assertFailure((method, arguments) -> !method.equals("write"))
                .startsWith("step 2 '0 write 0 2': page 0 of process 0\n"
                        + "    expected rw-p written word 1\n"
                        + "    actual   null");
    }

    @Test
    void protectionThatStays() {
        assertFailure((method, arguments) -> !method.equals("mprotect"))
                .isEqualTo("step 7 '0 mprotect 2 1 r': mapped pages of process 0\n"
                        + "    expected {0=rw-p, 1=rw-p, 2=r--p, 3=rw-p}\n"
                        + "    actual   {0=rw-p, 1=rw-p, 2=rw-p, 3=rw-p}");
    }

    @Test
    void aMappingThatStays() {
        assertFailure((method, arguments) -> !method.equals("munmap"))
                .startsWith("step 8 '1 munmap 3 1': mapped pages of process 1\n");
    }

    @Test
    void aProcessThatDoesNotEnd() {
        assertFailure((method, arguments) -> !method.equals("exit")).startsWith("exit of all processes: objects left");
    }

    @Test
    void anOperationThatFails() {
        assertFailure((method, arguments) -> {
                    if (method.equals("mprotect")) {
                        arguments[0] = (long) arguments[0] + 1;
                    }
                    return true;
                })
                .isEqualTo("step 7 '0 mprotect 2 1 r': result\n"
                        + "    expected StepResult[ret=0, errno=0]\n"
                        + "    actual   StepResult[ret=-1, errno=22]");
    }

    private static AbstractStringAssert<?> assertFailure(Fault fault) {
        return assertThat(run(fault)).isNotNull();
    }

    private static @Nullable String run(Fault fault) {
        MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
        Finding finding =
                ReferenceCheck.run(MemoryProgram.parse("test", PROGRAM), faulty(MemoryManager.class, manager, fault));
        return finding == null ? null : finding.toString();
    }

    /** Passes all calls on but those of address spaces that the fault strikes. */
    private static <T> T faulty(Class<T> type, Object target, Fault fault) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    if (type == AddressSpace.class) {
                        if (method.getName().equals("equals")) {
                            return proxy == arguments[0];
                        }
                        if (!fault.strike(method.getName(), arguments)) {
                            return null;
                        }
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    return result instanceof AddressSpace ? faulty(AddressSpace.class, result, fault) : result;
                }));
    }
}
