package dev.retrykit.spring.aspect.adapter

import dev.retrykit.time.ManualTime
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.plus
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.springframework.boot.test.context.assertj.AssertableApplicationContext
import org.springframework.boot.test.context.runner.ApplicationContextRunner
import org.springframework.test.util.AopTestUtils

/** What every coroutine of a test does at once is done after so many rounds. */
private const val ROUNDS = 20

private const val LONGEST_SECONDS = 36_000

/** Coroutines of one thread, on a clock that stands still. */
internal class StandingTime(private val scope: CoroutineScope, private val time: ManualTime) {

    /** Lets all coroutines run until each waits for something. */
    suspend fun settle() = repeat(ROUNDS) { yield() }

    suspend fun advance(duration: Duration) {
        time.advance(duration)
        settle()
    }

    /** How many tasks wait for their time. */
    val pending: Int
        get() = time.pending()

    /** Begins a call, and lets it run until it waits for something. A failure is a value: it cancels nothing. */
    suspend fun <T> begin(call: suspend () -> T): Deferred<Result<T>> {
        val begun = scope.async { runCatching { call() } }
        settle()
        return begun
    }

    /** Makes a call, and moves the clock until it is over. */
    suspend fun <T> complete(call: suspend () -> T): T {
        val begun = begin(call)
        var seconds = 0
        while (!begun.isCompleted) {
            check(seconds++ < LONGEST_SECONDS) { "the call doesn't end" }
            advance(Duration.ofSeconds(1))
        }
        return begun.await().getOrThrow()
    }

    suspend fun failureOf(call: suspend () -> Any?): Throwable =
        try {
            throw AssertionError("no failure, but " + complete(call))
        } catch (failure: Exception) {
            failure
        }
}

/** Uses a bean on the application's clock. */
internal inline fun <reified T : Any> ApplicationContextRunner.use(
    crossinline test: suspend StandingTime.(T, AssertableApplicationContext) -> Unit
) {
    withBean(T::class.java).run { context -> context.standing { test(context.getBean(T::class.java), context) } }
}

/** Runs coroutines on the application's clock. No call holds up the end of a test that fails: it may wait forever. */
internal fun AssertableApplicationContext.standing(test: suspend StandingTime.() -> Unit) = runBlocking {
    StandingTime(this + Job(), getBean(ManualTime::class.java)).test()
}

/** What is behind a proxy of its class, which has no fields of its own. */
internal val <T : Any> T.target: T
    get() = AopTestUtils.getTargetObject(this)
