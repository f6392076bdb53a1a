package dev.retrykit.failures;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.core.http.WebSocketHandshakeException;
import com.openai.errors.InvalidWebhookSignatureException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIRetryableException;
import com.openai.errors.SubjectTokenProviderException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What failures of OpenAI's client mean: most are those of the real one. */
class OpenAiTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(answers(), streams(), others()).flatMap(rows -> rows);
    }

    private static Stream<Row> answers() {
        return Stream.of(
                row(
                        "OpenAI: 429, retry-after-ms 30",
                        answered(429, "rate_limit_exceeded", "retry-after-ms", "30"),
                        "throttled after 30ms status 429"),
                row(
                        "OpenAI: 429, Retry-After 2",
                        answered(429, "rate_limit_exceeded", "Retry-After", "2"),
                        "throttled after 2s status 429"),
                row(
                        "OpenAI: 429, retried by the SDK",
                        retried(429, "retry-after-ms", "5"),
                        "throttled after 5ms status 429"),
                row("OpenAI: 429, quota", answered(429, "insufficient_quota"), "neutral status 429"),
                row("OpenAI: 500", answered(500, "server_error"), "transient status 500"),
                row(
                        "OpenAI: 500, x-should-retry false",
                        answered(500, "server_error", "x-should-retry", "false"),
                        "vetoed status 500"),
                row(
                        "OpenAI: 400, x-should-retry true",
                        answered(400, "x", "x-should-retry", "true"),
                        "transient status 400"),
                row(
                        "OpenAI: 503, Retry-After 1",
                        answered(503, "server_error", "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("OpenAI: 409", answered(409, "conflict"), "transient status 409"),
                row(
                        "OpenAI: 409, x-should-retry false",
                        answered(409, "conflict", "x-should-retry", "false"),
                        "vetoed status 409"),
                row("OpenAI: 408", answered(408, "timeout"), "transient status 408"),
                row("OpenAI: 400", answered(400, "context_length_exceeded"), "answered status 400"),
                row("OpenAI: 422", answered(422, "x"), "answered status 422"),
                row("OpenAI: 404", answered(404, "model_not_found"), "answered status 404"),
                row("OpenAI: 401", answered(401, "invalid_api_key"), "neutral status 401"),
                row("OpenAI: 403", answered(403, "unsupported_country"), "neutral status 403"),
                row("OpenAI: 502 of a proxy", proxied(502), "transient status 502"),
                row("OpenAI: 418", answered(418, "x"), "answered status 418"),
                row("OpenAI in CompletionException", new CompletionException(answered(401, "x")), "neutral status 401"),
                row("OpenAI: connection reset", reset(), "transient"),
                row("OpenAI: nothing listens", refused(), "transient"),
                row("OpenAI: timed out", timedOut(), "transient"),
                row("OpenAI: no JSON", broken(), "permanent"));
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row("OpenAI, in a stream: rate", streamed("tokens", "rate_limit_exceeded"), "throttled"),
                row("OpenAI, in a stream: server", streamed("server_error", "x"), "transient"),
                row("OpenAI, in a stream: overloaded", streamed("x", "server_is_overloaded"), "transient"),
                row("OpenAI, in a stream: quota", streamed("insufficient_quota", "insufficient_quota"), "neutral"),
                row("OpenAI, in a stream: request", streamed("invalid_request_error", "x"), "answered"),
                row("OpenAI, in a stream: other", streamed("x", "x"), "unknown"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("OpenAI: socket refused with 503", new WebSocketHandshakeException(503), "transient status 503"),
                row("OpenAI: socket refused with 401", new WebSocketHandshakeException(401), "neutral status 401"),
                row("OpenAI: I/O", new OpenAIIoException("x", new IOException("x")), "transient"),
                row("OpenAI: I/O, no cause", new OpenAIIoException("x"), "transient"),
                row("OpenAI: retryable", new OpenAIRetryableException("x", null), "transient"),
                row(
                        "OpenAI: not understood, cut",
                        new OpenAIInvalidDataException("x", new IOException("unexpected end of stream")),
                        "transient"),
                row("OpenAI: not understood", new OpenAIInvalidDataException("x"), "permanent"),
                row("OpenAI: webhook", new InvalidWebhookSignatureException("x"), "neutral"),
                row("OpenAI: no token", new SubjectTokenProviderException("p", "x", null), "neutral"),
                row(
                        "OpenAI: no token, network",
                        new SubjectTokenProviderException("p", "x", new SocketTimeoutException("x")),
                        "transient"));
    }

    private static Throwable answered(int status, String code, String... headers) {
        return ask(CannedServer.answers(status, error("x", code), headers), 0);
    }

    private static Throwable proxied(int status) {
        return ask(CannedServer.answers(status, "<html>Bad gateway</html>"), 0);
    }

    private static Throwable broken() {
        return ask(CannedServer.answers(200, "<html>Welcome</html>"), 0);
    }

    private static Throwable retried(int status, String... headers) {
        return ask(CannedServer.answers(status, error("x", "x"), headers), 1);
    }

    private static Throwable reset() {
        return ask(CannedServer.resets(), 0);
    }

    private static Throwable timedOut() {
        return ask(CannedServer.hangs(), 0);
    }

    private static Throwable refused() {
        String closed = CannedServer.closedPort();
        return CannedServer.thrownBy(() -> client(closed, 0).models().retrieve("m"));
    }

    private static Throwable ask(CannedServer server, int retries) {
        return server.failureOf(() -> {
            OpenAIClient client = client(server.url(), retries);
            try {
                return client.models().retrieve("m").id();
            } finally {
                client.close();
            }
        });
    }

    private static Throwable streamed(String type, String code) {
        CannedServer server = CannedServer.streams("data: " + error(type, code) + "\n\n");
        ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
                .model("m")
                .addUserMessage("?")
                .build();
        return server.failureOf(() -> {
            OpenAIClient client = client(server.url(), 0);
            try (StreamResponse<ChatCompletionChunk> answer =
                    client.chat().completions().createStreaming(question)) {
                return answer.stream().count();
            } finally {
                client.close();
            }
        });
    }

    private static String error(String type, String code) {
        return "{\"error\":{\"type\":\"" + type + "\",\"code\":\"" + code + "\",\"message\":\"no\",\"param\":null}}";
    }

    private static OpenAIClient client(String url, int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(url)
                .apiKey("key")
                .maxRetries(retries)
                .timeout(Duration.ofMillis(retries > 0 ? 5000 : 400))
                .build();
    }
}
