package dev.retrykit.spring.aspect.adapter

import dev.retrykit.annotation.CircuitGuarded
import dev.retrykit.annotation.Retryable
import dev.retrykit.spring.Apps
import dev.retrykit.spring.registry.Retries
import dev.retrykit.spring.settings.InvalidSettingException
import java.io.FileNotFoundException
import java.io.IOException
import java.net.ConnectException
import java.net.SocketException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

internal class SuspendingFallbackTests {

    private val app = Apps.plain()

    open class Service {

        var failure: Throwable = ConnectException("down")
        val noted = mutableListOf<String>()
        var cancelled = 0

        @Retryable(fallback = "cached")
        open suspend fun find(sku: String, count: Int): String {
            yield()
            throw failure
        }

        private suspend fun cached(sku: String, count: Int): String {
            yield()
            return "$count cached $sku"
        }

        @Retryable(fallback = "explained")
        open suspend fun explain(sku: String): String {
            yield()
            throw failure
        }

        private suspend fun explained(sku: String, failure: IOException): String {
            yield()
            return "io ${failure.message}"
        }

        private fun explained(sku: String, failure: SocketException): String = "socket ${failure.message}"

        private suspend fun explained(sku: String): String = "whatever"

        @Retryable(fallback = "zero")
        open suspend fun count(): Int = throw failure

        private fun zero(failure: Throwable): Int = 0

        @Retryable(fallback = "nothing")
        open suspend fun maybe(): String? = throw failure

        private fun nothing(): String? = null

        @Retryable(fallback = "note")
        open suspend fun send(text: String) {
            throw failure
        }

        private suspend fun note(text: String) {
            yield()
            noted += text
        }

        @Retryable(fallback = "noteNow")
        open suspend fun sendNow(text: String) {
            throw failure
        }

        private fun noteNow(text: String) {
            noted += text
        }

        @Retryable(fallback = "alsoBroken")
        open suspend fun broken(): String = throw failure

        private suspend fun alsoBroken(): String {
            yield()
            throw Missing(7)
        }

        @Retryable(fallback = "waits")
        open suspend fun slow(): String = throw failure

        private suspend fun waits(): String =
            try {
                awaitCancellation()
            } finally {
                cancelled++
            }

        @CircuitGuarded(fallback = "cached")
        open suspend fun guarded(sku: String, count: Int): String = throw failure

        @Retryable(fallback = "emptyList")
        open fun stream(before: Int): Flow<Int> = flow {
            repeat(before) { emit(it) }
            throw failure
        }

        private fun emptyList(before: Int, failure: IOException): Flow<Int> = flowOf(-1)

        @Retryable(fallback = "emptyListLater")
        open suspend fun streamLater(): Flow<Int> = flow { throw failure }

        private suspend fun emptyListLater(): Flow<Int> {
            yield()
            return flowOf(-1)
        }
    }

    /** Has a field of its own, which keeps kotlinx.coroutines from copying it. */
    class Missing(val code: Int) : FileNotFoundException("no cache")

