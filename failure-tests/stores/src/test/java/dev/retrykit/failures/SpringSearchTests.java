package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.elasticsearch.ElasticsearchStatusException;
import org.elasticsearch.client.transport.NoNodeAvailableException;
import org.elasticsearch.index.IndexNotFoundException;
import org.elasticsearch.rest.RestStatus;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.data.elasticsearch.BulkFailureException;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.data.elasticsearch.ResourceNotFoundException;
import org.springframework.data.elasticsearch.RestStatusException;
import org.springframework.data.elasticsearch.UncategorizedElasticsearchException;
import org.springframework.data.elasticsearch.VersionConflictException;
import org.springframework.data.elasticsearch.client.NoReachableHostException;
import org.springframework.data.elasticsearch.client.UnsupportedClientOperationException;
import org.springframework.data.elasticsearch.client.elc.CriteriaQueryException;
import org.springframework.data.elasticsearch.core.convert.ConversionException;
import org.springframework.data.mapping.MappingException;
import org.springframework.data.mapping.model.MappingInstantiationException;

/** What failures of Spring Data Elasticsearch, of Elasticsearch 7 and of Spring Data's mapping mean. */
class SpringSearchTests extends BookTests {

    private static final String SPRING = "Spring Data Elasticsearch";

    static Stream<Row> rows() {
        return all(old(), spring(), statuses(), mapping());
    }

    private static Stream<Row> old() {
        return Stream.of(
                row("Elasticsearch 7: 404", status(RestStatus.NOT_FOUND), "answered status 404"),
                row("Elasticsearch 7: 409", status(RestStatus.CONFLICT), "answered status 409"),
                row("Elasticsearch 7: 401", status(RestStatus.UNAUTHORIZED), "neutral status 401"),
                row("Elasticsearch 7: 429", status(RestStatus.TOO_MANY_REQUESTS), "throttled status 429"),
                row("Elasticsearch 7: 503", status(RestStatus.SERVICE_UNAVAILABLE), "transient status 503"),
                row("Elasticsearch 7: no index", new IndexNotFoundException("i"), "answered status 404"),
                row("Elasticsearch 7: no node", new NoNodeAvailableException("x"), "transient status 503"));
    }

    private static Throwable status(RestStatus status) {
        return new ElasticsearchStatusException("x", status);
    }

    private static Stream<Row> spring() {
        return all(
                each(
                        SPRING,
                        "answered",
                        new NoSuchIndexException("i"),
                        new ResourceNotFoundException("x"),
                        new VersionConflictException("x", null),
                        new BulkFailureException("x", Map.of())),
                each(
                        SPRING,
                        "neutral",
                        new UnsupportedClientOperationException(List.class, "x"),
                        new CriteriaQueryException("x"),
                        new ConversionException("x")),
                each(SPRING, "transient", new NoReachableHostException(java.util.Set.of())));
    }

    private static Stream<Row> statuses() {
        return Stream.of(
                row("uncategorized, 503", uncategorized(503), "transient status 503"),
                row("uncategorized, 409", uncategorized(409), "answered status 409"),
                row("uncategorized, 429", uncategorized(429), "throttled status 429"),
                row("uncategorized, no status", new UncategorizedElasticsearchException("x"), "unknown"),
                row(
                        "uncategorized, lost",
                        new UncategorizedElasticsearchException("x", new IOException("Connection reset")),
                        "transient"),
                row("status, 404", new RestStatusException(404, "x"), "answered status 404"),
                row("status, 502", new RestStatusException(502, "x"), "transient status 502"));
    }

    private static Throwable uncategorized(int status) {
        return new UncategorizedElasticsearchException("x", status, "{}", new RuntimeException("x"));
    }

    private static Stream<Row> mapping() {
        return all(
                each(
                        "Spring Data",
                        "neutral",
                        new MappingException("Couldn't find PersistentEntity"),
                        new MappingInstantiationException(List.of(), new RuntimeException("x")),
                        new ConverterNotFoundException(
                                TypeDescriptor.valueOf(String.class), TypeDescriptor.valueOf(List.class))),
                each("Spring Data", "transient", new MappingException("x", new IOException("Connection reset"))));
    }
}
