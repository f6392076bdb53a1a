package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import graphql.ErrorClassification;
import graphql.language.SourceLocation;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.graphql.GraphQlRequest;
import org.springframework.graphql.ResponseError;
import org.springframework.graphql.client.HttpSyncGraphQlClient;
import org.springframework.graphql.client.SubscriptionErrorException;
import org.springframework.graphql.client.WebSocketDisconnectedException;
import org.springframework.graphql.execution.ErrorType;
import org.springframework.graphql.support.DefaultGraphQlRequest;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.socket.CloseStatus;

/** What failures of Spring's GraphQL client mean. */
class GraphQlTests extends BookTests {

    private static final GraphQlRequest REQUEST = new DefaultGraphQlRequest("{a}");

    static Stream<Row> rows() {
        return Stream.of(
                row("GraphQL: 503", asked(503, "{}"), "transient after 1s status 503"),
                row("GraphQL: 401", asked(401, "{}"), "neutral after 1s status 401"),
                row("GraphQL: refused", failureOf(() -> ask(Loopback.closedPort())), "transient"),
                row("GraphQL: field not found", asked(200, error("NOT_FOUND")), "answered"),
                row("GraphQL: bad request", asked(200, error("BAD_REQUEST")), "answered"),
                row("GraphQL: field that failed", asked(200, error("INTERNAL_ERROR")), "permanent"),
                row("GraphQL: field forbidden", asked(200, error("FORBIDDEN")), "neutral"),
                row("GraphQL: other servers' words", asked(200, error("DataFetchingException")), "permanent"),
                row("GraphQL: no word", asked(200, "{\"errors\":[{\"message\":\"x\"}],\"data\":null}"), "answered"),
                row("GraphQL: subscription failed", subscription(ErrorType.INTERNAL_ERROR), "permanent"),
                row("GraphQL: subscription forbidden", subscription(ErrorType.UNAUTHORIZED), "neutral"),
                row("GraphQL: subscription refused", subscription(ErrorType.BAD_REQUEST), "answered"),
                row("GraphQL: connection lost", disconnected(1006), "transient"),
                row("GraphQL: server restarts", disconnected(1012), "transient"),
                row("GraphQL: connection forbidden", disconnected(4403), "neutral"),
                row("GraphQL: too many connections", disconnected(4429), "throttled"),
                row("GraphQL: invalid message", disconnected(4400), "permanent"));
    }

    private static Object ask(String url) {
        RestClient client = RestClient.builder()
                .baseUrl(url)
                .requestFactory(new JdkClientHttpRequestFactory())
                .build();
        return HttpSyncGraphQlClient.create(client)
                .document("{a}")
                .retrieveSync("a")
                .toEntity(String.class);
    }

    private static Throwable asked(int status, String body) {
        try (Loopback server = Loopback.json(status, body)) {
            return failureOf(() -> ask(server.url()));
        }
    }

    private static String error(String type) {
        return "{\"data\":{\"a\":null},\"errors\":[{\"message\":\"x\",\"path\":[\"a\"],"
                + "\"extensions\":{\"classification\":\""
                + type + "\"}}]}";
    }

    private static Throwable subscription(ErrorType type) {
        return new SubscriptionErrorException(REQUEST, List.of(new Error(type)));
    }

    private static Throwable disconnected(int code) {
        return new WebSocketDisconnectedException("closed", REQUEST, new CloseStatus(code));
    }

    /** An error as a server reports it. */
    private record Error(ErrorType type) implements ResponseError {

        @Override
        public String getMessage() {
            return "x";
        }

        @Override
        public ErrorClassification getErrorType() {
            return type;
        }

        @Override
        public String getPath() {
            return "";
        }

        @Override
        public List<Object> getParsedPath() {
            return List.of();
        }

        @Override
        public List<SourceLocation> getLocations() {
            return List.of();
        }

        @Override
        public Map<String, Object> getExtensions() {
            return Map.of();
        }
    }
}
