package dev.retrykit.spring.call;

import java.lang.reflect.Method;
import java.util.Objects;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.Job;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.CoroutinesUtils;

/** Calls suspending functions, as Spring's proxies do. Loaded only where there are such. */
final class Coroutines {

    private Coroutines() {}

    /** In the context of the caller's coroutine, without its job: cancelling goes through the subscription. */
    static Publisher<?> call(
            Method method, Object target, @Nullable Object[] arguments, @Nullable Object continuation) {
        CoroutineContext caller = Objects.requireNonNull((Continuation<?>) continuation, "continuation")
                .getContext();
        return CoroutinesUtils.invokeSuspendingFunction(caller.minusKey(Job.Key), method, target, arguments);
    }
}
