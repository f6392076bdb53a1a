package dev.retrykit.spring.aspect.adapter

import dev.retrykit.event.RetryStopped
import dev.retrykit.event.StopReason
import dev.retrykit.failure.TimeBudgetSpentException
import dev.retrykit.annotation.CircuitGuarded
import dev.retrykit.annotation.Retryable
import dev.retrykit.spring.Apps
import dev.retrykit.spring.registry.Retries
import java.net.ConnectException
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.springframework.boot.test.context.FilteredClassLoader
import org.springframework.boot.test.system.CapturedOutput
import org.springframework.boot.test.system.OutputCaptureExtension

@ExtendWith(OutputCaptureExtension::class)
internal class FlowFunctionsTests {

    private val app = Apps.plain()

    /** Has a field of its own, which keeps kotlinx.coroutines from copying it. */
    class Down(val attempt: Int) : ConnectException("attempt $attempt")

    open class Service {

        var calls = 0
        var attempts = 0
        var cancelled = 0
        var failures = 2
        val thrown = mutableListOf<Throwable>()

        private fun flaky(before: Int) = flow {
            val attempt = ++attempts
            for (number in 1..4) {
                if (attempt <= failures && number == before + 1) {
                    throw Down(attempt).also { thrown += it }
                }
                emit(number)
                yield()
            }
        }

        @Retryable
        open fun plain(): Flow<Int> {
            calls++
            return flaky(0)
        }

        @Retryable
        open suspend fun suspending(): Flow<Int> {
            calls++
            yield()
            return flaky(0)
        }

        @Retryable
        open fun throwing(): Flow<Int> {
            if (++calls < 3) {
                throw ConnectException("down")
            }
            return flow { emit(calls) }
        }

        @Retryable("partial")
        open fun partial(): Flow<Int> = flaky(2)

        @Retryable
        open fun broken(): Flow<Int> = flaky(2)

        @Retryable
        open suspend fun brokenLater(): Flow<Int> = flaky(2)

        @Retryable
        open fun endless(): Flow<Int> = flow {
            try {
                emit(1)
                awaitCancellation()
            } finally {
                cancelled++
            }
        }

        @Retryable
        open fun empty(): Flow<Int> = flow { attempts++ }

        @CircuitGuarded
        open fun guarded(): Flow<Int> = flaky(0)
    }

    private val yml = "retrykit: { policies: { partial: { retry-partial: true } } }"

    @Test
    fun areCalledAgainWhenTheyFailBeforeTheirFirstElement() =
        app.withPropertyValues("retrykit.policies.partial.max-attempts=3").use<Service> { service, _ ->
            assertThat(complete { service.plain().toList() }).containsExactly(1, 2, 3, 4)

            assertThat(service.target.calls).isEqualTo(3)
        }

    @Test
    fun areCalledAgainWhenTheyThrow() =
        Apps.with(yml).use<Service> { service, _ ->
            assertThat(complete { service.throwing().toList() }).containsExactly(3)
        }

    @Test
    fun suspendingOnesToo() =
        Apps.with(yml).use<Service> { service, _ ->
            assertThat(complete { service.suspending().toList() }).containsExactly(1, 2, 3, 4)

            assertThat(service.target.calls).isEqualTo(3)
        }

    @Test
    fun areNotCalledBeforeSomebodyCollectsAndAfreshForEachWhoDoes() =
        Apps.with(yml).use<Service> { service, _ ->
            val flow = service.plain()
            settle()
            assertThat(service.target.calls).isZero()

            service.target.failures = 0
            repeat(2) { assertThat(complete { flow.toList() }).hasSize(4) }
            assertThat(service.target.calls).isEqualTo(2)
        }

    @Test
    fun areNotRetriedOnceTheyHaveEmitted() =
        Apps.with(yml).use<Service> { service, _ ->
            for (flow in listOf(service.broken(), service.brokenLater())) {
                val seen = mutableListOf<Int>()
                service.target.attempts = 0

                val failure = failureOf { flow.onEach { seen += it }.toList() }

                assertThat(seen).containsExactly(1, 2)
                assertThat(failure).isSameAs(service.target.thrown.last())
                assertThat(failure.suppressed.filterIsInstance<RetryStopped>().single().reason())
                    .isEqualTo(StopReason.NOT_RETRYABLE)
                assertThat(service.target.attempts).isEqualTo(1)
            }
        }

