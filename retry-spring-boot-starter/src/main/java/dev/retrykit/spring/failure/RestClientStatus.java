package dev.retrykit.spring.failure;

import java.util.OptionalInt;
import org.springframework.web.client.RestClientResponseException;

/** {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces over them. */
public final class RestClientStatus implements StatusReader {

    /** Without state. */
    public RestClientStatus() {}

    @Override
    public OptionalInt status(Throwable failure) {
        return failure instanceof RestClientResponseException answered
                ? OptionalInt.of(answered.getStatusCode().value())
                : OptionalInt.empty();
    }
}
