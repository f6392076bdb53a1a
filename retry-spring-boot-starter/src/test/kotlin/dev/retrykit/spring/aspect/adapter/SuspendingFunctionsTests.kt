package dev.retrykit.spring.aspect.adapter

import dev.retrykit.RetryContext
import dev.retrykit.event.RetryStopped
import dev.retrykit.event.StopReason
import dev.retrykit.failure.TimeBudgetSpentException
import dev.retrykit.annotation.Backoff
import dev.retrykit.annotation.Budget
import dev.retrykit.annotation.CircuitGuarded
import dev.retrykit.annotation.Retryable
import dev.retrykit.backoff.Jitter
import dev.retrykit.circuit.CircuitOpenException
import dev.retrykit.failure.AttemptTimeoutException
import dev.retrykit.spring.Apps
import dev.retrykit.spring.registry.Retries
import dev.retrykit.time.ManualTime
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.http.HttpStatus
import org.springframework.http.ResponseEntity

internal class SuspendingFunctionsTests {

    private val app = Apps.plain()

    /** Has a field of its own, which keeps kotlinx.coroutines from copying it. */
    class Down(val attempt: Int) : ConnectException("attempt $attempt")

    /** Fails so often as it is told, and then works. */
    open class Dependency {

        val attempts = mutableListOf<Int?>()
        val thrown = mutableListOf<Throwable>()
        var failures = 2

        protected fun answer(): Int {
            attempts += attempt()
            if (attempts.size <= failures) {
                throw Down(attempts.size).also { thrown += it }
            }
            return attempts.size
        }
    }

    open class Service : Dependency() {

        var cancelled = 0

        @Retryable
        open suspend fun find(sku: String): String {
            val answer = answer()
            yield()
            return "$sku $answer"
        }

        @Retryable
        open suspend fun later(): Int {
            yield()
            return answer()
        }

        @Retryable
        open suspend fun nothing(): String? {
            answer()
            return null
        }

        @Retryable
        open suspend fun send(text: String) {
            answer()
        }

        @Retryable
        open suspend fun count(): Int = answer()

        @Retryable
        open suspend fun status(): ResponseEntity<String> {
            attempts += attempt()
            val status = if (attempts.size < 3) HttpStatus.SERVICE_UNAVAILABLE else HttpStatus.OK
            return ResponseEntity.status(status).build()
        }

        @Retryable(attemptTimeout = "2s")
        open suspend fun never(): String {
            attempts += attempt()
            try {
                awaitCancellation()
            } finally {
                cancelled++
            }
        }

        @Retryable(retryOn = [TimeoutCancellationException::class])
        open suspend fun short(): Int {
            attempts += attempt()
            if (attempts.size < 3) {
                withTimeout(0) { awaitCancellation() }
            }
            return attempts.size
        }

        @CircuitGuarded
        open suspend fun guarded(): Int = answer()
    }

