package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import java.net.URI;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.hc.core5.http.HttpHost;
import org.opensearch.client.json.jackson.JacksonJsonpMapper;
import org.opensearch.client.opensearch.OpenSearchClient;
import org.opensearch.client.opensearch._types.ErrorResponse;
import org.opensearch.client.opensearch._types.OpenSearchException;
import org.opensearch.client.opensearch.generic.OpenSearchGenericClient.ClientOptions;
import org.opensearch.client.opensearch.generic.Requests;
import org.opensearch.client.transport.TransportException;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5Options;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5Transport;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;
import org.opensearch.client.transport.httpclient5.WarningsHandler;

/** What failures of Elasticsearch and OpenSearch mean. */
class SearchTests extends BookTests {

    private static final String ERROR = "{\"error\":{\"type\":\"x\",\"reason\":\"y\"},\"status\":%d}";

    static Stream<Row> rows() {
        return Stream.of(elasticsearch(), elasticsearchLowLevel(), openSearch(), openSearchLowLevel())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> elasticsearch() {
        return Stream.of(
                row("Elasticsearch: 503", elasticsearch(503, error(503)), "transient after 1s status 503"),
                row("Elasticsearch: 429", elasticsearch(429, error(429)), "throttled after 1s status 429"),
                row("Elasticsearch: 409", elasticsearch(409, error(409)), "answered after 1s status 409"),
                row("Elasticsearch: 404", elasticsearch(404, error(404)), "answered after 1s status 404"),
                row(
                        "Elasticsearch: 400, made",
                        new ElasticsearchException("es/search", response(400)),
                        "answered status 400"),
                row(
                        "Elasticsearch: 503, made",
                        new CompletionException(new ElasticsearchException("es/search", response(503))),
                        "transient status 503"),
                row("Elasticsearch: 401", elasticsearch(401, error(401)), "neutral after 1s status 401"),
                row("Elasticsearch: a proxy's 503", elasticsearch(503, "<html>"), "transient after 1s status 503"),
                row("Elasticsearch: no JSON", elasticsearch(200, "<html>"), "permanent"),
                row(
                        "Elasticsearch: refused",
                        failureOf(() -> elasticsearch(Loopback.closedPort()).info()),
                        "transient"));
    }

    private static Stream<Row> elasticsearchLowLevel() {
        return Stream.of(
                row("Elasticsearch, low level: 503", lowLevel(503), "transient after 1s status 503"),
                row("Elasticsearch, low level: 501", lowLevel(501), "permanent after 1s status 501"),
                row("Elasticsearch, low level: warned", warned(), "answered"),
                row("Elasticsearch, old low level: warned", oldWarned(), "answered"),
                row("Elasticsearch, low level: closed", failureOf(SearchTests::closed), "neutral"),
                row("Elasticsearch, old low level: closed", failureOf(SearchTests::oldClosed), "neutral"),
                row("Elasticsearch, old low level: 503", oldLowLevel(503), "transient after 1s status 503"),
                row("Elasticsearch, old low level: 404", oldLowLevel(404), "answered after 1s status 404"));
    }

    private static Stream<Row> openSearch() {
        return Stream.of(
                row("OpenSearch: 503", openSearch(503, error(503)), "transient after 1s status 503"),
                row("OpenSearch: 429", openSearch(429, error(429)), "throttled after 1s status 429"),
                row("OpenSearch: 409", openSearch(409, error(409)), "answered after 1s status 409"),
                row(
                        "OpenSearch: 404 in a wrapper",
                        new RuntimeException(openSearch(404, error(404))),
                        "answered status 404"),
                row("OpenSearch: 403", openSearch(403, error(403)), "throttled after 1s status 403"),
                row("OpenSearch: a proxy's 503", openSearch(503, "<html>"), "transient after 1s status 503"),
                row(
                        "OpenSearch: refused",
                        failureOf(() -> openSearch(Loopback.closedPort()).info()),
                        "transient"),
                row("OpenSearch: 503, made", new OpenSearchException(failed(503)), "transient status 503"),
                row("OpenSearch: 409, made", new OpenSearchException(failed(409)), "answered status 409"),
                row("OpenSearch: 403, made", new OpenSearchException(failed(403)), "neutral status 403"),
                row("OpenSearch: no JSON", new TransportException("Failed to decode response"), "permanent"),
                row("OpenSearch, generic: 503", generic(503), "transient after 1s status 503"),
                row("OpenSearch, generic: 404", generic(404), "answered status 404"));
    }

    private static Stream<Row> openSearchLowLevel() {
        return Stream.of(
                row("OpenSearch: warned", openSearchWarned(), "answered"),
                row("OpenSearch, low level: warned", openSearchLowLevelWarned(), "answered"),
                row("OpenSearch, low level: 503", openSearchLowLevel(503), "transient after 1s status 503"),
                row("OpenSearch, low level: 404", openSearchLowLevel(404), "answered after 1s status 404"));
    }

    private static String error(int status) {
        return ERROR.formatted(status);
    }

    private static co.elastic.clients.elasticsearch._types.ErrorResponse response(int status) {
        return co.elastic.clients.elasticsearch._types.ErrorResponse.of(response ->
                response.status(status).error(cause -> cause.type("x").reason("y")));
    }

    private static ElasticsearchClient elasticsearch(String url) {
        return ElasticsearchClient.of(client -> client.host(url));
    }

    private static Throwable elasticsearch(int status, String body) {
        try (Loopback server = Loopback.json(status, body)) {
            return failureOf(() -> elasticsearch(server.url()).info());
        }
    }

    private static Throwable lowLevel(int status) {
        try (Loopback server = Loopback.json(status, "{}")) {
            return failureOf(() -> {
                try (Rest5Client client =
                        Rest5Client.builder(URI.create(server.url())).build()) {
                    return client.performRequest(new Request("GET", "/"));
                }
            });
        }
    }

    private static Throwable warned() {
        try (Loopback server = Loopback.answers(200, "Warning", "299 Elasticsearch-9 \"deprecated\"")) {
            return failureOf(() -> {
                try (Rest5Client client = Rest5Client.builder(URI.create(server.url()))
                        .setStrictDeprecationMode(true)
                        .build()) {
                    return client.performRequest(new Request("GET", "/"));
                }
            });
        }
    }

    private static Object closed() throws Exception {
        Rest5Client client =
                Rest5Client.builder(URI.create(Loopback.closedPort())).build();
        client.close();
        return client.performRequest(new Request("GET", "/"));
    }

    private static Object oldClosed() throws Exception {
        var client = org.elasticsearch.client.RestClient.builder(org.apache.http.HttpHost.create(Loopback.closedPort()))
                .build();
        client.close();
        return client.performRequest(new org.elasticsearch.client.Request("GET", "/"));
    }

    private static Throwable oldLowLevel(int status) {
        try (Loopback server = Loopback.json(status, "{}")) {
            return failureOf(() -> {
                try (var client = org.elasticsearch.client.RestClient.builder(
                                org.apache.http.HttpHost.create(server.url()))
                        .build()) {
                    return client.performRequest(new org.elasticsearch.client.Request("GET", "/"));
                }
            });
        }
    }

    private static ErrorResponse failed(int status) {
        return ErrorResponse.of(response ->
                response.status(status).error(cause -> cause.type("x").reason("y")));
    }

    private static OpenSearchClient openSearch(String url) throws Exception {
        return new OpenSearchClient(transport(url));
    }

    private static ApacheHttpClient5Transport transport(String url) throws Exception {
        return ApacheHttpClient5TransportBuilder.builder(HttpHost.create(url))
                .setMapper(new JacksonJsonpMapper())
                .build();
    }

    private static Throwable openSearch(int status, String body) {
        try (Loopback server = Loopback.json(status, body)) {
            return failureOf(() -> openSearch(server.url()).info());
        }
    }

    private static Throwable generic(int status) {
        try (Loopback server = Loopback.json(status, error(status))) {
            return failureOf(() -> openSearch(server.url())
                    .generic()
                    .withClientOptions(ClientOptions.throwOnHttpErrors())
                    .execute(Requests.builder().method("GET").endpoint("/").build()));
        }
    }

    private static Throwable openSearchLowLevel(int status) {
        try (Loopback server = Loopback.json(status, "{}")) {
            return failureOf(() -> {
                try (var client = org.opensearch.client.RestClient.builder(HttpHost.create(server.url()))
                        .build()) {
                    return client.performRequest(new org.opensearch.client.Request("GET", "/"));
                }
            });
        }
    }

    private static Loopback warns() {
        return Loopback.answers(200, "Warning", "299 OpenSearch-3 \"deprecated\"");
    }

    private static Throwable oldWarned() {
        try (Loopback server = warns()) {
            return failureOf(() -> {
                try (var client = org.elasticsearch.client.RestClient.builder(
                                org.apache.http.HttpHost.create(server.url()))
                        .setStrictDeprecationMode(true)
                        .build()) {
                    return client.performRequest(new org.elasticsearch.client.Request("GET", "/"));
                }
            });
        }
    }

    private static Throwable openSearchWarned() {
        try (Loopback server = warns()) {
            ApacheHttpClient5Options.Builder options = ApacheHttpClient5Options.DEFAULT.toBuilder();
            options.setWarningsHandler(WarningsHandler.STRICT);
            return failureOf(() -> new OpenSearchClient(transport(server.url()), options.build()).info());
        }
    }

    private static Throwable openSearchLowLevelWarned() {
        try (Loopback server = warns()) {
            return failureOf(() -> {
                try (var client = org.opensearch.client.RestClient.builder(HttpHost.create(server.url()))
                        .setStrictDeprecationMode(true)
                        .build()) {
                    return client.performRequest(new org.opensearch.client.Request("GET", "/"));
                }
            });
        }
    }
}
