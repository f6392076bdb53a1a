package dev.retrykit.spring.failure.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.UnknownHttpStatusCodeException;

class StatusRulesTests {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37Z");

    private static Verdict.@Nullable Kind kind(Throwable failure, @Nullable List<Integer> statuses) {
        Verdict verdict = new StatusRules(List.of(new RestClientStatus()), statuses, () -> NOW)
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
        Verdict general = new StatusRules(List.of(new RestClientStatus()), null, () -> NOW)
                .failures()
                .classify(answer(503));
        Verdict own = new StatusRules(List.of(new RestClientStatus()), List.of(418), () -> NOW)
                .failures()
                .classify(answer(503));

        assertThat(own.signal()).isEqualTo(general.signal());
    }

    @Test
    void failuresWithoutAStatusAreLeftToOthers() {
        assertThat(kind(new RestClientException("no answer"), null)).isNull();
        assertThat(kind(new IOException(), List.of(503))).isNull();
    }

    private static Verdict verdict(int status, String header, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(header, value);
        return new StatusRules(List.of(new RestClientStatus()), null, () -> NOW)
                .failures()
                .classify(new RestClientResponseException("status " + status, status, "", headers, null, null));
    }

    @Test
    void headersSayWhenToComeBack() {
        assertThat(verdict(503, "retry-after", "2").retryAfterNanos()).isEqualTo(2_000_000_000L);
        assertThat(verdict(429, "Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT").retryAfterNanos())
                .isEqualTo(60_000_000_000L);
        assertThat(verdict(503, "Retry-After", "soon").retryAfterNanos()).isEqualTo(Verdict.NO_HINT);
        assertThat(verdict(409, "Retry-After", "2").kind())
                .as("which makes nothing transient that isn't")
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 404})
    void aPeersVetoHolds(int status) {
        assertThat(verdict(status, "x-should-retry", "false").kind()).isEqualTo(Verdict.Kind.VETOED);
    }

    @Test
    void whatIsNoFailureIsntVetoed() {
        ResponseEntity<String> replayed =
                ResponseEntity.ok().header("Idempotent-Replayed", "true").body("done");
        assertThat(new StatusRules(List.of(new RestClientStatus()), null, () -> NOW)
                        .results()
                        .classify(replayed))
                .isNull();
    }

    @Test
    void returnedAnswersAreReadTheSameWay() {
        StatusRules rules = new StatusRules(List.of(new RestClientStatus(), new JdkClientStatus()), null, () -> NOW);
        ResponseEntity<String> later =
                ResponseEntity.status(503).header("Retry-After", "3").body("later");
        ResponseEntity<String> never = ResponseEntity.status(503)
                .header("Stripe-Should-Retry", "false")
                .body("never");
        assertThat(rules.results().classify(later).retryAfterNanos()).isEqualTo(3_000_000_000L);
        assertThat(rules.results().classify(never).kind()).isEqualTo(Verdict.Kind.VETOED);
    }

    @Test
    void valuesOfATypeThatNoReaderReadsAreGoodAndNotAskedAboutAgain() {
        AtomicInteger asked = new AtomicInteger();
        ResultClassifier results = results(new StatusReader() {
            @Override
            public @Nullable Answer answer(Object outcome) {
                asked.incrementAndGet();
                return null;
            }

            @Override
            public boolean reads(Class<?> type) {
                return type == Integer.class;
            }
        });

        assertThat(results.classify("apple")).isNull();
        assertThat(results.classify(null)).isNull();
        assertThat(asked).hasValue(0);
        assertThat(results.classify(503)).isNull();
        assertThat(results.classify(503)).isNull();
        assertThat(asked).hasValue(2);
    }

    /** Where a reader says nothing about types, it may read any of them. */
    @Test
    void oneOpinionOfAReaderIsNotTheLast() {
        ResultClassifier results =
                results(outcome -> "busy".equals(outcome) ? Answer.of(503, name -> List.of()) : null);

        assertThat(results.classify("fine")).isNull();
        assertThat(results.classify("busy")).isNotNull();
    }

    @Test
    void subtypesOfWhatIsReadAreReadToo() {
        class Own extends ResponseEntity<String> {
            Own() {
                super(HttpStatus.SERVICE_UNAVAILABLE);
            }
        }
        assertThat(results(new RestClientStatus()).classify(new Own())).isNotNull();
        assertThat(results(new RestClientStatus(), new JdkClientStatus(), new WebClientStatus())
                        .classify(Optional.of(new Own())))
                .isNull();
    }

    private static ResultClassifier results(StatusReader... readers) {
        return new StatusRules(List.of(readers), List.of(503), () -> NOW).results();
    }
}
