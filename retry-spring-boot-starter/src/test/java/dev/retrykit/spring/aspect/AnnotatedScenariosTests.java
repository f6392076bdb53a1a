package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.CallScenarios;
import dev.retrykit.CallScenarios.Named;
import dev.retrykit.CircuitAlone;
import dev.retrykit.CircuitAloneScenarios;
import dev.retrykit.Scenario;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's scenarios, through annotated beans. */
@Tag("startup")
class AnnotatedScenariosTests {

    static Stream<Arguments> everyScenarioInEveryStyle() {
        return CallScenarios.all().stream()
                .flatMap(scenario -> Stream.of(AnnotatedStyle.values())
                        .filter(style -> style.judgesValues() || !scenario.judgesValues())
                        .map(style -> arguments(scenario, style)));
    }

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyScenarioInEveryStyle")
    void comesToTheSameEndInEveryStyle(Named scenario, AnnotatedStyle style) {
        Scenario played = new Scenario();
        scenario.setup().accept(played);
        played.play(style);
    }

    static Stream<Arguments> everyScenarioAloneInEveryStyle() {
        return CircuitAloneScenarios.all().stream()
                .flatMap(scenario -> Stream.of(AnnotatedStyle.values()).map(style -> arguments(scenario, style)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyScenarioAloneInEveryStyle")
    void aCircuitAloneDoesTheSameInEveryStyle(CircuitAloneScenarios.Named scenario, AnnotatedStyle style) {
        scenario.play().accept(new CircuitAlone(style));
    }
}
