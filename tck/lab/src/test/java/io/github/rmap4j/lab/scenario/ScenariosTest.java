package io.github.rmap4j.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Scenarios")
class ScenariosTest {
    @Test
    void haveAValueForEachParameter() {
        for (Scenario scenario : Scenarios.all()) {
            assertThat(scenario.name()).matches("[a-z0-9-]+");
            ScenarioValues values = Scenarios.parse(scenario.name()).values();
            assertThat(values.all().keySet())
                    .containsExactlyElementsOf(scenario.parameters().stream()
                            .map(ScenarioParameter::name)
                            .toList());
            for (ScenarioParameter parameter : scenario.parameters()) {
                assertThat(parameter.parse(parameter.initial().toPlainString()))
                        .as(parameter.name())
                        .isEqualTo(parameter.initial());
                assertThat(parameter.description()).isNotBlank();
            }
        }
    }

    @Test
    void areTheSameWhateverTheOrderOfTheirValues() {
        String one = Scenarios.parse("android?written=0.50&apps=2").canonical();
        assertThat(one).isEqualTo(Scenarios.parse("android?apps=2&written=0.5").canonical());
        assertThat(one).startsWith("android?apps=2&scale=1&seed=1&").contains("&written=0.5&");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "phone ~ no scenario 'phone'; available: ALL",
                "'' ~ no scenario ''; available: ALL",
                "android? ~ expected PARAMETER=VALUE after 'android?', separated by '&', found ''",
                "android?apps ~ expected PARAMETER=VALUE after 'android?', separated by '&', found 'apps'",
                "android?apps=1&apps=1 ~ parameter 'apps' is chosen twice",
                "android?apps= ~ parameter 'apps' of scenario 'android' is a value of type integer from 0 to 96, not ''",
                "android?apps=1.5 ~ parameter 'apps' of scenario 'android' is a value of type integer from 0 to 96, not"
                        + " '1.5'",
                "android?written=1.1 ~ parameter 'written' of scenario 'android' is a value of type decimal from 0 to 1,"
                        + " not '1.1'",
                "android?written=NaN ~ parameter 'written' of scenario 'android' is a value of type decimal from 0 to 1,"
                        + " not 'NaN'"
            })
    void sayWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Scenarios.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace(
                        "ALL", Scenarios.all().stream().map(Scenario::name).collect(Collectors.joining(", "))));
    }
}
