package dev.retrykit.spring.aspect

import dev.retrykit.CallStyle
import dev.retrykit.Retry
import dev.retrykit.annotation.Retryable
import dev.retrykit.function.ThrowingCallable
import dev.retrykit.time.ManualTime
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine

/** Calls of annotated functions that suspend, through Spring's proxies. */
internal enum class SuspendingStyle(private val seesValues: Boolean) : CallStyle {
    SUSPENDING(true) {
        override suspend fun call(service: Service) = service.find()
    },

    /** Goes on by a later step of the clock. */
    SUSPENDED(true) {
        override suspend fun call(service: Service) = service.findLater()
    },
    FLOW(false) {
        override suspend fun call(service: Service) = service.stream().toList().singleOrNull()
    },
    FLOW_LATER(false) {
        override suspend fun call(service: Service) = service.streamLater().toList().singleOrNull()
    };

    abstract suspend fun call(service: Service): Any?

    override fun judgesValues() = seesValues

    override fun make(
        retry: Retry,
        time: ManualTime,
        body: ThrowingCallable<Any, *>,
        caller: Consumer<Runnable>
    ): CallStyle.Result {
        val service = AnnotatedStyle.proxied(Service(time, body), retry, true)
        val outcome = CompletableFuture<Any?>()
        val job =
            CoroutineScope(Here).launch(start = CoroutineStart.LAZY) {
                runCatching { call(service) }
                    .onSuccess(outcome::complete)
                    .onFailure { outcome.completeExceptionally(thrown(it)) }
            }
        caller.accept {
            job.cancel()
            outcome.cancel(true)
        }
        job.start()
        @Suppress("UNCHECKED_CAST")
        return CallStyle.await(time, outcome as CompletableFuture<Any>)
    }

    /** Where assertions are on, kotlinx.coroutines copies exceptions, and marks the copy's stack. */
    private fun thrown(failure: Throwable): Throwable {
        val cause = failure.cause
        val copied = failure.stackTrace.any { it.className.startsWith("_COROUTINE") }
        return if (copied && cause != null && cause.javaClass == failure.javaClass) cause else failure
    }

    /** At once: the unconfined dispatcher lets a coroutine that begins inside of another wait for that one. */
    private object Here : CoroutineDispatcher() {

        override fun dispatch(context: CoroutineContext, block: Runnable) = block.run()
    }

    /** What users write. */
    open class Service(private val time: ManualTime, private val body: ThrowingCallable<Any, *>) {

        private suspend fun pause() = suspendCancellableCoroutine { waiting ->
            val scheduled = time.schedule({ waiting.resumeWith(Result.success(Unit)) }, 0)
            waiting.invokeOnCancellation { scheduled.cancel() }
        }

        @Retryable
        open suspend fun find(): Any? = body.call()

        @Retryable
        open suspend fun findLater(): Any? {
            val result = runCatching { body.call() }
            pause()
            return result.getOrThrow()
        }

        @Retryable
        open fun stream(): Flow<Any> = flow { body.call()?.let { emit(it) } }

        @Retryable
        open suspend fun streamLater(): Flow<Any> {
            val result = runCatching { body.call() }
            return flow {
                pause()
                result.getOrThrow()?.let { emit(it) }
            }
        }
    }
}
