package dev.retrykit.spring.aspect.adapter

import dev.retrykit.Retry
import dev.retrykit.RetryPolicy
import dev.retrykit.annotation.Backoff
import dev.retrykit.annotation.Retryable
import dev.retrykit.backoff.Jitter
import dev.retrykit.backoff.Strategy
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.streams.asSequence
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.stereotype.Service

/** The Kotlin of the documentation is in this file, so it compiles. */
internal class KotlinPageTests {

    interface Warehouse {

        suspend fun count(sku: String): Int

        fun all(): List<String>
    }

    interface Cache {

        suspend fun count(sku: String): Int

        fun load(skus: List<String>)
    }

    interface BlockingWarehouse {

        fun count(sku: String): Int
    }

    @Service
    class StockService(private val warehouse: Warehouse, private val cache: Cache) {

        @Retryable("inventory", fallback = "cached")
        suspend fun stock(sku: String): Int = warehouse.count(sku)

        private suspend fun cached(sku: String, failure: IOException): Int = cache.count(sku)

        @Retryable(
            maxAttempts = 5,
            backoff = Backoff(strategy = [Strategy.FIXED], delay = "200ms"),
            jitter = [Jitter.NONE],
            retryOn = [IOException::class],
        )
        fun refresh() = cache.load(warehouse.all())
    }

    private fun withoutSpring(warehouse: BlockingWarehouse, sku: String): Int {
        val retry = Retry.builder("inventory").policy(RetryPolicy.builder().maxAttempts(4).build()).build()

        val count = retry.call<Int, IOException> { warehouse.count(sku) }
        return count
    }

    @Test
    fun allOfItIsHere() {
        val here = lines(Files.readString(Path.of("src/test/kotlin/dev/retrykit/spring/aspect/adapter/KotlinPageTests.kt")))
        val shown = pages().flatMap { page -> BLOCK.findAll(Files.readString(page)).map { it.groupValues[1] } }.toList()
        assertThat(shown).hasSizeGreaterThan(1)
        assertThat(shown).allSatisfy { block ->
            val (imports, code) = lines(block).lines().partition { it.startsWith("import ") }
            assertThat(here.lines()).containsAll(imports)
            assertThat(here).contains(code.joinToString("\n").trim())
        }
    }

    @Test
    fun itCanBeCalled() {
        val warehouse = object : BlockingWarehouse {
            override fun count(sku: String) = 7
        }
        assertThat(withoutSpring(warehouse, "green-tea")).isEqualTo(7)
    }

    private fun pages(): Sequence<Path> =
        (Files.walk(Path.of("../docs")).asSequence() + sequenceOf(Path.of("../README.md")))
            .filter { it.toString().endsWith(".md") }

    /** However far it is indented. */
    private fun lines(text: String) = text.lines().joinToString("\n") { it.trim() }.trim()

    private companion object {

        private val BLOCK = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
    }
}
