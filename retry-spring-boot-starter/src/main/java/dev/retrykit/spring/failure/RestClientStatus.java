package dev.retrykit.spring.failure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;

/** {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces over them. */
public final class RestClientStatus implements StatusReader {

    /** Without state. */
    public RestClientStatus() {}

    @Override
    public @Nullable Answer answer(Object outcome) {
        if (outcome instanceof RestClientResponseException answered) {
            return answer(answered.getStatusCode().value(), answered.getResponseHeaders());
        }
        return outcome instanceof ResponseEntity<?> answer
                ? answer(answer.getStatusCode().value(), answer.getHeaders())
                : null;
    }

    private static Answer answer(int status, @Nullable HttpHeaders headers) {
        if (headers == null) {
            return Answer.of(status);
        }
        return new Answer(status, name -> {
            List<String> lines = headers.get(name);
            return lines == null ? List.of() : lines;
        });
    }
}
