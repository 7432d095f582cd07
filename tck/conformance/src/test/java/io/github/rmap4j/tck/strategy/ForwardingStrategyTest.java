package io.github.rmap4j.tck.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import java.lang.reflect.Method;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A default method that is not forwarded would be a defect that no test has asked for. */
@DisplayName("Strategies and walks that forward everything")
class ForwardingStrategyTest {
    @Test
    void strategy() throws NoSuchMethodException {
        assertForwards(RmapStrategy.class, ForwardingStrategy.class);
    }

    @Test
    void walk() throws NoSuchMethodException {
        assertForwards(FolioWalk.class, ForwardingWalk.class);
    }

    private static void assertForwards(Class<?> type, Class<?> forwarding) throws NoSuchMethodException {
        for (Method method : type.getMethods()) {
            Method implemented = forwarding.getMethod(method.getName(), method.getParameterTypes());
            assertThat(implemented.getDeclaringClass()).as(method.toString()).isEqualTo(forwarding);
        }
    }
}
