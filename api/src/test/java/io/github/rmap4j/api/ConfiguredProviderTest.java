package io.github.rmap4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A strategy with settings")
class ConfiguredProviderTest {
    private static final RmapStrategyProvider CHOOSING = new RmapStrategyProvider() {
        @Override
        public String name() {
            return "choosing";
        }

        @Override
        public String description() {
            return "has chosen two settings";
        }

        @Override
        public Map<String, String> options() {
            return Map.of("merge", "same-base", "copies", "own-root");
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    @DisplayName("keeps what its provider has chosen, unless the user chooses otherwise")
    void keepsChoices() {
        RmapStrategyProvider configured =
                new ConfiguredProvider("choosing:merge=same-root", CHOOSING, Map.of("merge", "same-root"));
        assertThat(configured.options()).isEqualTo(Map.of("merge", "same-root", "copies", "own-root"));
    }
}
