package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.couchbase.client.core.error.AlreadyShutdownException;
import com.couchbase.client.core.error.AmbiguousTimeoutException;
import com.couchbase.client.core.error.AuthenticationFailureException;
import com.couchbase.client.core.error.BucketNotReadyDuringLoadException;
import com.couchbase.client.core.error.CasMismatchException;
import com.couchbase.client.core.error.ConfigException;
import com.couchbase.client.core.error.CoreErrorCodeAndMessageException;
import com.couchbase.client.core.error.CouchbaseException;
import com.couchbase.client.core.error.DecodingFailureException;
import com.couchbase.client.core.error.DocumentExistsException;
import com.couchbase.client.core.error.DocumentLockedException;
import com.couchbase.client.core.error.DocumentMutationLostException;
import com.couchbase.client.core.error.DocumentNotFoundException;
import com.couchbase.client.core.error.DurabilityAmbiguousException;
import com.couchbase.client.core.error.DurabilityImpossibleException;
import com.couchbase.client.core.error.DurabilityLevelNotAvailableException;
import com.couchbase.client.core.error.DurableWriteInProgressException;
import com.couchbase.client.core.error.DurableWriteReCommitInProgressException;
import com.couchbase.client.core.error.EncodingFailureException;
import com.couchbase.client.core.error.ErrorCodeAndMessage;
import com.couchbase.client.core.error.EventingFunctionNotBootstrappedException;
import com.couchbase.client.core.error.FeatureNotAvailableException;
import com.couchbase.client.core.error.GlobalConfigNotFoundException;
import com.couchbase.client.core.error.IndexesNotReadyException;
import com.couchbase.client.core.error.InternalServerFailureException;
import com.couchbase.client.core.error.InvalidArgumentException;
import com.couchbase.client.core.error.JobQueueFullException;
import com.couchbase.client.core.error.MeterException;
import com.couchbase.client.core.error.NoAccessDuringConfigLoadException;
import com.couchbase.client.core.error.OperationDoesNotExist;
import com.couchbase.client.core.error.PreparedStatementFailureException;
import com.couchbase.client.core.error.QuotaLimitedException;
import com.couchbase.client.core.error.RangeScanPartitionFailedException;
import com.couchbase.client.core.error.RateLimitedException;
import com.couchbase.client.core.error.ReplicaNotAvailableException;
import com.couchbase.client.core.error.ReplicaNotConfiguredException;
import com.couchbase.client.core.error.RequestCanceledException;
import com.couchbase.client.core.error.SeedNodeOutdatedException;
import com.couchbase.client.core.error.ServerOutOfMemoryException;
import com.couchbase.client.core.error.ServiceNotAvailableException;
import com.couchbase.client.core.error.TemporaryFailureException;
import com.couchbase.client.core.error.TooManyInstancesException;
import com.couchbase.client.core.error.TracerException;
import com.couchbase.client.core.error.UnambiguousTimeoutException;
import com.couchbase.client.core.error.UnsupportedConfigMechanismException;
import com.couchbase.client.core.error.context.ErrorContext;
import com.couchbase.client.core.error.subdoc.XattrNoAccessException;
import com.couchbase.client.core.error.transaction.TransactionOperationFailedException;
import com.couchbase.client.core.error.transaction.TransactionOperationFailedException.FinalErrorToRaise;
import com.couchbase.client.core.error.transaction.internal.CoreTransactionCommitAmbiguousException;
import com.couchbase.client.core.error.transaction.internal.CoreTransactionExpiredException;
import com.couchbase.client.core.error.transaction.internal.CoreTransactionFailedException;
import com.couchbase.client.core.msg.CancellationReason;
import com.couchbase.client.core.msg.ResponseStatus;
import com.couchbase.client.core.retry.RetryReason;
import com.couchbase.client.core.retry.reactor.RetryExhaustedException;
import com.couchbase.client.java.transactions.error.TransactionCommitAmbiguousException;
import com.couchbase.client.java.transactions.error.TransactionExpiredException;
import com.couchbase.client.java.transactions.error.TransactionFailedException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.data.couchbase.core.CouchbaseDataIntegrityViolationException;
import org.springframework.data.couchbase.core.CouchbaseExceptionTranslator;
import org.springframework.data.couchbase.core.CouchbaseQueryExecutionException;
import org.springframework.data.couchbase.core.OperationCancellationException;
import org.springframework.data.couchbase.core.OperationInterruptedException;
import org.springframework.data.couchbase.core.UnsupportedCouchbaseFeatureException;
import org.springframework.data.couchbase.transaction.error.TransactionSystemAmbiguousException;
import org.springframework.data.couchbase.transaction.error.TransactionSystemUnambiguousException;
import org.springframework.data.couchbase.transaction.error.UncategorizedTransactionDataAccessException;

