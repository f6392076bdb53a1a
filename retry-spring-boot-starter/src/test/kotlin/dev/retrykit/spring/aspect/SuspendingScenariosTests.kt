package dev.retrykit.spring.aspect

import dev.retrykit.CallScenarios
import dev.retrykit.CallScenarios.Named
import dev.retrykit.CircuitAlone
import dev.retrykit.CircuitAloneScenarios
import dev.retrykit.Scenario
import java.util.stream.Stream
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Tag
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource

/** The engine's scenarios, through annotated functions that suspend. */
@Tag("startup")
internal class SuspendingScenariosTests {

    @AfterEach
    fun noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse()
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyScenarioInEveryStyle")
    fun comesToTheSameEndInEveryStyle(scenario: Named, style: SuspendingStyle) {
        val played = Scenario()
        scenario.setup().accept(played)
        played.play(style)
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyScenarioAloneInEveryStyle")
    fun aCircuitAloneDoesTheSameInEveryStyle(scenario: CircuitAloneScenarios.Named, style: SuspendingStyle) {
        scenario.play().accept(CircuitAlone(style))
    }

    companion object {

        @JvmStatic
        fun everyScenarioAloneInEveryStyle(): Stream<Arguments> =
            CircuitAloneScenarios.all()
                .flatMap { scenario -> SuspendingStyle.entries.map { arguments(scenario, it) } }
                .stream()

        @JvmStatic
        fun everyScenarioInEveryStyle(): Stream<Arguments> =
            CallScenarios.all()
                .flatMap { scenario ->
                    SuspendingStyle.entries
                        .filter { it.judgesValues() || !scenario.judgesValues() }
                        .map { arguments(scenario, it) }
                }
                .stream()
    }
}