    @Test
    fun mayBeSuspendingAndPrivate() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.find("a", 2) }).isEqualTo("2 cached a")
        }

    @Test
    fun isChosenByTheMostSpecificFailureWhetherItIsSuspendingOrPlain() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.explain("a") }).isEqualTo("socket down")
            service.target.failure = FileNotFoundException("gone")
            assertThat(complete { service.explain("a") }).isEqualTo("io gone")
            service.target.failure = IllegalStateException("wrong")
            assertThat(complete { service.explain("a") }).isEqualTo("whatever")
        }

    @Test
    fun mayAnswerWithANumberOrNull() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.count() }).isZero()
            assertThat(complete { service.maybe() }).isNull()
        }

    @Test
    fun mayAnswerNothing() =
        app.use<Service> { service, _ ->
            complete { service.send("later") }
            complete { service.sendNow("now") }

            assertThat(service.target.noted).containsExactly("later", "now")
        }

    @Test
    fun mayFailAndThenTellsOfTheFailureBefore() =
        app.use<Service> { service, _ ->
            val failure = failureOf { service.broken() }

            assertThat(failure).isInstanceOf(Missing::class.java)
            assertThat(failure.suppressed).containsExactly(service.target.failure)
        }

    @Test
    fun isCancelledWithTheCaller() =
        app.use<Service> { service, _ ->
            service.target.failure = IllegalStateException("wrong")
            val call = begin { service.slow() }

            call.cancelAndJoin()

            settle()
            assertThat(service.target.cancelled).isEqualTo(1)
        }

    @Test
    fun answersForACircuitToo() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.guarded("a", 1) }).isEqualTo("1 cached a")
        }

    @Test
    fun answersForAFlowThatHasNotEmitted() =
        app.use<Service> { service, _ ->
            assertThat(complete { service.stream(0).toList() }).containsExactly(-1)
            assertThat(complete { service.streamLater().toList() }).containsExactly(-1)
        }

    @Test
    fun leavesAFlowAloneThatHasEmitted() =
        app.use<Service> { service, _ ->
            val seen = mutableListOf<Int>()

            val failure = failureOf { service.stream(2).onEach { seen += it }.toList() }

            assertThat(failure).isInstanceOf(ConnectException::class.java)
            assertThat(seen).containsExactly(0, 1)
        }

    @Test
    fun isCounted() =
        app.use<Service> { service, context ->
            complete { service.find("a", 2) }
            failureOf { service.broken() }

            val retries = context.getBean(Retries::class.java)
            assertThat(retries.findPolicy("Service.find").orElseThrow().fallbacks().successes()).isEqualTo(1)
            assertThat(retries.findPolicy("Service.broken").orElseThrow().fallbacks().failures()).isEqualTo(1)
        }

    open class SuspendingForPlain {

        @Retryable(fallback = "cached")
        open fun find(sku: String): String = sku

        private suspend fun cached(sku: String): String = sku
    }

    open class OtherParameters {

        @Retryable(fallback = "cached")
        open suspend fun find(sku: String): String = sku

        private suspend fun cached(count: Int): String = "$count"
    }

    open class OtherResult {

        @Retryable(fallback = "cached")
        open suspend fun find(sku: String): String = sku

        private suspend fun cached(sku: String): Int = 0
    }

    open class Misspelt {

        @Retryable(fallback = "chached")
        open suspend fun find(sku: String): String = sku

        private suspend fun cached(sku: String): String = sku
    }

    private inline fun <reified T : Any> assertRefused(message: String, action: String) {
        app.withBean(T::class.java).run { context ->
            assertThat(context).failure.rootCause().isInstanceOfSatisfying(InvalidSettingException::class.java) {
                assertThat(it).hasMessage(message)
                assertThat(it.action()).isEqualTo(action)
            }
        }
    }

    @Test
    fun ofAPlainFunctionMustNotBeSuspending() =
        assertRefused<SuspendingForPlain>(
            "SuspendingForPlain.find(String) names the fallback 'cached', but that is a suspending function, which only" +
                " another suspending function can call.",
            action<SuspendingForPlain>("String cached(String)")
        )

    @Test
    fun mustTakeTheSameParameters() =
        assertRefused<OtherParameters>(
            "OtherParameters.find(String) names the fallback 'cached', but its parameters do not match:" +
                " OtherParameters.cached(int).",
            action<OtherParameters>("String cached(String)")
        )

    @Test
    fun mustReturnWhatFits() =
        assertRefused<OtherResult>(
            "OtherResult.find(String) names the fallback 'cached', but OtherResult.cached(String) returns Integer instead" +
                " of String.",
            "Change the return type of the fallback."
        )

    @Test
    fun mustBeThere() =
        assertRefused<Misspelt>(
            "Misspelt.find(String) names the fallback 'chached', but no such method exists. Did you mean 'cached'?",
            action<Misspelt>("String chached(String)")
        )

    private inline fun <reified T : Any> action(method: String) =
        "Declare a method '$method' in ${T::class.java.name}, optionally with the failure (a Throwable) as an" +
            " additional last parameter."
}
