package dev.retrykit.failures;

import com.azure.core.exception.AzureException;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.DecodeException;
import com.azure.core.exception.HttpRequestException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceExistsException;
import com.azure.core.exception.ResourceModifiedException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.core.exception.ServiceResponseException;
import com.azure.core.exception.TooManyRedirectsException;
import com.azure.core.exception.UnexpectedLengthException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.data.tables.models.TableServiceException;
import com.azure.identity.CredentialUnavailableException;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.microsoft.aad.msal4j.MsalClientException;
import com.microsoft.aad.msal4j.MsalInteractionRequiredException;
import com.microsoft.aad.msal4j.MsalServiceException;
import com.microsoft.aad.msal4j.MsalThrottlingException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.test.util.ReflectionTestUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What failures of Azure's clients mean that speak HTTP. */
class AzureTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(answers(), exceptions(), identity(), blobs()).flatMap(rows -> rows);
    }

    private static Stream<Row> answers() {
        return Stream.of(
                row("Azure: GET 503", http(HttpMethod.GET, 503), "transient status 503"),
                row(
                        "Azure: GET 503, Retry-After 2",
                        http(HttpMethod.GET, 503, "Retry-After", "2"),
                        "transient after 2s status 503"),
                row(
                        "Azure: GET 503, x-ms-retry-after-ms 250",
                        http(HttpMethod.GET, 503, "x-ms-retry-after-ms", "250"),
                        "transient after 250ms status 503"),
                row(
                        "Azure: GET 429, retry-after-ms 20",
                        http(HttpMethod.GET, 429, "retry-after-ms", "20"),
                        "throttled after 20ms status 429"),
                row("Azure: GET 404", http(HttpMethod.GET, 404), "answered status 404"),
                row("Azure: GET 409", http(HttpMethod.GET, 409), "answered status 409"),
                row("Azure: GET 401", http(HttpMethod.GET, 401), "neutral status 401"),
                row("Azure: GET 304", http(HttpMethod.GET, 304), "answered"),
                row("Azure: PUT 500", http(HttpMethod.PUT, 500), "transient status 500"),
                row("Azure: POST 500", http(HttpMethod.POST, 500), "unknown-effect status 500"),
                row("Azure: POST 503", http(HttpMethod.POST, 503), "unknown-effect status 503"),
                row(
                        "Azure: POST 503, Retry-After 1",
                        http(HttpMethod.POST, 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Azure: POST 429", http(HttpMethod.POST, 429), "throttled status 429"),
                row(
                        "Azure: PATCH 502 in RuntimeException",
                        new RuntimeException(http(HttpMethod.PATCH, 502)),
                        "unknown-effect status 502"),
                row("Azure: no answer", new HttpResponseException(null), "unknown"),
                row(
                        "Azure Tables: 503",
                        new TableServiceException("x", answer(HttpMethod.GET, 503)),
                        "transient status 503"),
                row(
                        "Azure Tables: POST 409",
                        new TableServiceException("x", answer(HttpMethod.POST, 409)),
                        "answered status 409"));
    }

    private static Stream<Row> exceptions() {
        HttpRequest post = new HttpRequest(HttpMethod.POST, "http://127.0.0.1/");
        HttpRequest get = new HttpRequest(HttpMethod.GET, "http://127.0.0.1/");
        return Stream.of(
                row(
                        "Azure: not found",
                        new ResourceNotFoundException("x", answer(HttpMethod.GET, 404)),
                        "answered status 404"),
                row("Azure: not found, no answer", new ResourceNotFoundException("x", null), "answered"),
                row(
                        "Azure: exists",
                        new ResourceExistsException("x", answer(HttpMethod.PUT, 409)),
                        "answered status 409"),
                row(
                        "Azure: modified",
                        new ResourceModifiedException("x", answer(HttpMethod.PUT, 412)),
                        "answered status 412"),
                row(
                        "Azure: not authenticated",
                        new ClientAuthenticationException("x", answer(HttpMethod.GET, 401)),
                        "neutral status 401"),
                row("Azure: not authenticated, no answer", new ClientAuthenticationException("x", null), "neutral"),
                row(
                        "Azure: no token, network",
                        new ClientAuthenticationException("x", null, new UnknownHostException("login")),
                        "transient"),
                row("Azure: can't be decoded", new DecodeException("x", answer(HttpMethod.GET, 200)), "permanent"),
                row(
                        "Azure: cut",
                        new DecodeException("x", answer(HttpMethod.GET, 200), new IOException("Connection reset")),
                        "transient"),
                row("Azure: redirects", new TooManyRedirectsException("x", answer(HttpMethod.GET, 302)), "permanent"),
                row("Azure: GET not sent", new HttpRequestException(get), "transient"),
                row("Azure: POST not sent?", new HttpRequestException(post), "unknown-effect"),
                row("Azure: no answer read", new ServiceResponseException("x"), "transient"),
                row("Azure: no answer read, cut", new ServiceResponseException("x", new EOFException()), "transient"),
                row("Azure: own body too short", new UnexpectedLengthException("x", 1, 2), "neutral"),
                row(
                        "Azure: connection refused",
                        new AzureException(new ConnectException("Connection refused")),
                        "transient"),
                row("Azure: any", new AzureException("x"), "unknown"));
    }

    private static Stream<Row> identity() {
        return Stream.of(
                row("Identity: no credential", new CredentialUnavailableException("x"), "neutral"),
                row(
                        "Identity: no endpoint",
                        new CredentialUnavailableException("x", new ConnectException("refused")),
                        "transient"),
                row(
                        "MSAL: 503",
                        msal(MsalServiceException.class, 503, Map.of("Retry-After", List.of("3"))),
                        "transient after 3s status 503"),
                row(
                        "MSAL: 400 in ClientAuthenticationException",
                        new ClientAuthenticationException("x", null, msal(MsalServiceException.class, 400, Map.of())),
                        "neutral status 400"),
                row(
                        "MSAL: 429",
                        msal(MsalServiceException.class, 429, Map.of("Retry-After", List.of("1"))),
                        "throttled after 1s status 429"),
                row("MSAL: no status", new MsalServiceException("x", "code"), "unknown"),
                row("MSAL: throttled", new MsalThrottlingException(1500), "throttled after 1500ms"),
                row("MSAL: network", new MsalClientException(new UnknownHostException("login")), "transient"),
                row("MSAL: own mistake", new MsalClientException("x", "code"), "neutral"),
                row(
                        "MSAL: a person must agree",
                        msal(MsalInteractionRequiredException.class, 400, Map.of()),
                        "neutral"));
    }

    private static Stream<Row> blobs() {
        return Stream.of(
                row("Blob: 404", real(404, "BlobNotFound"), "answered status 404"),
                row("Blob: 403", real(403, "AuthenticationFailed"), "neutral status 403"),
                row("Blob: 304", real(304, "ConditionNotMet"), "answered"),
                row("Blob: 412", real(412, "ConditionNotMet"), "answered status 412"),
                row("Blob: 409", real(409, "LeaseAlreadyPresent"), "answered status 409"),
                row("Blob: 409, container going", real(409, "ContainerBeingDeleted"), "transient status 409"),
                row("Blob: 503, busy", real(503, "ServerBusy"), "throttled status 503"),
                row("Blob: 500, timed out", real(500, "OperationTimedOut"), "transient status 500"),
                row("Blob: 503, busy, POST", blob(HttpMethod.POST, 503, "ServerBusy"), "unknown-effect status 503"),
                row("Blob: 500, unknown code", blob(HttpMethod.PUT, 500, "x"), "transient status 500"),
                row("Blob: connection reset", resetting(), "transient"));
    }

    private static Throwable real(int status, String code) {
        CannedServer server = CannedServer.answers(status, "", "x-ms-error-code", code);
        return server.failureOf(() -> client(server).downloadContent());
    }

    private static Throwable resetting() {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> client(server).downloadContent());
    }

    private static BlobClient client(CannedServer server) {
        return new BlobContainerClientBuilder()
                .endpoint(server.url() + "/account/container")
                .retryOptions(new RequestRetryOptions(RetryPolicyType.FIXED, 1, 5, null, null, null))
                .buildClient()
                .getBlobClient("blob");
    }

    private static Throwable blob(HttpMethod method, int status, String code) {
        return new BlobStorageException("x", answer(method, status, "x-ms-error-code", code), null);
    }

    private static Throwable msal(Class<?> type, int status, Map<String, List<String>> headers) {
        Object answer = Instances.object("com.microsoft.aad.msal4j.ErrorResponse");
        ReflectionTestUtils.setField(answer, "statusCode", status);
        return Instances.of(type.getName(), answer, headers);
    }

    private static Throwable http(HttpMethod method, int status, String... headers) {
        return new HttpResponseException(answer(method, status, headers));
    }

    private static HttpResponse answer(HttpMethod method, int status, String... headers) {
        HttpHeaders all = new HttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.set(HttpHeaderName.fromString(headers[i]), headers[i + 1]);
        }
        return new Answer(new HttpRequest(method, "http://127.0.0.1/"), status, all);
    }

    /** One without a body. */
    private static final class Answer extends HttpResponse {

        private final int status;
        private final HttpHeaders headers;

        Answer(HttpRequest request, int status, HttpHeaders headers) {
            super(request);
            this.status = status;
            this.headers = headers;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        @Deprecated
        public String getHeaderValue(String name) {
            return headers.getValue(HttpHeaderName.fromString(name));
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.empty();
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.empty();
        }

        @Override
        public Mono<String> getBodyAsString() {
            return Mono.empty();
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return Mono.empty();
        }
    }
}
