package dev.retrykit.spring.failure;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Classifies gRPC failures by their code and by the server's pushback, unless the failure book knows an enclosing
 * exception. A client reports an interruption as CANCELLED and a rejected certificate as UNAVAILABLE; in these cases
 * the cause decides, as it does after an attempt timeout.
 */
public final class GrpcFailures implements KnownFailures {

    private static final String PUSHBACK = "gRPC pushback";

    private static final Map<Code, Verdict> BY_CODE = new EnumMap<>(Code.class);

    static {
        for (Code code : Code.values()) {
            BY_CODE.put(code, meaning(code).by("gRPC status " + code));
        }
    }

    /** Creates a classifier. */
    public GrpcFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            if (FailureBook.standard().knowsAlone(link)) {
                return null;
            }
            if (link instanceof StatusRuntimeException answer) {
                return verdict(failure, answer.getStatus().getCode(), Pushback.of(answer.getTrailers()));
            }
            if (link instanceof StatusException answer) {
                return verdict(failure, answer.getStatus().getCode(), Pushback.of(answer.getTrailers()));
            }
        }
        return null;
    }

    private static @Nullable Verdict verdict(Throwable failure, Code code, Pushback pushback) {
        if (pushback.isVeto()) {
            return byCode(code).as(Kind.VETOED).by(PUSHBACK);
        }
        Verdict told = FailureClassifier.jdk().classify(failure);
        return told != null && isStronger(told, failure) ? told : pushedBack(byCode(code), code, pushback.delay());
    }

    /** A delay from the server makes RESOURCE_EXHAUSTED transient, and no other code. */
    private static Verdict pushedBack(Verdict byCode, Code code, @Nullable Duration delay) {
        if (delay == null) {
            return byCode;
        }
        Verdict verdict =
                code == Code.RESOURCE_EXHAUSTED ? byCode.as(Kind.RETRYABLE).by(PUSHBACK) : byCode;
        return verdict.withRetryAfter(delay);
    }

    private static boolean isStronger(Verdict told, Throwable failure) {
        return told.kind() == Kind.INTERRUPTED
                || told.equals(Verdict.notRetryable())
                || Causes.chain(failure).stream().anyMatch(AttemptTimeoutException.class::isInstance);
    }

    private static Verdict byCode(Code code) {
        return Objects.requireNonNull(BY_CODE.get(code));
    }

    /** A code has the same signal as the HTTP status of the same meaning. */
    private static Verdict meaning(Code code) {
        return switch (code) {
            case UNAVAILABLE -> Verdict.retryable();
            case RESOURCE_EXHAUSTED -> Verdict.of(Kind.NOT_RETRYABLE, Signal.THROTTLED);
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE, ABORTED ->
                Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS);
            case UNAUTHENTICATED, PERMISSION_DENIED, CANCELLED -> Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE);
            case OK, UNKNOWN, INTERNAL, DATA_LOSS, UNIMPLEMENTED, DEADLINE_EXCEEDED -> Verdict.notRetryable();
        };
    }
}
