package dev.retrykit.failures;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicInvalidDataException;
import com.anthropic.errors.AnthropicIoException;
import com.anthropic.errors.AnthropicRetryableException;
import com.anthropic.errors.AnthropicWebhookException;
import com.anthropic.errors.CredentialResolutionException;
import com.anthropic.errors.NoCredentialsException;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What failures of Anthropic's client mean: most are those of the real one. */
class AnthropicTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(answers(), streams(), others()).flatMap(rows -> rows);
    }

    private static Stream<Row> answers() {
        return Stream.of(
                row(
                        "Anthropic: 429, Retry-After 2",
                        answered(429, "rate_limit_error", "Retry-After", "2"),
                        "throttled after 2s status 429"),
                row("Anthropic: 429, retried by the SDK", retried(), "throttled after 5ms status 429"),
                row("Anthropic: 529", answered(529, "overloaded_error"), "throttled status 529"),
                row(
                        "Anthropic: 529, Retry-After 3",
                        answered(529, "overloaded_error", "Retry-After", "3"),
                        "throttled after 3s status 529"),
                row(
                        "Anthropic: 529, x-should-retry false",
                        answered(529, "overloaded_error", "x-should-retry", "false"),
                        "vetoed status 529"),
                row("Anthropic: 500", answered(500, "api_error"), "transient status 500"),
                row(
                        "Anthropic: 500, x-should-retry false",
                        answered(500, "api_error", "x-should-retry", "false"),
                        "vetoed status 500"),
                row("Anthropic: 503", answered(503, "api_error"), "transient status 503"),
                row("Anthropic: 504", answered(504, "timeout_error"), "transient status 504"),
                row("Anthropic: 501", answered(501, "api_error"), "permanent status 501"),
                row("Anthropic: 408", answered(408, "timeout_error"), "transient status 408"),
                row("Anthropic: 409", answered(409, "conflict_error"), "transient status 409"),
                row("Anthropic: 400", answered(400, "invalid_request_error"), "answered status 400"),
                row("Anthropic: 413", answered(413, "request_too_large"), "answered status 413"),
                row("Anthropic: 404", answered(404, "not_found_error"), "answered status 404"),
                row("Anthropic: 401", answered(401, "authentication_error"), "neutral status 401"),
                row("Anthropic: 402", answered(402, "billing_error"), "neutral status 402"),
                row("Anthropic: 403", answered(403, "permission_error"), "neutral status 403"),
                row(
                        "Anthropic in ExecutionException",
                        new ExecutionException(answered(404, "x")),
                        "answered status 404"),
                row("Anthropic: connection reset", reset(), "transient"),
                row("Anthropic: timed out", ask(CannedServer.hangs(), 0), "transient"),
                row("Anthropic: no JSON", ask(CannedServer.answers(200, "<html>"), 0), "permanent"));
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row("Anthropic, in a stream: overloaded", streamed("overloaded_error"), "throttled"),
                row("Anthropic, in a stream: rate", streamed("rate_limit_error"), "throttled"),
                row("Anthropic, in a stream: server", streamed("api_error"), "transient"),
                row("Anthropic, in a stream: timed out", streamed("timeout_error"), "transient"),
                row("Anthropic, in a stream: not allowed", streamed("permission_error"), "neutral"),
                row("Anthropic, in a stream: request", streamed("invalid_request_error"), "answered"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("Anthropic: I/O", new AnthropicIoException("x", new IOException("x")), "transient"),
                row("Anthropic: retryable", new AnthropicRetryableException("x", null), "transient"),
                row("Anthropic: not understood", new AnthropicInvalidDataException("x", null), "permanent"),
                row(
                        "Anthropic: not understood, cut",
                        new AnthropicInvalidDataException("x", new IOException("unexpected end of stream")),
                        "transient"),
                row("Anthropic: no credentials", new NoCredentialsException(List.of()), "neutral"),
                row("Anthropic: credentials", new CredentialResolutionException("x", "p", null), "neutral"),
                row(
                        "Anthropic: credentials, network",
                        new CredentialResolutionException("x", "p", new UnknownHostException("x")),
                        "transient"),
                row("Anthropic: webhook", new AnthropicWebhookException("x", null), "neutral"));
    }

    private static Throwable answered(int status, String type, String... headers) {
        return ask(CannedServer.answers(status, error(type), headers), 0);
    }

    private static Throwable retried() {
        return ask(CannedServer.answers(429, error("rate_limit_error"), "retry-after-ms", "5"), 1);
    }

    private static Throwable reset() {
        return ask(CannedServer.resets(), 0);
    }

    private static Throwable ask(CannedServer server, int retries) {
        return server.failureOf(() -> {
            AnthropicClient client = client(server.url(), retries);
            try {
                return client.models().retrieve("m").id();
            } finally {
                client.close();
            }
        });
    }

    private static Throwable streamed(String type) {
        CannedServer server = CannedServer.streams("event: error\ndata: " + error(type) + "\n\n");
        MessageCreateParams question = MessageCreateParams.builder()
                .model("m")
                .maxTokens(1)
                .addUserMessage("?")
                .build();
        return server.failureOf(() -> {
            AnthropicClient client = client(server.url(), 0);
            try (StreamResponse<RawMessageStreamEvent> answer =
                    client.messages().createStreaming(question)) {
                return answer.stream().count();
            } finally {
                client.close();
            }
        });
    }

    private static String error(String type) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"no\"}}";
    }

    private static AnthropicClient client(String url, int retries) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(url)
                .apiKey("key")
                .maxRetries(retries)
                .timeout(Duration.ofMillis(retries > 0 ? 5000 : 400))
                .build();
    }
}
