package dev.retrykit.spring.failure;

import java.util.OptionalInt;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;

/** {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces over them. */
public final class RestClientStatus implements StatusReader {

    /** Without state. */
    public RestClientStatus() {}

    @Override
    public OptionalInt status(Object outcome) {
        if (outcome instanceof RestClientResponseException answered) {
            return OptionalInt.of(answered.getStatusCode().value());
        }
        return outcome instanceof ResponseEntity<?> answer
                ? OptionalInt.of(answer.getStatusCode().value())
                : OptionalInt.empty();
    }
}
