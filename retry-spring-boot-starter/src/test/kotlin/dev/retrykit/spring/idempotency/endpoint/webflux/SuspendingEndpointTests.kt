package dev.retrykit.spring.idempotency.endpoint.webflux

import dev.retrykit.annotation.Idempotent
import dev.retrykit.spring.idempotency.Replies.assertReplay
import dev.retrykit.spring.idempotency.Replies.text
import dev.retrykit.spring.idempotency.Shop
import java.util.UUID
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.springframework.boot.WebApplicationType
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RequestBody
import org.springframework.web.bind.annotation.RestController

@Tag("server")
class SuspendingEndpointTests {

    @RestController
    open class Payments {

        @Idempotent
        @PostMapping("/payments")
        open suspend fun pay(@RequestBody order: Map<String, Any>): String {
            delay(1)
            return "run ${calls.incrementAndGet()} $order"
        }

        @Idempotent(scope = "#order['tenant']")
        @PostMapping("/scoped")
        open suspend fun scoped(@RequestBody order: Map<String, Any>): String {
            delay(1)
            return "run ${calls.incrementAndGet()} $order"
        }
    }

    @RestController
    open class Streams {

        @Idempotent
        @PostMapping("/events")
        open suspend fun events(): Flow<String> = flowOf("first")
    }

    private val key = UUID.randomUUID().toString()

    @Test
    fun answersRepeatsOfSuspendingFunctions() {
        Shop.start(WebApplicationType.REACTIVE, mapOf(), Payments::class.java).use { shop ->
            assertThat(shop.post("/payments", key, "{").statusCode()).isEqualTo(400)
            val first = shop.post("/payments", key, "{\"cents\":1}")
            assertThat(text(first)).startsWith("run ")
            assertReplay(first, shop.post("/payments", key, "{\"cents\":1}"))
            assertThat(shop.post("/payments", key, "{\"cents\":2}").statusCode()).isEqualTo(422)

            val acme = shop.post("/scoped", key, "{\"tenant\":\"acme\"}")
            val other = shop.post("/scoped", key, "{\"tenant\":\"other\"}")
            assertThat(text(other)).startsWith("run ").isNotEqualTo(text(acme))
            assertReplay(acme, shop.post("/scoped", key, "{\"tenant\":\"acme\"}"))
        }
    }

    @Test
    fun refusesAFlowThatASuspendingFunctionReturns() {
        assertThatThrownBy { Shop.start(WebApplicationType.REACTIVE, mapOf(), Streams::class.java) }
            .hasMessageContaining("a streamed response never exists as a whole")
    }

    companion object {
        private val calls = AtomicInteger()
    }
}
