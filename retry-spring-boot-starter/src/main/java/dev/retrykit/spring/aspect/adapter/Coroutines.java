package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.function.Function;
import kotlin.Unit;
import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.ThreadContextElement;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import kotlinx.coroutines.reactor.ReactorFlowKt;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.CoroutinesUtils;
import reactor.core.publisher.Flux;

/** Calls Kotlin's suspending functions and Flows the way Spring's proxies do. Loaded only if needed. */
final class Coroutines {

    private Coroutines() {}

    /**
     * Runs in the context of the caller's coroutine, but without its job: cancellation goes through the subscription.
     */
    static Publisher<?> call(
            Method method, Object target, @Nullable Object[] arguments, @Nullable Object continuation) {
        return CoroutinesUtils.invokeSuspendingFunction(
                withoutJob(of(continuation).getContext()), method, target, arguments);
    }

    /** Returns arguments that make the function part of this thread's attempt, on every thread where it resumes. */
    static @Nullable Object[] inAttempt(@Nullable Object[] arguments) {
        int last = arguments.length - 1;
        Continuation<Object> caller = of(arguments[last]);
        @Nullable Object[] ofAttempt = arguments.clone();
        ofAttempt[last] = new InAttempt(caller, inAttempt(caller.getContext()));
        return ofAttempt;
    }

    /**
     * Creates a Flow that is collected through publishers.
     *
     * @param call creates the publisher for one collector, from a function that turns each attempt's Flow into a
     *     publisher within this thread's attempt
     */
    static Flow<Object> flow(Function<Function<@Nullable Object, Publisher<Object>>, Object> call) {
        return new Collected(call);
    }

    private static CoroutineContext inAttempt(CoroutineContext context) {
        return RetryContext.current()
                .map(attempt -> context.plus(new AttemptElement(attempt)))
                .orElse(context);
    }

    private static CoroutineContext withoutJob(CoroutineContext context) {
        return context.minusKey(Job.Key);
    }

    @SuppressWarnings("unchecked")
    private static Continuation<Object> of(@Nullable Object continuation) {
        return Objects.requireNonNull((Continuation<Object>) continuation, "continuation");
    }

    private record Collected(Function<Function<@Nullable Object, Publisher<Object>>, Object> call)
            implements Flow<Object> {

        @Override
        public @Nullable Object collect(FlowCollector<? super Object> collector, Continuation<? super Unit> done) {
            CoroutineContext context = withoutJob(done.getContext());
            Publisher<?> publisher = (Publisher<?>) call.apply(returned -> publisherOf(returned, context));
            return ReactiveFlowKt.asFlow(publisher).collect(collector, done);
        }

        private static Publisher<Object> publisherOf(@Nullable Object returned, CoroutineContext context) {
            return returned == null ? Flux.empty() : ReactorFlowKt.asFlux((Flow<?>) returned, inAttempt(context));
        }
    }

    /** The caller's continuation, with the attempt in its context. */
    private record InAttempt(Continuation<Object> caller, CoroutineContext context) implements Continuation<Object> {

        @Override
        public CoroutineContext getContext() {
            return context;
        }

        @Override
        public void resumeWith(Object result) {
            caller.resumeWith(result);
        }
    }

    /** Carries the attempt to each thread that its coroutine runs on. */
    private static final class AttemptElement extends AbstractCoroutineContextElement
            implements ThreadContextElement<Scope> {

        private static final CoroutineContext.Key<AttemptElement> KEY = new CoroutineContext.Key<>() {};

        private final RetryContext attempt;

        AttemptElement(RetryContext attempt) {
            super(KEY);
            this.attempt = attempt;
        }

        @Override
        public Scope updateThreadContext(CoroutineContext context) {
            return attempt.enter();
        }

        @Override
        public void restoreThreadContext(CoroutineContext context, Scope before) {
            before.close();
        }
    }
}
