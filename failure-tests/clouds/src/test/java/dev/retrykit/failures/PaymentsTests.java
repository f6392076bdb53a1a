package dev.retrykit.failures;

import com.adyen.httpclient.HTTPClientException;
import com.braintreegateway.exceptions.AuthenticationException;
import com.braintreegateway.exceptions.AuthorizationException;
import com.braintreegateway.exceptions.BraintreeException;
import com.braintreegateway.exceptions.ConfigurationException;
import com.braintreegateway.exceptions.GatewayTimeoutException;
import com.braintreegateway.exceptions.InvalidChallengeException;
import com.braintreegateway.exceptions.InvalidSignatureException;
import com.braintreegateway.exceptions.NotFoundException;
import com.braintreegateway.exceptions.RequestTimeoutException;
import com.braintreegateway.exceptions.ServerException;
import com.braintreegateway.exceptions.ServiceUnavailableException;
import com.braintreegateway.exceptions.TimeoutException;
import com.braintreegateway.exceptions.TooManyRequestsException;
import com.braintreegateway.exceptions.UnexpectedException;
import com.braintreegateway.exceptions.UpgradeRequiredException;
import com.paypal.sdk.exceptions.ErrorException;
import com.paypal.sdk.http.Headers;
import com.paypal.sdk.http.client.HttpContext;
import com.paypal.sdk.http.request.HttpMethod;
import com.paypal.sdk.http.request.HttpRequest;
import com.paypal.sdk.http.response.HttpResponse;
import com.squareup.square.core.SquareApiException;
import com.squareup.square.core.SquareException;
import com.twilio.exception.ApiConnectionException;
import com.twilio.exception.ApiException;
import com.twilio.exception.CertificateValidationException;
import com.twilio.exception.InvalidRequestException;
import io.apimatic.core.types.CoreApiException;
import java.io.ByteArrayInputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What failures of clients mean that pay or send messages to people. */
class PaymentsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(braintree(), adyen(), square(), paypal(), twilio()).flatMap(rows -> rows);
    }

    private static Stream<Row> braintree() {
        return Stream.of(
                row("Braintree: gateway timed out", new GatewayTimeoutException(), "unknown-effect"),
                row("Braintree: request timed out", new RequestTimeoutException(), "unknown-effect"),
                row(
                        "Braintree: read timed out",
                        new TimeoutException("x", new SocketTimeoutException("Read timed out")),
                        "unknown-effect"),
                row("Braintree: 500", new ServerException(), "unknown-effect"),
                row("Braintree: 503", new ServiceUnavailableException(), "unknown-effect"),
                row("Braintree: 429", new TooManyRequestsException(), "throttled"),
                row("Braintree: 404", new NotFoundException(), "answered"),
                row("Braintree: 426", new UpgradeRequiredException(), "permanent"),
                row("Braintree: 401", new AuthenticationException(), "neutral"),
                row("Braintree: 403", new AuthorizationException("x"), "neutral"),
                row("Braintree: settings", new ConfigurationException("x"), "neutral"),
                row("Braintree: signature", new InvalidSignatureException("x"), "neutral"),
                row("Braintree: challenge", new InvalidChallengeException("x"), "neutral"),
                row("Braintree: nothing listens", refused(), "transient"),
                row(
                        "Braintree: connection lost",
                        new UnexpectedException("x", new SocketException("Connection reset")),
                        "unknown-effect"),
                row("Braintree: unexpected", new UnexpectedException("x"), "unknown-effect"),
                row(
                        "Braintree: 404 in ExecutionException",
                        new ExecutionException(new NotFoundException()),
                        "answered"),
                row("Braintree: any", new BraintreeException("x"), "unknown"));
    }

    private static Stream<Row> adyen() {
        return Stream.of(
                row("Adyen: 500", adyen(500), "unknown-effect status 500"),
                row("Adyen: 422", adyen(422), "answered status 422"),
                row("Adyen: 401", adyen(401), "neutral status 401"),
                row("Adyen: 429, Retry-After 2", adyen(429, "Retry-After", "2"), "throttled after 2s status 429"),
                row("Adyen: 503, Retry-After 2", adyen(503, "Retry-After", "2"), "transient after 2s status 503"),
                row("Adyen's HTTP: 502", new HTTPClientException(502, "x", Map.of(), ""), "unknown-effect status 502"),
                row("Adyen's HTTP: 404", new HTTPClientException(404, "x", Map.of(), ""), "answered status 404"));
    }

    private static Stream<Row> square() {
        return Stream.of(
                row("Square: 500", square(500), "unknown-effect status 500"),
                row("Square: 402", square(402), "answered status 402"),
                row("Square: 429, Retry-After 1", square(429, "Retry-After", "1"), "throttled after 1s status 429"),
                row("Square: 404", new SquareApiException("x", 404, "{}"), "answered status 404"),
                row(
                        "Square: read timed out",
                        new SquareException("x", new SocketTimeoutException("timeout")),
                        "unknown-effect"),
                row("Square: any", new SquareException("x"), "unknown"));
    }

    private static Stream<Row> paypal() {
        return Stream.of(
                row("PayPal: POST 500", paypal(HttpMethod.POST, 500), "unknown-effect status 500"),
                row("PayPal: GET 500", paypal(HttpMethod.GET, 500), "transient status 500"),
                row("PayPal: POST 422", paypal(HttpMethod.POST, 422), "answered status 422"),
                row("PayPal: POST 401", paypal(HttpMethod.POST, 401), "neutral status 401"),
                row(
                        "PayPal: POST 429, Retry-After 3",
                        paypal(HttpMethod.POST, 429, "Retry-After", "3"),
                        "throttled after 3s status 429"),
                row(
                        "PayPal: PATCH 503 in RuntimeException",
                        new RuntimeException(paypal(HttpMethod.PATCH, 503)),
                        "unknown-effect status 503"),
                row("PayPal before 2024: 422", oldPaypal(422), "answered status 422"),
                row("PayPal before 2024: 500", oldPaypal(500), "unknown-effect status 500"),
                row("PayPal before 2024: 429, Retry-After 3", oldPaypal(429), "throttled after 3s status 429"),
                row("APIMatic: POST 503", apimatic(HttpMethod.POST, 503), "unknown-effect status 503"),
                row("APIMatic: GET 503", apimatic(HttpMethod.GET, 503), "transient status 503"),
                row("APIMatic: POST 404", apimatic(HttpMethod.POST, 404), "answered status 404"));
    }

    private static Stream<Row> twilio() {
        return Stream.of(
                row("Twilio: 500", new ApiException("x", 500), "unknown-effect status 500"),
                row("Twilio: 429", new ApiException("x", 429), "throttled status 429"),
                row(
                        "Twilio: 400",
                        new ApiException("x", 21211, "info", 400, null, null, null, null),
                        "answered status 400"),
                row("Twilio: 404", new ApiException("x", 404), "answered status 404"),
                row("Twilio: 401", new ApiException("x", 401), "neutral status 401"),
                row("Twilio: network", new ApiException("x", new SocketTimeoutException("x")), "unknown-effect"),
                row("Twilio: nothing known", new ApiException("x"), "unknown"),
                row(
                        "Twilio: connection",
                        new ApiConnectionException("x", new SocketTimeoutException("x")),
                        "unknown-effect"),
                row("Twilio: connection, no cause", new ApiConnectionException("x"), "unknown-effect"),
                row("Twilio: credentials", new com.twilio.exception.AuthenticationException("x"), "neutral"),
                row("Twilio: own mistake", new InvalidRequestException("x"), "neutral"),
                row("Twilio: certificate", new CertificateValidationException("x", null), "permanent"));
    }

    private static Throwable refused() {
        String closed = CannedServer.closedPort();
        return new UnexpectedException(
                "x", CannedServer.thrownBy(() -> URI.create(closed).toURL().getContent()));
    }

    private static Throwable adyen(int status, String... header) {
        Map<String, List<String>> headers = header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1]));
        return new com.adyen.service.exception.ApiException("x", status, headers);
    }

    private static Throwable square(int status, String... header) {
        return new SquareApiException("x", status, "{}", OkAnswers.of("POST", status, header));
    }

    private static Throwable paypal(HttpMethod method, int status, String... header) {
        Headers headers = new Headers();
        if (header.length > 0) {
            headers.add(header[0], header[1]);
        }
        HttpRequest request =
                new HttpRequest(method, new StringBuilder("http://127.0.0.1/"), new Headers(), Map.of(), "");
        HttpResponse answer = new HttpResponse(status, headers, new ByteArrayInputStream("{}".getBytes()), "{}");
        return new ErrorException("x", new HttpContext(request, answer));
    }

    private static Throwable oldPaypal(int status) {
        com.paypal.http.Headers headers = new com.paypal.http.Headers();
        if (status == 429) {
            headers.header("Retry-After", "3");
        }
        return new com.paypal.http.exceptions.HttpException("{}", status, headers);
    }

    /** As thrown by other clients of the generator that PayPal's comes from. */
    private static Throwable apimatic(HttpMethod method, int status) {
        return new CoreApiException("x", ((ErrorException) paypal(method, status)).getHttpContext());
    }
}
