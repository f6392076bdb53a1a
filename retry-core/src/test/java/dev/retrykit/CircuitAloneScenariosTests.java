package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.CircuitAloneScenarios.Named;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One list of scenarios, without a retry, through every style of the core. */
class CircuitAloneScenariosTests {

    static Stream<Arguments> everyScenarioInEveryStyle() {
        return CircuitAloneScenarios.all().stream()
                .flatMap(scenario -> Stream.<CallStyle[]>of(LoneStyle.values(), CoreStyle.values())
                        .flatMap(Stream::of)
                        .map(style -> arguments(scenario, style)));
    }

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyScenarioInEveryStyle")
    void comesToTheSameEndInEveryStyle(Named scenario, CallStyle style) {
        scenario.play().accept(new CircuitAlone(style));
    }
}
