package dev.retrykit.spring.failure.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;

/** Reads the responses of {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces based on them. */
public final class RestClientStatus implements StatusReader {

    /** Creates a reader. */
    public RestClientStatus() {}

    @Override
    public @Nullable Answer answer(Object outcome) {
        if (outcome instanceof RestClientResponseException answered) {
            return SpringAnswers.of(answered.getStatusCode().value(), answered.getResponseHeaders());
        }
        return outcome instanceof ResponseEntity<?> answer
                ? SpringAnswers.of(answer.getStatusCode().value(), answer.getHeaders())
                : null;
    }

    @Override
    public boolean reads(Class<?> type) {
        return RestClientResponseException.class.isAssignableFrom(type) || ResponseEntity.class.isAssignableFrom(type);
    }
}
