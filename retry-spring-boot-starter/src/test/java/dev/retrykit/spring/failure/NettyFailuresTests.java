package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.book.FailureBook;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.client.ResourceAccessException;

class NettyFailuresTests {

    private final FailureBook classifier = FailureBook.standard();

    static Stream<Exception> timeouts() {
        return Stream.of(
                ReadTimeoutException.INSTANCE,
                WriteTimeoutException.INSTANCE,
                new ReadTimeoutException(),
                new CompletionException(ReadTimeoutException.INSTANCE),
                new IllegalStateException("GET /stock", ReadTimeoutException.INSTANCE));
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void readAndWriteTimeoutsAreTransient(Exception failure) {
        assertThat(FailureClassifier.jdk().classify(failure)).isNull();
        assertThat(classifier.classify(failure)).isEqualTo(Verdict.retryable());
    }

    @Test
    void aConnectTimeoutIsOneOfTheJdks() {
        ConnectTimeoutException failure = new ConnectTimeoutException("connection timed out");
        assertThat(FailureClassifier.jdk().classify(failure)).isEqualTo(Verdict.retryable());
        assertThat(FailureClassifier.jdk().classify(new ResourceAccessException("GET", failure)))
                .isEqualTo(Verdict.retryable());
    }

    @Test
    void whatAFailureOfADatabaseSaysComesFirst() {
        assertThat(classifier.classify(new SQLException("?", "08007", ReadTimeoutException.INSTANCE)))
                .isEqualTo(Verdict.of(Verdict.Kind.NOT_IDEMPOTENT, Signal.FAILURE));
    }
}