/** What failures of Couchbase's client mean, and what Spring Data makes of them. */
@SuppressWarnings("deprecation") // failures that its client throws still
class CouchbaseTests extends BookTests {

    private static final String LIB = "Couchbase";
    private static final ConnectException REFUSED = new ConnectException("Connection refused");

    static Stream<Row> rows() {
        return all(again(), own(), transactions(), spring());
    }

    private static Stream<Row> again() {
        return all(
                each(
                        LIB,
                        "transient",
                        new UnambiguousTimeoutException("GetRequest, Reason: TIMEOUT", null),
                        new TemporaryFailureException(null),
                        new ServerOutOfMemoryException(null),
                        new DocumentLockedException((ErrorContext) null),
                        new CasMismatchException(null),
                        new DurableWriteInProgressException(null),
                        new DurableWriteReCommitInProgressException(null),
                        new DurabilityImpossibleException(null),
                        new InternalServerFailureException((ErrorContext) null),
                        new IndexesNotReadyException(Map.of("i", "building")),
                        new RangeScanPartitionFailedException("x", ResponseStatus.TEMPORARY_FAILURE),
                        new ReplicaNotAvailableException("x"),
                        new ConfigException("x"),
                        new SeedNodeOutdatedException("x"),
                        new BucketNotReadyDuringLoadException("x"),
                        new GlobalConfigNotFoundException(),
                        new EventingFunctionNotBootstrappedException("x", null),
                        new PreparedStatementFailureException(null, true),
                        error(true),
                        new RetryExhaustedException("x"),
                        new CouchbaseException("x", REFUSED)),
                each(LIB, "throttled", new RateLimitedException(null), new JobQueueFullException(null)),
                each(
                        LIB,
                        "unknown-effect",
                        new AmbiguousTimeoutException("UpsertRequest, Reason: TIMEOUT", null),
                        new DurabilityAmbiguousException(null),
                        lostMutation(),
                        cancelled(CancellationReason.noMoreRetries(RetryReason.CHANNEL_CLOSED_WHILE_IN_FLIGHT)),
                        cancelled(CancellationReason.OTHER)),
                each(LIB, "throttled", cancelled(CancellationReason.TOO_MANY_REQUESTS_IN_RETRY)),
                each(
                        LIB,
                        "neutral",
                        cancelled(CancellationReason.SHUTDOWN),
                        cancelled(CancellationReason.STOPPED_LISTENING),
                        cancelled(CancellationReason.CANCELLED_VIA_CONTEXT)));
    }

    private static Stream<Row> own() {
        return all(
                each(
                        LIB,
                        "neutral",
                        new ReplicaNotConfiguredException("x"),
                        new DurabilityLevelNotAvailableException(null),
                        new FeatureNotAvailableException("x"),
                        new AuthenticationFailureException("x", null, null),
                        new com.couchbase.client.core.error.SecurityException("x"),
                        new InvalidArgumentException("x", null, null),
                        new EncodingFailureException("x"),
                        new DecodingFailureException("x"),
                        new AlreadyShutdownException(),
                        new TooManyInstancesException("x"),
                        new OperationDoesNotExist("x"),
                        new TracerException("x"),
                        new MeterException("x"),
                        new NoAccessDuringConfigLoadException("x"),
                        new UnsupportedConfigMechanismException(),
                        new XattrNoAccessException(null)),
                each(LIB, "permanent", new QuotaLimitedException(null), new ServiceNotAvailableException("x", null)),
                each(
                        LIB,
                        "transient",
                        new AuthenticationFailureException("x", null, REFUSED),
                        new com.couchbase.client.core.error.SecurityException(REFUSED)),
                each(LIB, "unknown", new CouchbaseException("x")));
    }

