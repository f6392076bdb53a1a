package dev.retrykit.failures;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.ApiKeyMissingException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.EventDataObjectDeserializationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.param.ChargeCreateParams;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What failures of Stripe's client mean. None tells its method: what may have been a payment isn't repeated. */
class StripeTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(
                row("Stripe: 402, declined", answered(402, "card_error", "card_declined"), "answered status 402"),
                row("Stripe: 400", answered(400, "invalid_request_error", "parameter_missing"), "answered status 400"),
                row("Stripe: 404", answered(404, "invalid_request_error", "resource_missing"), "answered status 404"),
                row("Stripe: 401", answered(401, "invalid_request_error", ""), "neutral"),
                row("Stripe: 403", answered(403, "invalid_request_error", ""), "neutral"),
                row("Stripe: 429", answered(429, "invalid_request_error", "rate_limit"), "throttled status 429"),
                row(
                        "Stripe: 429, Retry-After 2",
                        answered(429, "invalid_request_error", "rate_limit", "Retry-After", "2"),
                        "throttled after 2s status 429"),
                row(
                        "Stripe: 429, lock",
                        answered(429, "invalid_request_error", "lock_timeout"),
                        "throttled status 429"),
                row("Stripe: 500", answered(500, "api_error", ""), "unknown-effect status 500"),
                row("Stripe: 503", answered(503, "api_error", ""), "unknown-effect status 503"),
                row(
                        "Stripe: 503, Retry-After 1",
                        answered(503, "api_error", "", "Retry-After", "1"),
                        "transient after 1s status 503"),
                row(
                        "Stripe: 500, don't retry",
                        answered(500, "api_error", "", "Stripe-Should-Retry", "false"),
                        "vetoed status 500"),
                row(
                        "Stripe: 400, replayed",
                        answered(400, "invalid_request_error", "", "Idempotent-Replayed", "true"),
                        "vetoed status 400"),
                row(
                        "Stripe: 409, the key is in use",
                        answered(409, "idempotency_error", "idempotency_key_in_use"),
                        "unknown-effect status 409"),
                row(
                        "Stripe: 400, other parameters",
                        new IdempotencyException("x", "id", "idempotency_error", 400),
                        "answered status 400"),
                row("Stripe: nothing listens", refused(), "transient"),
                row("Stripe: connection reset", reset(), "unknown-effect"),
                row(
                        "Stripe: timed out",
                        new ApiConnectionException("x", new SocketTimeoutException("Read timed out")),
                        "unknown-effect"),
                row("Stripe: connection, no cause", new ApiConnectionException("x"), "unknown-effect"),
                row(
                        "Stripe: no JSON, 502",
                        new ApiException("x", "id", "c", 502, new IllegalStateException("x")),
                        "unknown-effect status 502"),
                row(
                        "Stripe: declined, in ExecutionException",
                        new ExecutionException(card(402)),
                        "answered status 402"),
                row("Stripe: declined, no status", card(null), "answered"),
                row("Stripe: credentials", new AuthenticationException("x", "id", "c", 401), "neutral"),
                row("Stripe: no key", new ApiKeyMissingException("x"), "neutral"),
                row("Stripe: not Stripe's", new SignatureVerificationException("x", "sig"), "neutral"),
                row(
                        "Stripe: event of another version",
                        new EventDataObjectDeserializationException("x", "{}"),
                        "permanent"));
    }

    private static Throwable card(Integer status) {
        return new CardException("x", "id", "card_declined", "p", "d", "ch", status, null);
    }

    private static Throwable answered(int status, String type, String code, String... headers) {
        String body = "{\"error\":{\"type\":\"" + type + "\",\"code\":\"" + code + "\",\"message\":\"no\"}}";
        CannedServer server = CannedServer.answers(status, body, headers);
        return server.failureOf(() -> charge(server.url()));
    }

    private static Throwable reset() {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> charge(server.url()));
    }

    private static Throwable refused() {
        String closed = CannedServer.closedPort();
        return CannedServer.thrownBy(() -> charge(closed));
    }

    private static Object charge(String url) throws Exception {
        StripeClient client = StripeClient.builder()
                .setApiKey("sk_test_1")
                .setApiBase(url)
                .setMaxNetworkRetries(0)
                .build();
        return client.charges()
                .create(ChargeCreateParams.builder()
                        .setAmount(1L)
                        .setCurrency("eur")
                        .build());
    }
}
