package dev.retrykit.failures;

import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.NonRetryableException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.SdkCancellationException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** What failures of the AWS SDK 2 mean that all services share. */
class AwsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(services(), codes(), clients()).flatMap(rows -> rows);
    }

    private static Stream<Row> services() {
        return Stream.of(
                row("SDK: 503", SdkServiceException.builder().statusCode(503).build(), "transient status 503"),
                row("SDK: 429", SdkServiceException.builder().statusCode(429).build(), "throttled status 429"),
                row("SDK: 404", SdkServiceException.builder().statusCode(404).build(), "answered status 404"),
                row("SDK: no status", SdkServiceException.builder().build(), "unknown"),
                row("SDK: 503 after 3 attempts", attempts(3, 503), "nested status 503"),
                row("SDK: 503 after 1 attempt", attempts(1, 503), "transient status 503"),
                row("SDK: 429 after 2 attempts", attempts(2, 429), "nested status 429"),
                row("SDK: 404 after 2 attempts", attempts(2, 404), "answered status 404"),
                row(
                        "AWS: 503, Retry-After 3",
                        answered("ServiceUnavailable", 503, "Retry-After", "3"),
                        "transient after 3s status 503"),
                row(
                        "AWS: 503, x-amz-retry-after 40",
                        answered("ServiceUnavailable", 503, "x-amz-retry-after", "40"),
                        "transient after 40ms status 503"),
                row(
                        "AWS: 500, x-amz-retry-after 1500",
                        answered("InternalError", 500, "x-amz-retry-after", "1500"),
                        "transient after 1500ms status 500"),
                row(
                        "AWS: 400 throttled, x-amz-retry-after 1500",
                        answered("ThrottlingException", 400, "x-amz-retry-after", "1500"),
                        "throttled after 1500ms status 400"),
                row(
                        "AWS: 400 throttled, Retry-After 1",
                        answered("Throttling", 400, "retry-after", "1"),
                        "throttled after 1s status 400"),
                row(
                        "AWS: 500 in ExecutionException",
                        new ExecutionException(aws("InternalError", 500)),
                        "transient status 500"),
                row(
                        "AWS: 400 in RuntimeException",
                        new RuntimeException(aws("ValidationError", 400)),
                        "answered status 400"),
                row("AWS: 501", aws("NotImplemented", 501), "permanent status 501"));
    }

    private static Stream<Row> codes() {
        Stream<Row> throttled = Stream.of(
                        "Throttling",
                        "ThrottlingException",
                        "ThrottledException",
                        "SlowDown",
                        "ProvisionedThroughputExceededException",
                        "TooManyRequestsException",
                        "RequestLimitExceeded",
                        "BandwidthLimitExceeded",
                        "RequestThrottled",
                        "RequestThrottledException",
                        "EC2ThrottledException",
                        "TransactionInProgressException",
                        "KmsThrottled",
                        "KMSThrottlingException")
                .map(code -> row("AWS: 400 " + code, aws(code, 400), "throttled status 400"));
        Stream<Row> neutral = Stream.of(
                        "AccessDeniedException",
                        "UnrecognizedClientException",
                        "ExpiredTokenException",
                        "InvalidSignatureException",
                        "MissingAuthenticationTokenException",
                        "InvalidClientTokenId",
                        "IncompleteSignature",
                        "OptInRequired",
                        "KMSAccessDeniedException",
                        "ExpiredToken")
                .map(code -> row("AWS: 400 " + code, aws(code, 400), "neutral status 400"));
        Stream<Row> answered = Stream.of(
                        "ValidationException",
                        "ResourceNotFoundException",
                        "IdempotentParameterMismatch",
                        "InvalidParameterValue",
                        "LimitExceededException")
                .map(code -> row("AWS: 400 " + code, aws(code, 400), "answered status 400"));
        Stream<Row> transients = Stream.of(
                        "RequestTimeout",
                        "RequestTimeoutException",
                        "PriorRequestNotComplete",
                        "ConcurrentModificationException",
                        "TooManyUpdates",
                        "DatabaseResumingException",
                        "RequestExpired",
                        "RequestTimeTooSkewed")
                .map(code -> row("AWS: 400 " + code, aws(code, 400), "transient status 400"));
        Stream<Row> events = Stream.of("InternalFailure", "InternalServerException", "ServiceUnavailableException")
                .map(code -> row("AWS: " + code + " in an event stream", aws(code, 0), "transient"));
        return Stream.of(throttled, neutral, answered, transients, events).flatMap(rows -> rows);
    }

    private static Stream<Row> clients() {
        return Stream.of(
                row(
                        "SDK: connection timed out",
                        client(
                                "Unable to execute HTTP request: Read timed out",
                                new SocketTimeoutException("Read timed out")),
                        "transient"),
                row(
                        "SDK: no credentials",
                        client("Unable to load credentials from any of the providers in the chain", null),
                        "neutral"),
                row(
                        "SDK: no region",
                        client("Unable to load region from any of the providers in the chain", null),
                        "neutral"),
                row(
                        "SDK: own parameter",
                        client(
                                "Unable to marshall request to JSON: Bucket cannot be empty.",
                                new IllegalArgumentException("Bucket cannot be empty.")),
                        "neutral"),
                row("SDK: pool exhausted", pool(), "transient"),
                row(
                        "SDK: too many wait for the pool",
                        client(
                                "Unable to execute HTTP request: Maximum pending connection acquisitions exceeded",
                                new Throwable("x")),
                        "transient"),
                row("SDK: no metadata service", client("Failed to load credentials from IMDS.", null), "transient"),
                row(
                        "SDK: broken answer",
                        client("Unable to unmarshall response", new IllegalStateException("x")),
                        "unknown"),
                row(
                        "SDK: wrong checksum",
                        client("Data read has a different checksum than expected. Was 0x1, but expected 0x2", null),
                        "transient"),
                row("SDK: call timed out", ApiCallTimeoutException.create(100), "transient"),
                row("SDK: attempt timed out", ApiCallAttemptTimeoutException.create(100), "transient"),
                row(
                        "SDK: attempt timed out, the second",
                        ApiCallAttemptTimeoutException.builder()
                                .message("x")
                                .numAttempts(2)
                                .build(),
                        "nested"),
                row(
                        "SDK: retryable",
                        RetryableException.create("checksum", new IllegalStateException("x")),
                        "transient"),
                row("SDK: CRC32", Crc32MismatchException.create("x", new IllegalStateException("x")), "transient"),
                row("SDK: not retryable", NonRetryableException.create("x"), "neutral"),
                row(
                        "SDK: not retryable, of the network",
                        NonRetryableException.create("x", new SocketTimeoutException("x")),
                        "transient"),
                row("SDK: aborted", AbortedException.create("x"), "neutral"),
                row(
                        "SDK: aborted by interruption",
                        AbortedException.create("x", new InterruptedException()),
                        "interrupted"),
                row("SDK: cancelled", new SdkCancellationException("x"), "neutral"),
                row("SDK: ping failed", new CompletionException(netty("PingFailedException")), "transient"),
                row("SDK: GOAWAY", new CompletionException(netty("GoAwayException")), "transient"));
    }

    static AwsServiceException aws(String code, int status) {
        return answered(code, status);
    }

    private static AwsServiceException answered(String code, int status, String... headers) {
        SdkHttpResponse.Builder answer = SdkHttpResponse.builder().statusCode(status);
        for (int i = 0; i < headers.length; i += 2) {
            answer.putHeader(headers[i], List.of(headers[i + 1]));
        }
        return AwsServiceException.builder()
                .statusCode(status)
                .awsErrorDetails(details(code).toBuilder()
                        .sdkHttpResponse(answer.build())
                        .build())
                .build();
    }

    static AwsErrorDetails details(String code) {
        return AwsErrorDetails.builder().errorCode(code).errorMessage(code).build();
    }

    private static Throwable attempts(int attempts, int status) {
        return SdkServiceException.builder()
                .statusCode(status)
                .numAttempts(attempts)
                .build();
    }

    private static Throwable client(String message, Throwable cause) {
        return SdkClientException.create(message, cause);
    }

    private static Throwable pool() {
        String message = "Acquire operation took longer than the configured maximum time. This indicates that ...";
        return client("Unable to execute HTTP request: " + message, new Throwable(message, new TimeoutException("x")));
    }

    private static Throwable netty(String name) {
        return Instances.of("software.amazon.awssdk.http.nio.netty.internal.http2." + name);
    }
}
