package dev.retrykit.failures;

import com.aliyun.oss.ClientException;
import com.aliyun.oss.InconsistentException;
import com.aliyun.oss.OSSException;
import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaRetryableException;
import com.amazonaws.AbortedException;
import com.amazonaws.AmazonServiceException;
import com.amazonaws.ResetException;
import com.amazonaws.SdkClientException;
import com.amazonaws.http.timers.client.ClientExecutionTimeoutException;
import com.amazonaws.internal.CRC32MismatchException;
import com.amazonaws.services.dynamodbv2.model.CancellationReason;
import com.amazonaws.services.dynamodbv2.model.TransactionCanceledException;
import com.oracle.bmc.model.BmcException;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.minio.GetObjectArgs;
import io.minio.MinioClient;
import io.minio.errors.InsufficientDataException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;

/** What failures of the AWS SDK 1, of Oracle's, Alibaba's and Tencent's clouds and of MinIO mean. */
class OtherCloudsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(aws(), oracle(), alibaba(), tencent(), minio()).flatMap(rows -> rows);
    }

    private static Stream<Row> aws() {
        return Stream.of(
                row("AWS 1: 503", aws("x", 503), "transient status 503"),
                row("AWS 1: 503, Retry-After 1", aws("x", 503, "Retry-After", "1"), "transient after 1s status 503"),
                row("AWS 1: throttled", aws("ThrottlingException", 400), "throttled status 400"),
                row("AWS 1: SlowDown", aws("SlowDown", 503), "throttled status 503"),
                row("AWS 1: transaction canceled, conflict", canceled("None", "TransactionConflict"), "transient"),
                row("AWS 1: transaction canceled, throttled", canceled("ThrottlingError"), "throttled"),
                row(
                        "AWS 1: transaction canceled, condition",
                        canceled("TransactionConflict", "ConditionalCheckFailed"),
                        "answered"),
                row("AWS 1: denied", aws("AccessDeniedException", 400), "neutral status 400"),
                row("AWS 1: token expired", aws("ExpiredToken", 400), "neutral status 400"),
                row("AWS 1: condition", aws("ConditionalCheckFailedException", 400), "answered status 400"),
                row("AWS 1: no key", aws("NoSuchKey", 404), "answered status 404"),
                row("AWS 1: RequestTimeout", aws("RequestTimeout", 400), "transient status 400"),
                row(
                        "AWS 1 in ExecutionException",
                        new ExecutionException(aws("NoSuchKey", 404)),
                        "answered status 404"),
                row("AWS 1: network", new SdkClientException("x", new SocketTimeoutException("x")), "transient"),
                row(
                        "AWS 1: no credentials",
                        new SdkClientException("Unable to load AWS credentials from any provider in the chain"),
                        "neutral"),
                row(
                        "AWS 1: pool",
                        new SdkClientException(
                                "Unable to execute HTTP request: Timeout waiting for connection from pool"),
                        "transient"),
                row("AWS 1: any", new SdkClientException("x"), "unknown"),
                row("AWS 1: aborted", new AbortedException(), "neutral"),
                row("AWS 1: own stream", new ResetException("x"), "neutral"),
                row("AWS 1: timed out", new ClientExecutionTimeoutException(), "transient"),
                row("AWS 1: CRC32", new SdkClientException("x", new CRC32MismatchException("x")), "transient"));
    }

    private static Stream<Row> oracle() {
        return Stream.of(
                row("OCI: 503", oracle(503, "ServiceUnavailable"), "transient status 503"),
                row("OCI: 429", oracle(429, "TooManyRequests"), "throttled status 429"),
                row("OCI: 404", oracle(404, "NotAuthorizedOrNotFound"), "answered status 404"),
                row("OCI: 401", oracle(401, "NotAuthenticated"), "neutral status 401"),
                row("OCI: 409, state", oracle(409, "IncorrectState"), "transient status 409"),
                row("OCI: 409", oracle(409, "InvalidatedRetryToken"), "answered status 409"),
                row("OCI: timed out", new BmcException(true, "x", null, "id"), "transient"),
                row(
                        "OCI: network",
                        BmcException.createClientSide("x", new UnknownHostException("x"), "id", null),
                        "transient"),
                row(
                        "OCI: own mistake",
                        BmcException.createClientSide("x", new IllegalStateException("x"), "id", null),
                        "neutral"));
    }

    private static Stream<Row> alibaba() {
        return Stream.of(
                row("Alibaba: 503", tea("ServiceUnavailable", 503), "transient status 503"),
                row("Alibaba: throttled", tea("Throttling.User", 400), "throttled status 400"),
                row("Alibaba: key", tea("InvalidAccessKeyId.NotFound", 404), "neutral status 404"),
                row("Alibaba: 404", tea("InvalidInstanceId.NotFound", 404), "answered status 404"),
                row("Alibaba: retryable", new TeaRetryableException(new UnknownHostException("x")), "transient"),
                row("Alibaba: retryable, no cause", new TeaRetryableException(), "transient"),
                row("OSS: internal", oss("InternalError"), "transient"),
                row("OSS: rate", oss("QpsLimitExceeded"), "throttled"),
                row("OSS: denied", oss("AccessDenied"), "neutral"),
                row("OSS: no key", oss("NoSuchKey"), "answered"),
                row(
                        "OSS: timed out",
                        new ClientException("x", "SocketTimeout", "id", new SocketTimeoutException("x")),
                        "transient"),
                row("OSS: refused, no cause", new ClientException("x", "ConnectionRefused", "id"), "transient"),
                row("OSS: own mistake", new ClientException("x", "NonRepeatableRequest", "id"), "unknown"),
                row("OSS: checksum", new InconsistentException(1L, 2L, "id"), "transient"));
    }

    private static Stream<Row> tencent() {
        return Stream.of(
                row("Tencent: rate", new TencentCloudSDKException("x", "id", "RequestLimitExceeded"), "throttled"),
                row("Tencent: internal", new TencentCloudSDKException("x", "id", "InternalError"), "transient"),
                row("Tencent: key", new TencentCloudSDKException("x", "id", "AuthFailure.SecretIdNotFound"), "neutral"),
                row(
                        "Tencent: network",
                        new TencentCloudSDKException("x", new SocketTimeoutException("x")),
                        "transient"),
                row("Tencent: other", new TencentCloudSDKException("x", "id", "Other"), "unknown"));
    }

    private static Stream<Row> minio() {
        return Stream.of(
                row("MinIO: 404", minio(404, "NoSuchKey"), "answered status 404"),
                row("MinIO: 403", minio(403, "AccessDenied"), "neutral status 403"),
                row("MinIO: SlowDown", minio(503, "SlowDown"), "throttled status 503"),
                row("MinIO: 500", minio(500, "InternalError"), "transient status 500"),
                row("MinIO: 400 RequestTimeout", minio(400, "RequestTimeout"), "transient status 400"),
                row(
                        "MinIO: 503, Retry-After 1",
                        minio(503, "XMinioServerNotInitialized", "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("MinIO: connection reset", reset(), "transient"),
                row("MinIO: server", new ServerException("x", 502, ""), "transient status 502"),
                row("MinIO: cut", new InsufficientDataException("x"), "transient"),
                row("MinIO: a proxy's 502", new InvalidResponseException(502, "text/html", "<html>", ""), "transient"),
                row("MinIO: a proxy's 429", new InvalidResponseException(429, "text/html", "<html>", ""), "throttled"),
                row("MinIO: a proxy's 404", new InvalidResponseException(404, "text/html", "<html>", ""), "permanent"),
                row("MinIO: no XML", new XmlParserException(new IllegalStateException("x")), "permanent"));
    }

    private static Throwable canceled(String... codes) {
        TransactionCanceledException failure = new TransactionCanceledException("x");
        failure.setErrorCode("TransactionCanceledException");
        failure.setStatusCode(400);
        return failure.withCancellationReasons(Stream.of(codes)
                .map(code -> new CancellationReason().withCode(code))
                .toList());
    }

    private static Throwable aws(String code, int status, String... header) {
        AmazonServiceException failure = new AmazonServiceException("x");
        failure.setErrorCode(code);
        failure.setStatusCode(status);
        failure.setHttpHeaders(header.length == 0 ? Map.of() : Map.of(header[0], header[1]));
        return failure;
    }

    private static Throwable oracle(int status, String code) {
        return new BmcException(status, code, "x", "id");
    }

    private static Throwable tea(String code, int status) {
        return new TeaException(Map.of("code", code, "message", "x", "data", Map.of("statusCode", status)));
    }

    private static Throwable oss(String code) {
        return new OSSException("x", code, "id", "host", null, null, "GET");
    }

    private static Throwable minio(int status, String code, String... headers) {
        String xml = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>";
        String[] all = Stream.concat(Stream.of(headers), Stream.of("content-type", "application/xml"))
                .toArray(String[]::new);
        CannedServer server = CannedServer.answers(status, xml, all);
        return server.failureOf(() -> read(server));
    }

    private static Throwable reset() {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> read(server));
    }

    private static Object read(CannedServer server) throws Exception {
        MinioClient client = MinioClient.builder()
                .endpoint(server.url())
                .region("eu")
                .credentials("aaaaaaaa", "bbbbbbbb")
                .httpClient(new OkHttpClient())
                .build();
        return client.getObject(
                GetObjectArgs.builder().bucket("bucket").object("k").build());
    }
}
