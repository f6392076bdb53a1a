package dev.retrykit.spring.failure;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * {@code WebClient}, and HTTP service interfaces over it. Its exception may have the status of a success whose body was
 * lost on the way; then the cause tells what happened.
 */
public final class WebClientStatus implements StatusReader {

    /** Without state. */
    public WebClientStatus() {}

    @Override
    public @Nullable Answer answer(Object outcome) {
        if (outcome instanceof WebClientResponseException answered) {
            return !answered.getStatusCode().isError()
                    ? null
                    : SpringAnswers.of(answered.getStatusCode().value(), answered.getHeaders());
        }
        return outcome instanceof ClientResponse answer
                ? SpringAnswers.of(answer.statusCode().value(), answer.headers().asHttpHeaders())
                : null;
    }

    @Override
    public boolean reads(Class<?> type) {
        return WebClientResponseException.class.isAssignableFrom(type) || ClientResponse.class.isAssignableFrom(type);
    }
}