    @Test
    fun areCalledAgainWhenTheyFail() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.find("a") }).isEqualTo("a 3")
            assertThat(service.target.attempts).containsExactly(1, 2, 3)
        }

    @Test
    fun areCalledAgainWhenTheyFailAfterTheyWaited() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.later() }).isEqualTo(3)
            assertThat(service.target.attempts).containsExactly(1, 2, 3)
        }

    @Test
    fun mayReturnNullOrNothingOrANumber() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.nothing() }).isNull()
            service.target.attempts.clear()
            complete { service.send("text") }
            assertThat(service.target.attempts).containsExactly(1, 2, 3)
            service.target.attempts.clear()
            assertThat(complete { service.count() }).isEqualTo(3)
        }

    @Test
    fun areCalledAgainForAStatusThatMayPass() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.status() }.statusCode).isEqualTo(HttpStatus.OK)
            assertThat(service.target.attempts).containsExactly(1, 2, 3)
        }

    @Test
    fun waitOnTheClockOfTheApplicationAndHoldNoThread() =
        app.withPropertyValues("retrykit.defaults.policy.jitter=none").use<Service> { service, _ ->
            val call = begin { service.find("a") }
            assertThat(service.target.attempts).hasSize(1)
            assertThat(call.isCompleted).isFalse()

            advance(Duration.ofMillis(199))
            assertThat(service.target.attempts).hasSize(1)

            advance(Duration.ofMillis(1))
            assertThat(service.target.attempts).hasSize(2)

            advance(Duration.ofMillis(400))
            assertThat(call.isCompleted).isTrue()
            assertThat(call.await()).isEqualTo(Result.success("a 3"))
            assertThat(pending).isZero()
        }

    @Test
    fun theirLastFailureArrivesAsItWasThrown() =
        app.use<Service> { service, _ ->
            service.target.failures = 9

            val failure = failureOf { service.find("a") }

            assertThat(failure).isSameAs(service.target.thrown[2])
            assertThat(stoppedOn(failure)).satisfies({ stopped ->
                assertThat(stopped.policy()).isEqualTo("Service.find")
                assertThat(stopped.reason()).isEqualTo(StopReason.EXHAUSTED)
                assertThat(stopped.attempts()).isEqualTo(3)
                assertThat(stopped.failures()).containsExactlyElementsOf(service.target.thrown.take(2))
            })
        }

    @Test
    fun areCutByTheAttemptTimeoutAndCalledAgain() =
        app.use<Service> { service, _ ->
            val failure = failureOf { service.never() }

            assertThat(failure).isInstanceOf(AttemptTimeoutException::class.java)
            assertThat(service.target.attempts).containsExactly(1, 2, 3)
            assertThat(service.target.cancelled).isEqualTo(3)
            assertThat(pending).isZero()
        }

    @Test
    fun areCalledAgainAfterATimeoutOfTheirOwnIfThePolicySaysSo() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.short() }).isEqualTo(3)
        }

    open class Endless {

        @Retryable(budget = Budget(time = "5s"))
        open suspend fun never(): String = awaitCancellation()
    }

    @Test
    fun endWhenTheTimeBudgetDoes() =
        app.use<Endless> { service, _ ->
            val failure = failureOf { service.never() }

            assertThat(failure).isInstanceOf(TimeBudgetSpentException::class.java)
            assertThat(pending).isZero()
        }

    open class Broken {

        val failure = IllegalStateException("wrong")
        var calls = 0

        @Retryable
        open suspend fun find(): String {
            calls++
            throw failure
        }
    }

    /**
     * Where assertions are on, kotlinx.coroutines hands on a copy of an exception, whose cause it is, to show the stack
     * of the coroutine that waits.
     */
    @Test
    fun areNotCalledAgainForAPermanentFailure() =
        app.use<Broken> { service, _ ->
            val failure = failureOf { service.find() }

            assertThat(failure).isInstanceOf(IllegalStateException::class.java).hasMessage("wrong")
            assertThat(failure.cause).isSameAs(service.target.failure)
            assertThat(stoppedOn(service.target.failure).reason()).isEqualTo(StopReason.NOT_RETRYABLE)
            assertThat(service.target.calls).isEqualTo(1)
        }

    @Test
    fun cancellingTheCallerDuringAnAttemptCancelsTheAttempt() =
        app.use<Service> { service, context ->
            val call = begin { service.never() }

            call.cancelAndJoin()
            settle()

            assertThat(service.target.cancelled).isEqualTo(1)
            assertThat(pending).isZero()
            assertThat(granted(context.getBean(Retries::class.java), "Service.never")).isZero()
        }

    @Test
    fun cancellingTheCallerDuringADelayEndsIt() =
        app.use<Service> { service, context ->
            val budget = context.getBean(Retries::class.java).findPolicy("Service.find").orElseThrow().budget()
            val before = budget.snapshot().available()
            val call = begin { service.find("a") }
            assertThat(pending).isOne() // the delay

            call.cancelAndJoin()

            assertThat(pending).isZero()
            advance(Duration.ofMinutes(1))
            assertThat(service.target.attempts).containsExactly(1)
            assertThat(budget.snapshot().available()).isEqualTo(before)
        }

    private fun granted(retries: Retries, policy: String) =
        retries.findPolicy(policy).orElseThrow().budget().snapshot().granted()

    @Test
    fun areGuardedByACircuit() =
        Apps.with("retrykit: { circuits: { '[Service.guarded]': { consecutive-failures: 2 } } }")
            .use<Service> { service, _ ->
                repeat(2) {
                    assertThat(failureOf { service.guarded() }).isInstanceOf(ConnectException::class.java)
                }

                assertThat(failureOf { service.guarded() }).isInstanceOf(CircuitOpenException::class.java)
                assertThat(service.target.attempts).hasSize(2)
            }

    open class Inner : Dependency() {

        init {
            failures = 9
        }

        @Retryable
        open suspend fun suspending(): Int = answer()

        @Retryable
        open fun plain(): Int = answer()

        @Retryable
        open suspend fun timeLeft(): Duration {
            yield()
            return RetryContext.current().orElseThrow().timeLeft()
        }
    }

    open class Outer(private val inner: Inner) {

        var calls = 0

        @Retryable
        open suspend fun suspending(): Int {
            calls++
            yield()
            return inner.suspending()
        }

        @Retryable
        open suspend fun plain(): Int {
            calls++
            yield()
            return inner.plain()
        }

        @Retryable(budget = Budget(time = "3s"))
        open suspend fun timeLeft(): Duration {
            yield()
            return inner.timeLeft()
        }
    }

    @Test
    fun thatCallOthersLeaveTheRetriesToThem() =
        app.withBean(Inner::class.java).use<Outer> { outer, context ->
            val inner = context.getBean(Inner::class.java).target

            val failure = failureOf { outer.suspending() }

            assertThat(reasons(failure)).containsExactly(StopReason.EXHAUSTED, StopReason.NESTED)
            assertThat(inner.attempts).containsExactly(1, 2, 3)
            assertThat(outer.target.calls).isEqualTo(1)
        }

    @Test
    fun thatCallPlainOnesLeaveTheRetriesToThem() =
        app.withBean(Inner::class.java).use<Outer> { outer, context ->
            val failure = failureOf { outer.plain() }

            assertThat(reasons(failure)).containsExactly(StopReason.EXHAUSTED, StopReason.NESTED)
            assertThat(context.getBean(Inner::class.java).target.attempts).containsExactly(1, 2, 3)
            assertThat(outer.target.calls).isEqualTo(1)
        }

    @Test
    fun handTheirTimeBudgetInwards() =
        app.withBean(Inner::class.java).use<Outer> { outer, _ ->
            assertThat(complete { outer.timeLeft() }).isEqualTo(Duration.ofSeconds(3))
        }

    private fun stoppedOn(failure: Throwable): RetryStopped =
        failure.suppressed.filterIsInstance<RetryStopped>().single()

    private fun reasons(failure: Throwable): List<StopReason> =
        failure.suppressed.filterIsInstance<RetryStopped>().map { it.reason() }

    open class Busy {

        val attempts = AtomicInteger()

        @Retryable(backoff = Backoff(delay = "1ms"), jitter = [Jitter.NONE])
        open suspend fun find(number: Int): String {
            val attempt = attempt()
            yield()
            check(attempt == attempt()) { "$attempt has become ${attempt()}" }
            if (attempts.incrementAndGet() % 3 != 0) {
                throw ConnectException("down")
            }
            return "$number in $attempt"
        }
    }

    @Test
    fun eachKnowsItsOwnAttemptAmongManyOnManyThreads() {
        Apps.with("retrykit.defaults.policy: { max-attempts: 1000, budget: { time: 10000h, unlimited: true } }")
            .withBean(Busy::class.java)
            .run { context ->
                val service = context.getBean(Busy::class.java)
                val time = context.getBean(ManualTime::class.java)
                runBlocking {
                    val calls = List(500) { async(Dispatchers.Default) { service.find(it) } }
                    while (calls.any { !it.isCompleted }) {
                        time.advance(Duration.ofMillis(1))
                        yield()
                    }
                    calls.forEachIndexed { number, call -> assertThat(call.await()).startsWith("$number in ") }
                }
                assertThat(service.target.attempts).hasValueGreaterThanOrEqualTo(1500)
                assertThat(time.pending()).isZero()
            }
    }

    open class Keyed {

        @CircuitGuarded(key = "#region")
        open suspend fun find(sku: String, region: String): String {
            yield()
            return "$sku in $region"
        }
    }

    @Test
    fun aSuspendingFunctionHasOneCircuitForEachKey() {
        app.withBean(Keyed::class.java).run { context ->
            val found = runBlocking { context.getBean(Keyed::class.java).find("apple", "eu") }
            assertThat(found).isEqualTo("apple in eu")
            val circuit = context.getBean(Retries::class.java).findCircuit("Keyed.find").orElseThrow()
            assertThat(circuit.keys()).containsOnlyKeys("eu")
        }
    }
}

internal fun attempt(): Int? = RetryContext.current().map { it.attempt() }.orElse(null)