    private static Stream<Row> transactions() {
        return all(
                each(LIB, "unknown-effect", ambiguous()),
                each(LIB, "transient", expired(), failed(REFUSED), operation(true)),
                each(LIB, "answered", failed(new DocumentExistsException(null))),
                each(LIB, "permanent", failed(null), operation(false)));
    }

    private static Stream<Row> spring() {
        return all(
                Stream.of(
                        row(
                                "Spring: durability ambiguous",
                                translate(new DurabilityAmbiguousException(null)),
                                "unknown-effect"),
                        row("Spring: ambiguous", translate(new AmbiguousTimeoutException("x", null)), "unknown-effect"),
                        row("Spring: cancelled", translate(cancelled(CancellationReason.OTHER)), "unknown-effect"),
                        row("Spring: temporary", translate(new TemporaryFailureException(null)), "transient"),
                        row("Spring: CAS", translate(new CasMismatchException(null)), "transient"),
                        row("Spring: exists", translate(new DocumentExistsException(null)), "answered"),
                        row("Spring: not found", translate(new DocumentNotFoundException(null)), "answered"),
                        row("Spring: no node", translate(new ConfigException("x")), "transient"),
                        row("Spring: transaction", translate(operation(true)), "transient")),
                each(
                        "Spring Data Couchbase",
                        "unknown-effect",
                        new OperationCancellationException("x"),
                        new OperationInterruptedException("x"),
                        new TransactionSystemAmbiguousException(ambiguous())),
                each(
                        "Spring Data Couchbase",
                        "answered",
                        new CouchbaseQueryExecutionException("x"),
                        new CouchbaseDataIntegrityViolationException("x"),
                        new TransactionSystemUnambiguousException(failed(new DocumentExistsException(null)))),
                each(
                        "Spring Data Couchbase",
                        "transient",
                        new CouchbaseQueryExecutionException("x", new UnambiguousTimeoutException("x", null)),
                        new UncategorizedTransactionDataAccessException(operation(true))),
                each(
                        "Spring Data Couchbase",
                        "permanent",
                        new UncategorizedTransactionDataAccessException(operation(false))),
                each("Spring Data Couchbase", "neutral", new UnsupportedCouchbaseFeatureException("x", null)));
    }

    private static Throwable translate(RuntimeException failure) {
        try {
            RuntimeException translated = new CouchbaseExceptionTranslator().translateExceptionIfPossible(failure);
            return translated == null ? failure : translated;
        } catch (RuntimeException thrown) {
            return thrown;
        }
    }

    private static RequestCanceledException cancelled(CancellationReason reason) {
        return new RequestCanceledException("UpsertRequest, Reason: " + reason, reason, null);
    }

    private static Throwable lostMutation() {
        return DocumentMutationLostException.forKey("k");
    }

    static Throwable error(boolean retriable) {
        ErrorCodeAndMessage one = new ErrorCodeAndMessage(5000, "x", retriable, Map.of());
        return new CoreErrorCodeAndMessageException(List.of(one), null);
    }

    private static TransactionCommitAmbiguousException ambiguous() {
        return new TransactionCommitAmbiguousException(
                new CoreTransactionCommitAmbiguousException(null, null, "t", "x"));
    }

    static TransactionExpiredException expired() {
        return new TransactionExpiredException(new CoreTransactionExpiredException(null, null, "t", "x"));
    }

    static TransactionFailedException failed(Throwable cause) {
        return new TransactionFailedException(new CoreTransactionFailedException(cause, null, "t", "x"));
    }

    private static TransactionOperationFailedException operation(boolean retry) {
        IOException cause = retry ? new IOException("x") : null;
        return new TransactionOperationFailedException(retry, retry, cause, FinalErrorToRaise.TRANSACTION_FAILED);
    }
}
