package dev.retrykit.spring.aspect.adapter

import dev.retrykit.annotation.Retryable
import dev.retrykit.spring.Apps
import dev.retrykit.spring.registry.Retries
import dev.retrykit.spring.settings.InvalidSettingException
import java.net.ConnectException
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.catchThrowable
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.springframework.aop.framework.ProxyFactory
import org.springframework.aop.support.AopUtils
import org.springframework.boot.test.system.CapturedOutput
import org.springframework.boot.test.system.OutputCaptureExtension

/** Kotlin's classes are final, and its names aren't always those of the virtual machine. */
@ExtendWith(OutputCaptureExtension::class)
internal class KotlinClassesTests {

    private val app = Apps.plain()

    class Final {

        @Retryable
        fun find() = "found"
    }

    @Test
    fun aFinalClassIsRefusedAndTheWayOutNamed() {
        app.withBean(Final::class.java).run { context ->
            assertThat(context).failure.rootCause().isInstanceOfSatisfying(InvalidSettingException::class.java) {
                assertThat(it)
                    .hasMessage(
                        "Final has methods with @Retryable or @CircuitGuarded, but ${Final::class.java.name} cannot be" +
                            " proxied: it is final."
                    )
                assertThat(it.action())
                    .isEqualTo(
                        "Make the class and its functions open, or use the kotlin-spring compiler plugin, which opens" +
                            " classes with @Component, @Service and similar annotations, or call it through an interface and set" +
                            " spring.aop.proxy-target-class=false."
                    )
            }
        }
    }

    open class Closed {

        @Retryable
        fun find() = "found"

        @Retryable
        private fun hidden() = "hidden"

        @Retryable
        open fun open() = hidden()
    }

    @Test
    fun aFinalFunctionOfAnOpenClassIsWarnedAbout(output: CapturedOutput) {
        app.withBean(Closed::class.java).run { context ->
            assertThat(context).hasNotFailed()
            assertThat(output)
                .contains(
                    "Closed.find() is annotated, but final: a proxy of its class cannot retry or guard it. Make it open," +
                        " as the kotlin-spring compiler plugin does."
                )
                .contains("Closed.hidden() is annotated, but private final: a proxy of its class cannot retry or guard it.")
                .doesNotContain("Closed.open() is annotated")
        }
    }

    interface Finder {

        suspend fun find(sku: String): String
    }

    class FinalFinder : Finder {

        private var attempts = 0

        @Retryable
        override suspend fun find(sku: String): String {
            yield()
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return "$sku in ${attempt()}"
        }
    }

    @Test
    fun aFinalClassIsRetriedBehindAProxyOfItsInterfaces() {
        app.withPropertyValues("spring.aop.proxy-target-class=false")
            .withBean("other", FinalFinder::class.java)
            .run { context ->
                val finder = context.getBean(Finder::class.java)
                assertThat(AopUtils.isJdkDynamicProxy(finder)).isTrue()
                context.standing { assertThat(complete { finder.find("a") }).isEqualTo("a in 3") }
            }
    }

    @JvmInline
    value class Sku(val text: String)

    open class Named {

        private var attempts = 0

        @Retryable(fallback = "cached")
        open suspend fun find(sku: Sku): String {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            throw IllegalStateException("$sku is wrong")
        }

        private suspend fun cached(sku: Sku, failure: IllegalStateException): String = "${failure.message}, $sku"

        @Retryable(fallback = "plainCached")
        open fun plain(sku: Sku): String = throw IllegalStateException("$sku is wrong")

        private fun plainCached(sku: Sku): String = "cached ${sku.text}"

        @Retryable(fallback = "internallyCached")
        internal open fun internally(sku: String = "b"): String = throw IllegalStateException("$sku is wrong")

        internal fun internallyCached(sku: String = "c"): String = "cached $sku"
    }

    @Test
    fun policiesAndFallbacksHaveTheNamesThatAreWritten() {
        app.withBean(Named::class.java).run { context ->
            val service = context.getBean(Named::class.java)
            context.standing {
                assertThat(complete { service.find(Sku("a")) }).isEqualTo("Sku(text=a) is wrong, Sku(text=a)")
            }
            assertThat(service.plain(Sku("a"))).isEqualTo("cached a")
            assertThat(service.internally()).isEqualTo("cached b")
            assertThat(context.getBean(Retries::class.java).policies())
                .extracting<String> { it.name() }
                .containsExactlyInAnyOrder("Named.find", "Named.internally", "Named.plain")
        }
    }

    interface GenericFinder<T> {

        suspend fun find(id: T): String
    }

    open class GenericService : GenericFinder<String> {

        private var attempts = 0

