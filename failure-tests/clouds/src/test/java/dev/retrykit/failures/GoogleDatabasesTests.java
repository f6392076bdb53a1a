package dev.retrykit.failures;

import com.google.api.gax.grpc.GrpcStatusCode;
import com.google.api.gax.rpc.ApiExceptionFactory;
import com.google.cloud.bigtable.data.v2.models.MutateRowsException;
import com.google.cloud.firestore.FirestoreException;
import com.google.cloud.spanner.ErrorCode;
import com.google.cloud.spanner.SpannerExceptionFactory;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What failures of Spanner, Firestore and Bigtable mean. */
class GoogleDatabasesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(
                row("Spanner: ABORTED", spanner(ErrorCode.ABORTED), "transient"),
                row("Spanner: ABORTED, wait", aborted(40), "transient after 40ms"),
                row("Spanner: UNAVAILABLE", spanner(ErrorCode.UNAVAILABLE), "transient"),
                row("Spanner: RESOURCE_EXHAUSTED", spanner(ErrorCode.RESOURCE_EXHAUSTED), "throttled"),
                row("Spanner: NOT_FOUND", spanner(ErrorCode.NOT_FOUND), "answered"),
                row("Spanner: ALREADY_EXISTS", spanner(ErrorCode.ALREADY_EXISTS), "answered"),
                row("Spanner: FAILED_PRECONDITION", spanner(ErrorCode.FAILED_PRECONDITION), "answered"),
                row("Spanner: PERMISSION_DENIED", spanner(ErrorCode.PERMISSION_DENIED), "neutral"),
                row("Spanner: UNAUTHENTICATED", spanner(ErrorCode.UNAUTHENTICATED), "neutral"),
                row("Spanner: DEADLINE_EXCEEDED", spanner(ErrorCode.DEADLINE_EXCEEDED), "permanent"),
                row("Spanner: INTERNAL", spanner(ErrorCode.INTERNAL), "permanent"),
                row(
                        "Spanner: its timeout",
                        SpannerExceptionFactory.propagateTimeout(new TimeoutException("x")),
                        "permanent"),
                row("Spanner: in ExecutionException", new ExecutionException(spanner(ErrorCode.ABORTED)), "transient"),
                row("Spanner: session gone", inner("SessionNotFoundException"), "transient"),
                row("Spanner: too many admin requests", inner("AdminRequestsPerMinuteExceededException"), "throttled"),
                row("Firestore: ABORTED", firestore(Status.ABORTED), "transient"),
                row("Firestore: UNAVAILABLE", firestore(Status.UNAVAILABLE), "transient"),
                row("Firestore: RESOURCE_EXHAUSTED", firestore(Status.RESOURCE_EXHAUSTED), "throttled"),
                row("Firestore: NOT_FOUND", firestore(Status.NOT_FOUND), "answered"),
                row("Firestore: ALREADY_EXISTS", firestore(Status.ALREADY_EXISTS), "answered"),
                row("Firestore: PERMISSION_DENIED", firestore(Status.PERMISSION_DENIED), "neutral"),
                row("Firestore: INTERNAL", firestore(Status.INTERNAL), "permanent"),
                row(
                        "Firestore: of gax",
                        FirestoreException.forApiException(ApiExceptionFactory.createException(
                                Status.UNAVAILABLE.asRuntimeException(),
                                GrpcStatusCode.of(Status.Code.UNAVAILABLE),
                                true)),
                        "transient"),
                row(
                        "Firestore: network",
                        FirestoreException.forIOException(new SocketTimeoutException("x"), false),
                        "transient"),
                row("Bigtable: some rows, flagged", rows(true), "transient"),
                row("Bigtable: some rows", rows(false), "permanent"));
    }

    private static Throwable spanner(ErrorCode code) {
        return SpannerExceptionFactory.newSpannerException(code, "x");
    }

    private static Throwable aborted(int millis) {
        Metadata trailers = new Metadata();
        RetryInfo info = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setNanos(millis * 1_000_000))
                .build();
        trailers.put(ProtoUtils.keyForProto(RetryInfo.getDefaultInstance()), info);
        return SpannerExceptionFactory.newSpannerException(Status.ABORTED.asRuntimeException(trailers));
    }

    private static Throwable inner(String name) {
        Object token = Instances.constant("com.google.cloud.spanner.SpannerException$DoNotConstructDirectly");
        return Instances.of("com.google.cloud.spanner." + name, token, "x");
    }

    private static Throwable firestore(Status status) {
        return FirestoreException.forServerRejection(status, "x");
    }

    private static Throwable rows(boolean retryable) {
        Status.Code code = Status.Code.INTERNAL;
        MutateRowsException.FailedMutation one = MutateRowsException.FailedMutation.create(
                0,
                ApiExceptionFactory.createException(
                        new IllegalStateException("x"), GrpcStatusCode.of(code), retryable));
        return MutateRowsException.create(
                new IllegalStateException("x"), GrpcStatusCode.of(code), List.of(one), retryable);
    }
}
