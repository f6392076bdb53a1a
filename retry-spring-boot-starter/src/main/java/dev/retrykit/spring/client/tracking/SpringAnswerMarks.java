package dev.retrykit.spring.client.tracking;

import dev.retrykit.failure.AnswerMarks;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * Finds the response that an exception of Spring's clients belongs to. Exceptions of blocking clients copy the headers
 * but keep the status text object; those of a {@code WebClient} keep the request. An exception created without these
 * has no mark.
 */
final class SpringAnswerMarks implements AnswerMarks {

    static final AnswerMarks INSTANCE = new SpringAnswerMarks();

    private static final boolean REACTIVE = ClassUtils.isPresent(
            "org.springframework.web.reactive.function.client.WebClientResponseException",
            SpringAnswerMarks.class.getClassLoader());

    private SpringAnswerMarks() {}

    @Override
    public @Nullable Object of(Throwable failure) {
        if (failure instanceof RestClientResponseException answered) {
            return answered.getResponseHeaders() == null ? null : answered.getStatusText();
        }
        return REACTIVE ? Reactive.mark(failure) : null;
    }

    /** Loaded only if WebClient is present. */
    private static final class Reactive {

        static @Nullable Object mark(Throwable failure) {
            HttpRequest request = failure instanceof WebClientResponseException answered ? answered.getRequest() : null;
            return request == null ? null : request.getAttributes().getOrDefault(RequestTracker.ATTRIBUTE, request);
        }
    }
}