        @Retryable
        override suspend fun find(id: String): String {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return "$id in ${attempt()}"
        }
    }

    @Test
    fun aSuspendingFunctionOfAGenericInterfaceIsRetriedOnce() {
        app.withBean(GenericService::class.java).run { context ->
            @Suppress("UNCHECKED_CAST")
            val finder = context.getBean(GenericFinder::class.java) as GenericFinder<String>
            context.standing { assertThat(complete { finder.find("a") }).isEqualTo("a in 3") }
            assertThat(context.getBean(Retries::class.java).policies())
                .singleElement()
                .extracting { it.counters().attempts() }
                .isEqualTo(3L)
        }
    }

    interface AnnotatedFinder {

        @Retryable
        suspend fun find(id: String): String
    }

    class Implementation : AnnotatedFinder {

        private var attempts = 0

        override suspend fun find(id: String): String {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return "$id in ${attempt()}"
        }
    }

    @Test
    fun anAnnotationOnAnInterfaceHolds() {
        app.withPropertyValues("spring.aop.proxy-target-class=false")
            .withBean(Implementation::class.java)
            .run { context ->
                val finder = context.getBean(AnnotatedFinder::class.java)
                context.standing { assertThat(complete { finder.find("a") }).isEqualTo("a in 3") }
            }
    }

    @Retryable
    open class OnTheType {

        private var attempts = 0

        open suspend fun find(): String {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return "in ${attempt()}"
        }
    }

    @Test
    fun anAnnotationOnTheClassHolds() =
        app.use<OnTheType> { service, _ -> assertThat(complete { service.find() }).isEqualTo("in 3") }

    open class Hopeless {

        @Retryable
        open suspend fun fail(): Nothing = throw ConnectException("down")

        @Retryable
        open fun failAtOnce(): Nothing = throw ConnectException("down")

        @Retryable
        open suspend fun find(): String = "found in ${attempt()}"
    }

    @Test
    fun aSuspendingFunctionThatReturnsNothingStartsWithAWarning(output: CapturedOutput) {
        app.withBean(Hopeless::class.java).run { context ->
            assertThat(context).hasNotFailed()
            assertThat(output)
                .containsOnlyOnce("is a suspending function that returns Nothing")
                .contains("Hopeless.fail() is a suspending function that returns Nothing: a Spring proxy cannot call it")
            val service = context.getBean(Hopeless::class.java)
            context.standing { assertThat(complete { service.find() }).isEqualTo("found in 1") }
            assertThat(catchThrowable { service.failAtOnce() }).isInstanceOf(ConnectException::class.java)
        }
    }

    /** What the warning says: Spring's own proxies read the return type so. */
    @Test
    fun springsProxiesCantCallAFunctionThatReturnsNothing() {
        val proxy = ProxyFactory(Hopeless()).apply { isProxyTargetClass = true }.proxy as Hopeless
        assertThat(catchThrowable { runBlocking { proxy.fail() } }).isInstanceOf(NoSuchElementException::class.java)
    }

    open class Defaults {

        private var attempts = 0

        @Retryable
        @JvmOverloads
        open fun find(sku: String, store: String = "main", count: Int = 1): String {
            if (++attempts < 3) {
                throw ConnectException("down")
            }
            return "$sku $store $count in ${attempt()}"
        }

        @Retryable
        fun closed(sku: String, store: String = "main") = "$sku $store"
    }

    @Retryable
    open class DefaultsOfTheType {

        @JvmOverloads open fun find(sku: String, store: String = "main"): String = "$sku $store in ${attempt()}"
    }

    @Test
    fun overloadsForDefaultArgumentsAreRetriedByTheirFunction(output: CapturedOutput) {
        app.withBean(Defaults::class.java).withBean(DefaultsOfTheType::class.java).run { context ->
            val find = Defaults::class.java.getMethod("find", String::class.java)
            assertThat(find.invoke(context.getBean(Defaults::class.java), "a")).isEqualTo("a main 1 in 3")
            val findOfTheType = DefaultsOfTheType::class.java.getMethod("find", String::class.java)
            assertThat(findOfTheType.invoke(context.getBean(DefaultsOfTheType::class.java), "a"))
                .isEqualTo("a main in 1")
            assertThat(output)
                .doesNotContain("find(String) is annotated", "find(String, String) is annotated")
                .doesNotContain("is already the name for", "overloaded")
                .contains("Defaults.closed(String, String) is annotated, but final")
            assertThat(context.getBean(Retries::class.java).policies())
                .extracting<String> { it.name() }
                .containsExactlyInAnyOrder("Defaults.find", "Defaults.closed", "DefaultsOfTheType.find")
        }
    }
}
