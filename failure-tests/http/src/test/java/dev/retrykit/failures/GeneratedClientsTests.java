package dev.retrykit.failures;

import com.microsoft.kiota.ApiExceptionBuilder;
import com.microsoft.kiota.ResponseHeaders;
import jakarta.ws.rs.core.Response;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What failures of generated clients mean, whose classes can't be known by their full names. */
class GeneratedClientsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(openApi(), others(), kiota()).flatMap(rows -> rows);
    }

    private static Stream<Row> openApi() {
        Map<String, List<String>> none = Map.of();
        Map<String, List<String>> later = Map.of("Retry-After", List.of("1"));
        return Stream.of(
                row("OpenAPI: 503", new Shop.ApiException(503, none), "transient status 503"),
                row("OpenAPI: 503, Retry-After 1", new Shop.ApiException(503, later), "transient after 1s status 503"),
                row("OpenAPI: 404", new Shop.ApiException(404, none), "answered status 404"),
                row("OpenAPI: 401", new Shop.ApiException(401, none), "neutral status 401"),
                row(
                        "OpenAPI: 429 in a wrapper",
                        new RuntimeException(new Shop.ApiException(429, later)),
                        "throttled after 1s status 429"),
                row("OpenAPI: 503 without headers", new Shop.ApiException(503, null), "transient status 503"),
                row("OpenAPI: of a subclass", new Shop.NoSuchThingException(404, none), "answered status 404"),
                row(
                        "OpenAPI: no answer",
                        new Shop.ApiException(0, none).initCause(new ConnectException("refused")),
                        "transient"),
                row("OpenAPI: something", new Shop.ApiException(0, none), "unknown"),
                row(
                        "OpenAPI, JDK client: 503, Retry-After 1",
                        new Bank.ApiException(503, HttpHeaders.of(later, (name, value) -> true)),
                        "transient after 1s status 503"),
                row(
                        "OpenAPI, MicroProfile: 503",
                        new Farm.ApiException(
                                Response.status(503).header("Retry-After", "1").build()),
                        "transient after 1s status 503"),
                row(
                        "OpenAPI, MicroProfile: 404",
                        new Farm.ApiException(Response.status(404).build()),
                        "answered status 404"),
                row("an ApiException of another shape", new Other.ApiException(503), "unknown"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("a client's own ApiError: 503", new Shop.ApiError(503), "transient status 503"),
                row("a client's own ApiError: 404", new Shop.ApiError(404), "answered status 404"),
                row(
                        "a client's own HttpResponseException: 503",
                        new Shop.HttpResponseException(503),
                        "transient status 503"),
                row(
                        "a client's own HttpStatusException: 404",
                        new CompletionException(new Shop.HttpStatusException(404)),
                        "answered status 404"));
    }

    private static Stream<Row> kiota() {
        ResponseHeaders later = new ResponseHeaders();
        later.add("Retry-After", "1");
        return Stream.of(
                row(
                        "Kiota: 503, Retry-After 1",
                        new ApiExceptionBuilder()
                                .withResponseStatusCode(503)
                                .withResponseHeaders(later)
                                .build(),
                        "transient after 1s status 503"),
                row(
                        "Kiota: 404",
                        new ApiExceptionBuilder().withResponseStatusCode(404).build(),
                        "answered status 404"),
                row(
                        "Kiota: something",
                        new ApiExceptionBuilder().withMessage("x").build(),
                        "unknown"));
    }

    /** As the generator writes it for OkHttp, HttpComponents, Jersey and others. */
    static final class Shop {

        static class ApiException extends Exception {

            private final int code;
            private final transient Map<String, List<String>> headers;

            ApiException(int code, Map<String, List<String>> headers) {
                super("x");
                this.code = code;
                this.headers = headers;
            }

            public int getCode() {
                return code;
            }

            public Map<String, List<String>> getResponseHeaders() {
                return headers;
            }
        }

        static final class NoSuchThingException extends ApiException {

            NoSuchThingException(int code, Map<String, List<String>> headers) {
                super(code, headers);
            }
        }

        static final class ApiError extends RuntimeException {

            private final int code;

            ApiError(int code) {
                this.code = code;
            }

            public int statusCode() {
                return code;
            }
        }

        static final class HttpResponseException extends RuntimeException {

            private final int code;

            HttpResponseException(int code) {
                this.code = code;
            }

            public int getStatusCode() {
                return code;
            }
        }

        static final class HttpStatusException extends RuntimeException {

            private final Integer code;

            HttpStatusException(Integer code) {
                this.code = code;
            }

            public Integer getStatusCode() {
                return code;
            }
        }
    }

    /** As the generator writes it for the JDK's client. */
    static final class Bank {

        static final class ApiException extends Exception {

            private final int code;
            private final transient HttpHeaders headers;

            ApiException(int code, HttpHeaders headers) {
                this.code = code;
                this.headers = headers;
            }

            public int getCode() {
                return code;
            }

            public HttpHeaders getResponseHeaders() {
                return headers;
            }
        }
    }

    /** As the generator writes it for MicroProfile. */
    static final class Farm {

        static final class ApiException extends Exception {

            private final transient Response response;

            ApiException(Response response) {
                this.response = response;
            }

            public Response getResponse() {
                return response;
            }
        }
    }

    /** Somebody else's, whose code is anything. */
    static final class Other {

        static final class ApiException extends RuntimeException {

            private final int code;

            ApiException(int code) {
                this.code = code;
            }

            public int getCode() {
                return code;
            }
        }
    }
}
