package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import jakarta.validation.ConstraintViolationException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.transaction.TransactionSystemException;

class CallerFailuresTests {

    private final FailureBook classifier = FailureBook.standard();

    static Stream<Exception> failures() {
        return Stream.of(
                new AccessDeniedException("no"),
                new AuthorizationDeniedException("no"),
                new ConstraintViolationException(Set.of()),
                new CompletionException(new AccessDeniedException("no")),
                new TransactionSystemException("at the flush", new ConstraintViolationException(Set.of())));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theCallersOwnFailuresAreNeutral(Exception failure) {
        assertThat(classifier.classify(failure)).isEqualTo(Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE));
    }

    @Test
    void whatWasCausedByTheNetworkIsTransient() {
        assertThat(classifier.classify(new AccessDeniedException("no answer", new ConnectException())))
                .isEqualTo(Verdict.retryable());
    }
}
