package dev.retrykit.spring.failure.http;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * Reads the responses of {@code WebClient}, and of HTTP service interfaces based on it. If the body of a successful
 * response was lost, the exception has the status of a success; in that case the cause is classified.
 */
public final class WebClientStatus implements StatusReader {

    /** Creates a reader. */
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
