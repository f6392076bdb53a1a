package dev.retrykit.failures;

import com.cohere.api.core.CohereApiException;
import com.cohere.api.errors.TooManyRequestsError;
import com.google.genai.errors.ClientException;
import com.google.genai.errors.GenAiIOException;
import com.google.genai.errors.ServerException;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.guardrail.InputGuardrailException;
import dev.langchain4j.model.ModelDisabledException;
import dev.langchain4j.model.anthropic.internal.api.AnthropicStreamingException;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.pinecone.exceptions.PineconeAlreadyExistsException;
import io.pinecone.exceptions.PineconeAuthorizationException;
import io.pinecone.exceptions.PineconeBadRequestException;
import io.pinecone.exceptions.PineconeConfigurationException;
import io.pinecone.exceptions.PineconeForbiddenException;
import io.pinecone.exceptions.PineconeInternalServerException;
import io.pinecone.exceptions.PineconeNotFoundException;
import io.pinecone.exceptions.PineconeUnmappedHttpException;
import io.pinecone.exceptions.PineconeValidationException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.stream.Stream;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.RetryUtils;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.web.client.RestClient;

/** What failures mean of what stands before models and vectors. */
class ModelsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(spring(), langchain(), others(), pinecone()).flatMap(rows -> rows);
    }

    private static Stream<Row> spring() {
        return Stream.of(
                row("Spring AI: transient", new TransientAiException("x"), "transient"),
                row(
                        "Spring AI: transient, of a 404",
                        new TransientAiException("x", new HttpException(404, "x")),
                        "answered status 404"),
                row("Spring AI: non-transient", new NonTransientAiException("x"), "answered"),
                row(
                        "Spring AI: non-transient, network",
                        new NonTransientAiException("x", new ConnectException("refused")),
                        "transient"),
                row("Spring AI: 500", springAi(500), "transient"),
                row("Spring AI: 529", springAi(529), "throttled"),
                row("Spring AI: 429", springAi(429), "throttled"),
                row("Spring AI: 408", springAi(408), "transient"),
                row("Spring AI: 401", springAi(401), "neutral"),
                row("Spring AI: 400", springAi(400), "answered"),
                row("Spring AI, by Boot: 500", new TransientAiException("HTTP 500 - {}"), "transient"),
                row("Spring AI, by Boot: 529", new TransientAiException("HTTP 529 - {}"), "throttled"),
                row("Spring AI, by Boot: 429", new NonTransientAiException("HTTP 429 - {}"), "throttled"),
                row("Spring AI, by Boot: 408", new NonTransientAiException("HTTP 408 - {}"), "transient"),
                row("Spring AI, by Boot: 401", new NonTransientAiException("HTTP 401 - {}"), "neutral"),
                row("Spring AI, by Boot: 400", new NonTransientAiException("HTTP 400 - {}"), "answered"),
                row(
                        "Spring AI, by Boot: 429, no quota",
                        new NonTransientAiException("HTTP 429 - {\"error\":{\"code\":\"insufficient_quota\"}}"),
                        "neutral"));
    }

    private static Stream<Row> langchain() {
        return Stream.of(
                row("LangChain4j: 429", langchain(429), "throttled status 429"),
                row("LangChain4j: 500", langchain(500), "transient status 500"),
                row("LangChain4j: 401", langchain(401), "neutral status 401"),
                row("LangChain4j: 404", langchain(404), "answered status 404"),
                row("LangChain4j: 400", langchain(400), "answered status 400"),
                row("LangChain4j: 408", langchain(408), "transient status 408"),
                row("LangChain4j: 501", langchain(501), "permanent status 501"),
                row("LangChain4j: 529", langchain(529), "throttled status 529"),
                row("LangChain4j: 402", langchain(402), "neutral status 402"),
                row("LangChain4j: overloaded, in a stream", streaming("overloaded_error"), "throttled"),
                row("LangChain4j: internal, in a stream", streaming("api_error"), "transient"),
                row("LangChain4j: invalid, in a stream", streaming("invalid_request_error"), "answered"),
                row(
                        "LangChain4j: 429, no quota",
                        new RateLimitException(new HttpException(429, "{\"code\":\"insufficient_quota\"}")),
                        "neutral status 429"),
                row("LangChain4j: connection reset", reset(), "transient"),
                row("LangChain4j: rate", new RateLimitException("x"), "throttled"),
                row("LangChain4j: server", new InternalServerException("x"), "transient"),
                row("LangChain4j: timed out", new TimeoutException(new HttpTimeoutException("x")), "transient"),
                row("LangChain4j: credentials", new AuthenticationException("x"), "neutral"),
                row("LangChain4j: request", new InvalidRequestException("x"), "answered"),
                row("LangChain4j: filtered", new ContentFilteredException("x"), "answered"),
                row("LangChain4j: no model", new ModelNotFoundException("x"), "answered"),
                row(
                        "LangChain4j: no address",
                        new UnresolvedModelServerException(new UnknownHostException("x")),
                        "transient"),
                row("LangChain4j: no address, no cause", new UnresolvedModelServerException("x"), "transient"),
                row("LangChain4j: never again", new NonRetriableException("x"), "permanent"),
                row("LangChain4j: not supported", new UnsupportedFeatureException("x"), "neutral"),
                row("LangChain4j: no model is set", new ModelDisabledException("x"), "neutral"),
                row("LangChain4j: guardrail", new InputGuardrailException("x"), "neutral"),
                row("LangChain4j: arguments of a tool", new ToolArgumentsException("x"), "neutral"),
                row("LangChain4j: network", new LangChain4jException(new IOException("Connection reset")), "transient"),
                row("LangChain4j: any", new LangChain4jException("x"), "unknown"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("GenAI: 503", new ServerException(503, "UNAVAILABLE", "x"), "transient status 503"),
                row("GenAI: 429", new ClientException(429, "RESOURCE_EXHAUSTED", "x"), "throttled status 429"),
                row("GenAI: 400", new ClientException(400, "INVALID_ARGUMENT", "x"), "answered status 400"),
                row("GenAI: 403", new ClientException(403, "PERMISSION_DENIED", "x"), "neutral status 403"),
                row("GenAI: I/O", new GenAiIOException("x", new IOException("x")), "transient"),
                row("GenAI: I/O, no cause", new GenAiIOException("x"), "transient"),
                row(
                        "GenAI in RuntimeException",
                        new RuntimeException(new ServerException(500, "INTERNAL", "x")),
                        "transient status 500"),
                row("Cohere: 503", new CohereApiException("x", 503, "{}"), "transient status 503"),
                row(
                        "Cohere: 429, Retry-After 1",
                        new CohereApiException("x", 429, "{}", OkAnswers.of("POST", 429, "Retry-After", "1")),
                        "throttled after 1s status 429"),
                row("Cohere: 429", new TooManyRequestsError("{}"), "throttled status 429"),
                row("Cohere: 422", new CohereApiException("x", 422, "{}"), "answered status 422"));
    }

    private static Stream<Row> pinecone() {
        return Stream.of(
                row("Pinecone: 500", new PineconeInternalServerException("x"), "transient"),
                row(
                        "Pinecone: 503",
                        new PineconeUnmappedHttpException("x", new HttpException(503, "x")),
                        "transient status 503"),
                row("Pinecone: other", new PineconeUnmappedHttpException("x"), "unknown"),
                row("Pinecone: 400", new PineconeBadRequestException("x"), "answered"),
                row("Pinecone: 404", new PineconeNotFoundException("x"), "answered"),
                row("Pinecone: 409", new PineconeAlreadyExistsException("x"), "answered"),
                row("Pinecone: 401", new PineconeAuthorizationException("x"), "neutral"),
                row("Pinecone: 403", new PineconeForbiddenException("x"), "neutral"),
                row("Pinecone: settings", new PineconeConfigurationException("x"), "neutral"),
                row("Pinecone: own mistake", new PineconeValidationException("x"), "neutral"));
    }

    private static Throwable springAi(int status) {
        CannedServer server = CannedServer.answers(status, "{\"error\":\"no\"}");
        RestClient client = RestClient.builder()
                .defaultStatusHandler(RetryUtils.DEFAULT_RESPONSE_ERROR_HANDLER)
                .build();
        return server.failureOf(() -> client.get().uri(server.url()).retrieve().body(String.class));
    }

    private static Throwable streaming(String type) {
        return new RuntimeException(new AnthropicStreamingException("x", type));
    }

    private static Throwable langchain(int status) {
        CannedServer server = CannedServer.answers(status, "{\"error\":{\"message\":\"no\"}}");
        return server.failureOf(() -> model(server).chat("?"));
    }

    private static Throwable reset() {
        CannedServer server = CannedServer.resets();
        return server.failureOf(() -> model(server).chat("?"));
    }

    private static OpenAiChatModel model(CannedServer server) {
        return OpenAiChatModel.builder()
                .baseUrl(server.url())
                .apiKey("key")
                .modelName("m")
                .maxRetries(0)
                .build();
    }
}