    @Test
    fun emitAgainWhereThePolicySaysSo() =
        Apps.with(yml).use<Service> { service, _ ->
            assertThat(complete { service.partial().toList() }).containsExactly(1, 2, 1, 2, 1, 2, 3, 4)
        }

    @Test
    fun areCancelledByACollectorThatHasEnough() =
        Apps.with(yml).use<Service> { service, _ ->
            assertThat(complete { service.endless().first() }).isEqualTo(1)

            settle()
            assertThat(service.target.cancelled).isEqualTo(1)
            assertThat(pending).isZero()
        }

    @Test
    fun areCancelledWithTheirCollector() =
        Apps.with(yml).use<Service> { service, _ ->
            val call = begin { service.endless().toList() }

            call.cancelAndJoin()

            settle()
            assertThat(service.target.cancelled).isEqualTo(1)
            assertThat(pending).isZero()
        }

    @Test
    fun cancellingTheCollectorDuringADelayEndsIt() =
        Apps.with(yml).use<Service> { service, _ ->
            val call = begin { service.plain().toList() }
            assertThat(pending).isOne() // the delay

            call.cancelAndJoin()

            assertThat(pending).isZero()
            assertThat(service.target.calls).isEqualTo(1)
        }

    @Test
    fun endWhenTheTimeBudgetDoes() =
        Apps.with(yml).use<Service> { service, _ ->
            val seen = mutableListOf<Int>()

            val failure = failureOf { service.endless().onEach { seen += it }.toList() }

            assertThat(failure).isInstanceOf(TimeBudgetSpentException::class.java)
            assertThat(seen).containsExactly(1)
            assertThat(service.target.cancelled).isEqualTo(1)
        }

    @Test
    fun mayBeEmpty() =
        Apps.with(yml).use<Service> { service, _ ->
            assertThat(complete { service.empty().toList() }).isEmpty()
            assertThat(service.target.attempts).isEqualTo(1)
        }

    @Test
    fun areGuardedByACircuit() =
        Apps.with(yml).use<Service> { service, context ->
            service.target.failures = 1
            assertThat(failureOf { service.guarded().toList() }).isInstanceOf(ConnectException::class.java)
            assertThat(complete { service.guarded().toList() }).hasSize(4)

            val snapshot =
                context.getBean(Retries::class.java).findCircuit("Service.guarded").orElseThrow().circuit().snapshot()
            assertThat(snapshot.calls()).isEqualTo(2)
            assertThat(snapshot.failures()).isEqualTo(1)
        }

    @Test
    fun whatACollectorDoesIsNoPartOfTheAttempt() =
        Apps.with(yml).use<Service> { service, _ ->
            service.target.failures = 0

            assertThat(complete { service.plain().map { attempt() }.toList() }).containsOnlyNulls()
        }

    open class Hot {

        val state = MutableStateFlow(7)
        var attempts = 0

        @Retryable
        open fun state(): StateFlow<Int> {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return state
        }

        @Retryable
        open fun deferred(): Deferred<Int> {
            if (++attempts < 3) {
                return CompletableDeferred<Int>().also { it.completeExceptionally(ConnectException("down")) }
            }
            return CompletableDeferred(attempts)
        }
    }

    @Test
    fun ofAKindThatIsNotMadeHereAreRetriedOnlyWhenTheyThrow(output: CapturedOutput) =
        app.use<Hot> { service, _ ->
            assertThat(service.state().value).isEqualTo(7)

            assertThat(service.target.attempts).isEqualTo(3)
            assertThat(output)
                .contains("Hot.state() returns a StateFlow, so only what the method itself throws is retried. Declare a Flow.")
        }

    @Test
    fun deferredOnesAreCalledAgainWhenTheyFail() =
        app.use<Hot> { service, _ ->
            assertThat(complete { service.deferred().await() }).isEqualTo(3)
        }

    /** Public, so that a proxy in another class loader may extend it. */
    open class Alone {

        @Retryable
        open fun stream(): Flow<Int> = flow { emit(1) }
    }

    @Test
    fun needTheLibraryThatSpringCallsThemThrough() {
        app.withBean(Alone::class.java).withClassLoader(FilteredClassLoader("kotlinx.coroutines.reactor")).run {
            assertThat(it).failure.rootCause()
                .hasMessage(
                    "Alone.stream() returns a Flow, and a proxy can call it only with kotlinx-coroutines-reactor, which is" +
                        " not on the class path."
                )
        }
    }
}
