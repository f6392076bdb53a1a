package dev.retrykit.spring.call;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;

/** Methods that return when they are done. */
final class PlainForm implements CallForm {

    @Override
    public @Nullable Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) throws Throwable {
        if (fallback == null) {
            return retry.call(invocation.attempt());
        }
        try {
            return retry.call(invocation.attempt());
        } catch (Throwable failure) {
            Object answer = invocation.fallBack(fallback, failure);
            fallback.succeeded();
            return answer;
        }
    }
}
