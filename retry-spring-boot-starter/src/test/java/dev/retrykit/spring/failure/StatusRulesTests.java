package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Verdict;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.UnknownHttpStatusCodeException;

class StatusRulesTests {

    private static Verdict.@Nullable Kind kind(Throwable failure, @Nullable List<Integer> statuses) {
        Verdict verdict = new StatusRules(List.of(new RestClientStatus()), statuses)
                .failures()
                .classify(failure);
        return verdict == null ? null : verdict.kind();
    }

    private static RestClientResponseException answer(int status) {
        return new RestClientResponseException("status " + status, status, "", HttpHeaders.EMPTY, null, null);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void theseAreTransient(int status) {
        assertThat(kind(answer(status), null)).isEqualTo(Verdict.Kind.RETRYABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 409, 410, 418, 422, 451, 501, 505})
    void theseAreNot(int status) {
        assertThat(kind(answer(status), null)).isEqualTo(Verdict.Kind.NOT_RETRYABLE);
    }

    @Test
    void allOfSpringsExceptionsAreRead() {
        assertThat(kind(new HttpServerErrorException(HttpStatus.BAD_GATEWAY), null))
                .isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(kind(new HttpClientErrorException(HttpStatus.NOT_FOUND), null))
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
        assertThat(kind(new UnknownHttpStatusCodeException(799, "", null, null, null), null))
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
    }

    @Test
    void aStatusIsFoundAmongTheCauses() {
        Exception failure = new IllegalStateException(new IOException(answer(503)));

        assertThat(kind(failure, null)).isEqualTo(Verdict.Kind.RETRYABLE);
    }

    @Test
    void statusesOfThePolicyReplaceTheRules() {
        assertThat(kind(answer(418), List.of(418))).isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(kind(answer(503), List.of(418))).isEqualTo(Verdict.Kind.NOT_RETRYABLE);
    }

    @Test
    void whatAPolicyRetriesDoesNotChangeWhatItTellsACircuit() {
        Verdict general = new StatusRules(List.of(new RestClientStatus()), null)
                .failures()
                .classify(answer(503));
        Verdict own = new StatusRules(List.of(new RestClientStatus()), List.of(418))
                .failures()
                .classify(answer(503));

        assertThat(own.signal()).isEqualTo(general.signal());
    }

    @Test
    void failuresWithoutAStatusAreLeftToOthers() {
        assertThat(kind(new RestClientException("no answer"), null)).isNull();
        assertThat(kind(new IOException(), List.of(503))).isNull();
    }
}
