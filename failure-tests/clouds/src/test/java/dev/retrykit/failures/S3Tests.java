package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.DownloadRequest;

/** What failures of a real S3 client mean. */
class S3Tests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(
                row("S3: connection reset, defaults of the SDK", resetBy(defaults()), "nested"),
                row("S3: connection reset, no retries of the SDK", resetBy(once()), "transient"),
                row("S3: nothing listens", refused(), "transient"),
                row("S3: 503 SlowDown, retried by the SDK", answered(503, "SlowDown", atOnce()), "nested status 503"),
                row("S3: 503 SlowDown", answered(503, "SlowDown", once()), "throttled status 503"),
                row("S3: 503 SlowDown, Retry-After", slowDown(), "throttled after 2s status 503"),
                row("S3: 503 ServiceUnavailable", answered(503, "ServiceUnavailable", once()), "transient status 503"),
                row("S3: 500 InternalError", answered(500, "InternalError", once()), "transient status 500"),
                row("S3: 400 RequestTimeout", answered(400, "RequestTimeout", once()), "transient status 400"),
                row("S3: 404 NoSuchKey", answered(404, "NoSuchKey", defaults()), "answered status 404"),
                row("S3: 404 NoSuchBucket", answered(404, "NoSuchBucket", once()), "answered status 404"),
                row("S3: 412 PreconditionFailed", answered(412, "PreconditionFailed", once()), "answered status 412"),
                row("S3: 304 for a conditional read", answered(304, "", once()), "answered"),
                row(
                        "S3: 409 ConditionalRequestConflict",
                        answered(409, "ConditionalRequestConflict", once()),
                        "transient"),
                row("S3: 409 OperationAborted", answered(409, "OperationAborted", once()), "transient"),
                row("S3: 409 BucketAlreadyExists", answered(409, "BucketAlreadyExists", once()), "answered status 409"),
                row("S3: 403 AccessDenied", answered(403, "AccessDenied", once()), "neutral status 403"),
                row("S3: 400 ExpiredToken", answered(400, "ExpiredToken", once()), "neutral status 400"),
                row(
                        "S3: 403 RequestTimeTooSkewed",
                        answered(403, "RequestTimeTooSkewed", once()),
                        "transient status 403"),
                row("S3: 400 InvalidArgument", answered(400, "InvalidArgument", once()), "answered status 400"),
                row("S3: SlowDown in a 200", sent("SlowDown", 200), "throttled"),
                row("S3: 301 in a RuntimeException", new RuntimeException(sent("PermanentRedirect", 301)), "unknown"),
                row("S3: attempt timed out", timeout(true), "transient"),
                row("S3: call timed out", timeout(false), "transient"),
                row(
                        "S3 in ExecutionException",
                        new ExecutionException(answered(404, "NoSuchKey", once())),
                        "answered status 404"),
                row(
                        "S3 in CompletionException",
                        new CompletionException(sent("SlowDown", 503)),
                        "throttled status 503"),
                row("S3 transfer manager: reset", transferred(), "nested"),
                row("S3 over CRT: connection reset", crt(CannedServer.resets()), "transient"),
                row("S3 over CRT: nothing listens", crt(CannedServer.closedPort()), "transient"),
                row("S3 over CRT: no such host", crt("http://nowhere.invalid"), "transient"),
                row("CRT: first byte late", crt(2092), "transient"),
                row("CRT: client closed", crt(2072), "neutral"),
                row("CRT: header invalid", crt(2052), "unknown"),
                row("CRT, checked by itself: pool full", new IOException(new CrtRuntimeException(2094)), "transient"),
                row("S3 of CRT: throttled", ofCrt("Response code indicates throttling"), "throttled"),
                row("S3 of CRT: 500", ofCrt("Response code indicates internal server error"), "transient"),
                row("S3 of CRT: connection lost", ofCrt("socket is closed."), "transient"),
                row("S3 of CRT: nothing listens", ofCrt("socket connection refused."), "transient"),
                row("S3 of CRT: cancelled", ofCrt("Request successfully cancelled"), "unknown"));
    }

    @Test
    void theSdksOwnRetriesArentMultiplied() {
        try (CannedServer server = CannedServer.resets();
                S3Client client = client(server.url(), defaults())) {
            Retry retry = Retry.builder("s3").build();
            Throwable failure = CannedServer.thrownBy(() -> retry.call(() -> read(client)));
            assertThat(failure).isInstanceOf(SdkClientException.class);
            assertThat(failure.getSuppressed())
                    .filteredOn(RetryStopped.class::isInstance)
                    .singleElement(as(InstanceOfAssertFactories.type(RetryStopped.class)))
                    .returns(StopReason.NESTED, RetryStopped::reason)
                    .returns(1, RetryStopped::attempts);
            assertThat(server.requests()).isEqualTo(4);
        }
    }

    private static Throwable resetBy(UnaryOperator<ClientOverrideConfiguration.Builder> override) {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> read(client(server.url(), override)));
    }

    private static Throwable refused() {
        String closed = CannedServer.closedPort();
        return CannedServer.thrownBy(() -> read(client(closed, once())));
    }

    private static Throwable answered(
            int status, String code, UnaryOperator<ClientOverrideConfiguration.Builder> override) {
        CannedServer server = CannedServer.answers(status, xml(code));
        return server.failureOf(() -> read(client(server.url(), override)));
    }

    private static Throwable slowDown() {
        CannedServer server = CannedServer.answers(503, xml("SlowDown"), "Retry-After", "2");
        return server.failureOf(() -> read(client(server.url(), once())));
    }

    private static Throwable timeout(boolean attempt) {
        CannedServer server = CannedServer.hangs();
        Duration soon = Duration.ofMillis(150);
        return server.failureOf(() -> read(client(
                server.url(),
                builder ->
                        attempt ? once().apply(builder).apiCallAttemptTimeout(soon) : builder.apiCallTimeout(soon))));
    }

    private static Throwable transferred() {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> {
            try (S3TransferManager manager = S3TransferManager.builder()
                    .s3Client(S3AsyncClient.builder()
                            .endpointOverride(URI.create(server.url()))
                            .region(Region.EU_CENTRAL_1)
                            .forcePathStyle(true)
                            .credentialsProvider(credentials())
                            .build())
                    .build()) {
                return manager.download(DownloadRequest.builder()
                                .getObjectRequest(request -> request.bucket("b").key("k"))
                                .responseTransformer(AsyncResponseTransformer.toBytes())
                                .build())
                        .completionFuture()
                        .join();
            }
        });
    }

    private static Throwable crt(CannedServer server) {
        return server.failureOf(() -> readOverCrt(server.url()));
    }

    private static Throwable crt(String url) {
        return CannedServer.thrownBy(() -> readOverCrt(url));
    }

    private static Throwable crt(int code) {
        return SdkClientException.create("Unable to execute HTTP request", new IOException(new HttpException(code)));
    }

    private static Object readOverCrt(String url) {
        return read(S3Client.builder()
                .httpClient(AwsCrtHttpClient.create())
                .endpointOverride(URI.create(url))
                .region(Region.EU_CENTRAL_1)
                .forcePathStyle(true)
                .credentialsProvider(credentials())
                .overrideConfiguration(
                        once().apply(ClientOverrideConfiguration.builder()).build())
                .build());
    }

    /** The client that is written in C retries by itself, for seconds. */
    private static Throwable ofCrt(String message) {
        return new CompletionException(SdkClientException.create("Failed to send the request: " + message));
    }

    private static S3Exception sent(String code, int status) {
        return (S3Exception) S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(code)
                        .build())
                .build();
    }

    private static String xml(String code) {
        return "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>";
    }

    private static Object read(S3Client client) {
        try (client) {
            return client.getObjectAsBytes(request -> request.bucket("b").key("k"));
        }
    }

    private static S3Client client(String url, UnaryOperator<ClientOverrideConfiguration.Builder> override) {
        S3ClientBuilder builder = S3Client.builder();
        return builder.endpointOverride(URI.create(url))
                .region(Region.EU_CENTRAL_1)
                .forcePathStyle(true)
                .credentialsProvider(credentials())
                .overrideConfiguration(
                        override.apply(ClientOverrideConfiguration.builder()).build())
                .build();
    }

    private static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b"));
    }

    private static UnaryOperator<ClientOverrideConfiguration.Builder> defaults() {
        return UnaryOperator.identity();
    }

    private static UnaryOperator<ClientOverrideConfiguration.Builder> atOnce() {
        BackoffStrategy none = BackoffStrategy.retryImmediately();
        return builder -> builder.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .backoffStrategy(none)
                .throttlingBackoffStrategy(none)
                .build());
    }

    private static UnaryOperator<ClientOverrideConfiguration.Builder> once() {
        return builder -> builder.retryStrategy(AwsRetryStrategy.doNotRetry());
    }
}
