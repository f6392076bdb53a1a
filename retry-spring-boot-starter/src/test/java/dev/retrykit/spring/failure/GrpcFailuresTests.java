package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcFailuresTests {

    private final GrpcFailures classifier = new GrpcFailures();

    private static Metadata pushback(String value) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), value);
        return trailers;
    }

    private static StatusRuntimeException answer(Code code, String pushback) {
        return new StatusRuntimeException(code.toStatus(), pushback(pushback));
    }

    private static StatusRuntimeException caused(Code code, Throwable cause) {
        return code.toStatus().withCause(cause).asRuntimeException();
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE,         RETRYABLE,     FAILURE",
        "RESOURCE_EXHAUSTED,  NOT_RETRYABLE, THROTTLED",
        "DEADLINE_EXCEEDED,   NOT_RETRYABLE, FAILURE",
        "UNKNOWN,             NOT_RETRYABLE, FAILURE",
        "INTERNAL,            NOT_RETRYABLE, FAILURE",
        "DATA_LOSS,           NOT_RETRYABLE, FAILURE",
        "UNIMPLEMENTED,       NOT_RETRYABLE, FAILURE",
        "INVALID_ARGUMENT,    NOT_RETRYABLE, SUCCESS",
        "NOT_FOUND,           NOT_RETRYABLE, SUCCESS",
        "ALREADY_EXISTS,      NOT_RETRYABLE, SUCCESS",
        "FAILED_PRECONDITION, NOT_RETRYABLE, SUCCESS",
        "OUT_OF_RANGE,        NOT_RETRYABLE, SUCCESS",
        "ABORTED,             NOT_RETRYABLE, SUCCESS",
        "UNAUTHENTICATED,     NOT_RETRYABLE, NONE",
        "PERMISSION_DENIED,   NOT_RETRYABLE, NONE",
        "CANCELLED,           NOT_RETRYABLE, NONE",
    })
    void theCodeDecides(Code code, Kind kind, Signal signal) {
        assertVerdict(code.toStatus().asRuntimeException(), kind, signal);
        assertVerdict(code.toStatus().asException(), kind, signal);
        assertVerdict(new ExecutionException(code.toStatus().asException()), kind, signal);
        assertVerdict(code.toStatus().asRuntimeException(new Metadata()), kind, signal);
    }

    @ParameterizedTest
    @CsvSource({
        "0,      0",
        "1,      1000000",
        "1500,   1500000000",
        "000020, 20000000",
        "99999999999999999999999999, 4611686018427387903",
    })
    void theServerMayNameTheLeastDelay(String value, long nanos) {
        assertThat(classifier.classify(answer(Code.RESOURCE_EXHAUSTED, value)))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, nanos));
        assertThat(classifier.classify(answer(Code.UNAVAILABLE, value)))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.FAILURE, nanos));
        assertThat(classifier.classify(new StatusException(Status.RESOURCE_EXHAUSTED, pushback(value))))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-0", "soon", "", " ", "1.5", "+5", "5s", "1e3", "٣"})
    void whatIsNoSuchNumberIsAVeto(String value) {
        assertVerdict(answer(Code.RESOURCE_EXHAUSTED, value), Kind.VETOED, Signal.THROTTLED);
        assertVerdict(answer(Code.UNAVAILABLE, value), Kind.VETOED, Signal.FAILURE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "OK"})
    void aDelayMakesNoOtherCodeTransient(Code code) {
        assertThat(classifier.classify(answer(code, "10")).kind()).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(classifier.classify(answer(code, "-1")).kind()).isEqualTo(Kind.VETOED);
    }

    @Test
    void anInterruptionThatIsReportedAsCancelledIsAnInterruption() {
        assertVerdict(caused(Code.CANCELLED, new InterruptedException()), Kind.INTERRUPTED, Signal.NONE);
    }

    @Test
    void anAttemptThatTimedOutIsRetriedWhateverTheClientMadeOfIt() {
        StatusRuntimeException cancelled = caused(Code.CANCELLED, new InterruptedException());
        assertVerdict(
                new AttemptTimeoutException("inventory", Duration.ofSeconds(2), cancelled),
                Kind.RETRYABLE,
                Signal.FAILURE);
    }

    @Test
    void aCertificateStaysWrong() {
        assertVerdict(
                caused(Code.UNAVAILABLE, new IOException("handshake", new CertificateException())),
                Kind.NOT_RETRYABLE,
                Signal.FAILURE);
    }

    @Test
    void otherwiseTheCodeDecidesBeforeTheNetwork() {
        assertVerdict(caused(Code.UNAVAILABLE, new ConnectException()), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(caused(Code.INTERNAL, new ConnectException()), Kind.NOT_RETRYABLE, Signal.FAILURE);
        assertVerdict(
                new IllegalArgumentException(caused(Code.UNAVAILABLE, new ConnectException())),
                Kind.RETRYABLE,
                Signal.FAILURE);
    }

    @Test
    void otherFailuresAreLeftToOthers() {
        assertThat(classifier.classify(new ConnectException())).isNull();
        assertThat(classifier.classify(new IllegalStateException("UNAVAILABLE")))
                .isNull();
    }

    private void assertVerdict(Throwable failure, Kind kind, Signal signal) {
        assertThat(classifier.classify(failure)).isEqualTo(Verdict.of(kind, signal));
    }
}
