package dev.retrykit.spring.client;

import dev.retrykit.failure.AnswerMarks;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * What the exceptions of Spring's clients keep of an answer: those of the blocking ones copy all headers, but keep the very
 * object that is the status text; those of a {@code WebClient} keep the request. One that was made without any of that isn't
 * known.
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

    /** Loaded only where there is such a client. */
    private static final class Reactive {

        static @Nullable Object mark(Throwable failure) {
            HttpRequest request = failure instanceof WebClientResponseException answered ? answered.getRequest() : null;
            return request == null ? null : request.getAttributes().getOrDefault(RequestTracker.ATTRIBUTE, request);
        }
    }
}
