package dev.retrykit.failures;

import com.google.api.client.auth.oauth2.RefreshTokenRequest;
import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.api.gax.batching.FlowController;
import com.google.api.gax.grpc.GrpcStatusCode;
import com.google.api.gax.httpjson.HttpJsonStatusCode;
import com.google.api.gax.httpjson.HttpJsonStatusRuntimeException;
import com.google.api.gax.rpc.ApiExceptionFactory;
import com.google.api.gax.rpc.ErrorDetails;
import com.google.cloud.NoCredentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.JobException;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.datastore.DatastoreException;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What failures of Google's cloud clients mean. */
class GoogleTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(flagged(), unflagged(), others(), services(), apis(), jobs())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> flagged() {
        return Stream.of(
                        Status.Code.UNAVAILABLE,
                        Status.Code.ABORTED,
                        Status.Code.DEADLINE_EXCEEDED,
                        Status.Code.INTERNAL,
                        Status.Code.UNKNOWN)
                .map(code -> row("gax: " + code + ", flagged", grpc(code, true), "transient"));
    }

    private static Stream<Row> unflagged() {
        return Stream.of(
                        List.of("transient", Status.Code.UNAVAILABLE, Status.Code.ABORTED),
                        List.of("throttled", Status.Code.RESOURCE_EXHAUSTED),
                        List.of(
                                "answered",
                                Status.Code.NOT_FOUND,
                                Status.Code.ALREADY_EXISTS,
                                Status.Code.FAILED_PRECONDITION,
                                Status.Code.INVALID_ARGUMENT,
                                Status.Code.OUT_OF_RANGE),
                        List.of(
                                "neutral",
                                Status.Code.UNAUTHENTICATED,
                                Status.Code.PERMISSION_DENIED,
                                Status.Code.CANCELLED),
                        List.of(
                                "permanent",
                                Status.Code.DEADLINE_EXCEEDED,
                                Status.Code.INTERNAL,
                                Status.Code.DATA_LOSS,
                                Status.Code.UNIMPLEMENTED,
                                Status.Code.UNKNOWN))
                .flatMap(group -> group.stream()
                        .skip(1)
                        .map(code -> row("gax: " + code, grpc((Status.Code) code, false), (String) group.get(0))));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("gax: RESOURCE_EXHAUSTED, flagged", grpc(Status.Code.RESOURCE_EXHAUSTED, true), "throttled"),
                row("gax: UNAVAILABLE, RetryInfo", delayed(7, 0), "transient after 7s"),
                row("gax: UNAVAILABLE, RetryInfo of a fraction", delayed(1, 900_000_000), "transient after 1900ms"),
                row("gax: UNAVAILABLE, short RetryInfo", delayed(0, 400_000_000), "transient after 400ms"),
                row(
                        "gax: in ExecutionException",
                        new ExecutionException(grpc(Status.Code.NOT_FOUND, false)),
                        "answered"),
                row("gax: REST 503", rest(503), "transient"),
                row("gax: REST 429", rest(429), "throttled"),
                row("gax: REST 404", rest(404), "answered"),
                row(
                        "gax: REST, network",
                        ApiExceptionFactory.createException(
                                new SocketTimeoutException("Read timed out"),
                                GrpcStatusCode.of(Status.Code.UNKNOWN),
                                false),
                        "transient"),
                row("gax: REST 503, raw", new HttpJsonStatusRuntimeException(503, "x", null), "transient status 503"),
                row("gax: REST 400, raw", new HttpJsonStatusRuntimeException(400, "x", null), "answered status 400"),
                row("gax: watchdog", Instances.of("com.google.api.gax.rpc.WatchdogTimeoutException", "x"), "transient"),
                row("gax: own flow control", flow(), "neutral"),
                row(
                        "gax: own flow control, unchecked",
                        FlowController.FlowControlRuntimeException.fromFlowControlException(flow()),
                        "neutral"),
                row("auth: flagged", auth(true, null), "transient"),
                row("auth: not flagged", auth(false, null), "neutral"),
                row("auth: network", auth(false, new SocketTimeoutException("x")), "transient"));
    }

    private static Stream<Row> services() {
        return Stream.of(
                row("Storage, real: 503", real(CannedServer.answers(503, "{}")), "transient status 503"),
                row("Storage, real: 429", real(CannedServer.answers(429, "{}")), "throttled status 429"),
                row(
                        "Storage, real: 429, Retry-After 3",
                        real(CannedServer.answers(429, "{}", "Retry-After", "3")),
                        "throttled after 3s status 429"),
                row(
                        "Storage, real: 503, Retry-After 2",
                        real(CannedServer.answers(503, "{}", "Retry-After", "2")),
                        "transient after 2s status 503"),
                row("Storage, real: 304", real(CannedServer.answers(304, "")), "answered"),
                row("Storage, real: 403", real(CannedServer.answers(403, "{}")), "neutral status 403"),
                row("Storage, real: 412", real(CannedServer.answers(412, "{}")), "answered status 412"),
                row("Storage, real: connection reset", real(CannedServer.resets()), "transient"),
                row("Storage: 503", new StorageException(503, "x"), "transient status 503"),
                row("Storage: 429", new StorageException(429, "x"), "throttled status 429"),
                row("Storage: 404", new StorageException(404, "x"), "answered status 404"),
                row("Storage: 412", new StorageException(412, "x"), "answered status 412"),
                row("Storage: 403", new StorageException(403, "x"), "neutral status 403"),
                row(
                        "Storage: 401 in RuntimeException",
                        new RuntimeException(new StorageException(401, "x")),
                        "neutral status 401"),
                row(
                        "Storage: cut",
                        new StorageException(0, "x", "connectionClosedPrematurely", new IOException("x")),
                        "transient"),
                row("Storage: network", new StorageException(new SocketTimeoutException("x")), "transient"),
                row("Storage: unknown", new StorageException(0, "x"), "unknown"),
                row("Storage: 503 of JSON", new StorageException(json(503)), "transient status 503"),
                row("BigQuery: rate", bigQuery(403, "rateLimitExceeded"), "throttled status 403"),
                row("BigQuery: quota", bigQuery(403, "quotaExceeded"), "neutral status 403"),
                row("BigQuery: backend", bigQuery(503, "backendError"), "transient status 503"),
                row("BigQuery: backend, odd status", bigQuery(400, "backendError"), "transient status 400"),
                row("BigQuery: query", bigQuery(400, "invalidQuery"), "answered status 400"),
                row("BigQuery: 501", bigQuery(501, "notImplemented"), "permanent status 501"),
                row("Datastore: ABORTED", datastore(10, "ABORTED"), "transient"),
                row("Datastore: UNAVAILABLE", datastore(14, "UNAVAILABLE"), "transient"),
                row("Datastore: RESOURCE_EXHAUSTED", datastore(8, "RESOURCE_EXHAUSTED"), "throttled"),
                row("Datastore: NOT_FOUND", datastore(5, "NOT_FOUND"), "answered"),
                row("Datastore: PERMISSION_DENIED", datastore(7, "PERMISSION_DENIED"), "neutral"),
                row("Datastore: INTERNAL", datastore(13, "INTERNAL"), "permanent"),
                row("Datastore: DATA_LOSS", datastore(15, "DATA_LOSS"), "permanent"));
    }

    private static Stream<Row> apis() {
        return Stream.of(
                row("APIs: 403, rate", json(403, "userRateLimitExceeded"), "throttled"),
                row("APIs: 403, forbidden", json(403, "insufficientPermissions"), "neutral status 403"),
                row("APIs: 403, no reason", json(403), "neutral status 403"),
                row("APIs: 404", json(404, "notFound"), "answered status 404"),
                row("APIs: 503", json(503, "backendError"), "transient status 503"),
                row("APIs: 429 in IOException", new IOException(json(429, "rateLimitExceeded")), "throttled"),
                row("APIs: token refused", token(400), "neutral"),
                row("APIs: no token, 503", token(503), "transient status 503"));
    }

    private static Throwable token(int status) {
        HttpTransport server = new MockHttpTransport.Builder()
                .setLowLevelHttpResponse(new MockLowLevelHttpResponse()
                        .setStatusCode(status)
                        .setContentType("application/json")
                        .setContent("{\"error\":\"invalid_grant\"}"))
                .build();
        GenericUrl url = new GenericUrl("http://127.0.0.1/token");
        return CannedServer.thrownBy(
                () -> new RefreshTokenRequest(server, GsonFactory.getDefaultInstance(), url, "x").execute());
    }

    private static Stream<Row> jobs() {
        return Stream.of(
                row("BigQuery job: rate", job("jobRateLimitExceeded"), "throttled"),
                row("BigQuery job: backend", job("backendError"), "transient"),
                row("BigQuery job: query", job("invalidQuery"), "answered"));
    }

    private static Throwable grpc(Status.Code code, boolean retryable) {
        Throwable cause = Status.fromCode(code).asRuntimeException();
        return ApiExceptionFactory.createException(cause, GrpcStatusCode.of(code), retryable);
    }

    private static Throwable rest(int status) {
        Throwable cause = new HttpJsonStatusRuntimeException(status, "x", null);
        return ApiExceptionFactory.createException(cause, HttpJsonStatusCode.of(status), false);
    }

    private static Throwable delayed(long seconds, int nanos) {
        RetryInfo info = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
        ErrorDetails details = ErrorDetails.builder()
                .setRawErrorMessages(List.of(Any.pack(info)))
                .build();
        Throwable cause = new IllegalStateException("x");
        return ApiExceptionFactory.createException(cause, GrpcStatusCode.of(Status.Code.UNAVAILABLE), true, details);
    }

    private static FlowController.FlowControlException flow() {
        return new FlowController.MaxOutstandingElementCountReachedException(1);
    }

    private static Throwable auth(boolean retryable, Throwable cause) {
        return Instances.of(
                "com.google.auth.oauth2.GoogleAuthException",
                retryable,
                3,
                "x",
                cause == null ? new IOException("x") : cause);
    }

    private static IOException json(int status, String... reasons) {
        GoogleJsonError error = new GoogleJsonError();
        error.setErrors(Stream.of(reasons).map(GoogleTests::reason).toList());
        error.setCode(status);
        error.setMessage("x");
        return new GoogleJsonResponseException(
                new HttpResponseException.Builder(status, "x", new HttpHeaders()), error);
    }

    private static GoogleJsonError.ErrorInfo reason(String text) {
        GoogleJsonError.ErrorInfo info = new GoogleJsonError.ErrorInfo();
        info.setReason(text);
        return info;
    }

    private static Throwable real(CannedServer server) {
        Storage storage = StorageOptions.http()
                .setHost(server.url())
                .setProjectId("p")
                .setCredentials(NoCredentials.getInstance())
                .setRetrySettings(ServiceOptions.getNoRetrySettings())
                .build()
                .getService();
        return server.failureOf(() -> storage.get("bucket", "object"));
    }

    private static Throwable bigQuery(int status, String reason) {
        return new BigQueryException(status, "x", new BigQueryError(reason, "here", "x"));
    }

    private static Throwable datastore(int code, String reason) {
        return new DatastoreException(code, "x", reason);
    }

    private static Throwable job(String reason) {
        return Instances.of(
                JobException.class.getName(), JobId.of("1"), ImmutableList.of(new BigQueryError(reason, "here", "x")));
    }
}
