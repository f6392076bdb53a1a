package dev.retrykit.spring

import dev.retrykit.annotation.Retryable
import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration
import dev.retrykit.time.ManualTime
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.springframework.beans.factory.getBean
import org.springframework.boot.WebApplicationType
import org.springframework.boot.autoconfigure.ImportAutoConfiguration
import org.springframework.boot.builder.SpringApplicationBuilder
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.core.task.SyncTaskExecutor

/** Calls a suspending function that fails, and tells whether what it threw has arrived. */
class SuspendingApplication : Callable<String> {

    open class Service(private val thrown: MutableList<Throwable>) {

        @Retryable
        open suspend fun find(): String = throw ConnectException("down").also { thrown += it }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RetrykitAutoConfiguration::class)
    open class Beans {

        @Bean
        open fun time() = ManualTime()

        @Bean
        open fun applicationTaskExecutor() = SyncTaskExecutor()

        @Bean
        open fun thrown(): MutableList<Throwable> = CopyOnWriteArrayList()

        @Bean
        open fun service(thrown: MutableList<Throwable>) = Service(thrown)
    }

    override fun call(): String =
        SpringApplicationBuilder(Beans::class.java).web(WebApplicationType.NONE).run().use { context ->
            val service = context.getBean(Service::class.java)
            val thrown = context.getBean<MutableList<Throwable>>("thrown")
            val time = context.getBean(ManualTime::class.java)
            runBlocking {
                val call = async { runCatching { service.find() } }
                while (!call.isCompleted) {
                    time.advance(Duration.ofSeconds(1))
                    yield()
                }
                val failure = call.await().exceptionOrNull()
                (if (failure === thrown.last()) "the same" else "a copy") + " after ${thrown.size}"
            }
        }
}
