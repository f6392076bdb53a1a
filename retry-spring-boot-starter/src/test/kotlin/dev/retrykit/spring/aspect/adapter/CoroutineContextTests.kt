package dev.retrykit.spring.aspect.adapter

import dev.retrykit.annotation.Retryable
import dev.retrykit.spring.Apps
import java.net.ConnectException
import java.time.Duration
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.slf4j.MDCContext
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.slf4j.MDC

/** Every attempt, and the fallback, goes on in the context of the caller's coroutine. */
internal class CoroutineContextTests {

    private val app = Apps.plain()

    /** Something that a caller takes along. */
    class Tenant(val name: String) : AbstractCoroutineContextElement(Tenant) {
        companion object : CoroutineContext.Key<Tenant>
    }

    open class Service {

        val seen = mutableListOf<String?>()

        private suspend fun look() {
            seen += currentCoroutineContext()[Tenant]?.name + " " + MDC.get("trace") + " " + attempt()
        }

        @Retryable(fallback = "cached")
        open suspend fun find(): String {
            look()
            yield()
            look()
            throw ConnectException("down")
        }

        private suspend fun cached(): String {
            yield()
            look()
            return "cached"
        }

        @Retryable(fallback = "cachedFlow")
        open fun stream(): Flow<String> = flow {
            look()
            yield()
            look()
            throw ConnectException("down")
        }

        private fun cachedFlow(): Flow<String> = flow {
            look()
            emit("cached")
        }

        @Retryable
        open suspend fun moves(): String {
            withContext(Dispatchers.IO) { look() }
            look()
            if (seen.size < 6) {
                throw ConnectException("down")
            }
            return "moved"
        }
    }

    private val everywhere =
        listOf(1, 1, 2, 2, 3, 3, null).map { "acme 4711 $it" }

    /** Of two that are decorrelated: from 200 ms to three times the one before. */
    private val longestDelay = Duration.ofMillis(1_800)

    private fun caller(): CoroutineContext = Tenant("acme") + MDCContext(mapOf("trace" to "4711"))

    @Test
    fun ofASuspendingFunction() =
        app.use<Service> { service, _ ->
            assertThat(complete { withContext(caller()) { service.find() } }).isEqualTo("cached")

            assertThat(service.target.seen).containsExactlyElementsOf(everywhere)
            assertThat(MDC.get("trace")).isNull()
        }

    @Test
    fun ofAFlow() =
        app.use<Service> { service, _ ->
            assertThat(complete { withContext(caller()) { service.stream().toList() } }).containsExactly("cached")

            assertThat(service.target.seen).containsExactlyElementsOf(everywhere)
            assertThat(MDC.get("trace")).isNull()
        }

    @Test
    fun alsoWithoutADispatcher() =
        app.use<Service> { service, _ ->
            val context = caller() + Dispatchers.Unconfined

            assertThat(complete { withContext(context) { service.find() } }).isEqualTo("cached")

            assertThat(service.target.seen).containsExactlyElementsOf(everywhere)
            assertThat(attempt()).isNull()
        }

    /** Keeps what it is to run until it is told to. */
    private class Held : CoroutineDispatcher() {

        val tasks = ArrayDeque<Runnable>()

        override fun dispatch(context: CoroutineContext, block: Runnable) {
            tasks += block
        }

        fun run() {
            while (tasks.isNotEmpty()) {
                tasks.removeFirst().run()
            }
        }
    }

    @Test
    fun withItsDispatcher() =
        app.use<Service> { service, _ ->
            val held = Held()
            val call = begin { withContext(caller() + held) { service.find() } }

            for (attempt in 1..3) {
                advance(longestDelay)
                assertThat(service.target.seen).hasSize(2 * attempt - 2)
                held.run()
                settle()
            }

            assertThat(call.await()).isEqualTo(Result.success("cached"))
            assertThat(service.target.seen).containsExactlyElementsOf(everywhere)
            assertThat(attempt()).isNull()
        }

    @Test
    fun alsoOnOtherThreads() =
        app.withPropertyValues("retrykit.defaults.policy.budget.time=10000h").use<Service> { service, _ ->
            val call = begin { withContext(caller()) { service.moves() } }

            while (!call.isCompleted) {
                advance(Duration.ofMillis(1))
            }

            assertThat(call.await()).isEqualTo(Result.success("moved"))
            assertThat(service.target.seen).containsExactlyElementsOf(everywhere.dropLast(1))
        }
}
