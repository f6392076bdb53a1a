package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.meilisearch.sdk.exceptions.APIError;
import com.meilisearch.sdk.exceptions.MeilisearchApiException;
import com.meilisearch.sdk.exceptions.MeilisearchCommunicationException;
import com.meilisearch.sdk.exceptions.MeilisearchTimeoutException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.solr.client.solrj.SolrServerException;
import org.apache.solr.client.solrj.beans.BindingException;
import org.apache.solr.client.solrj.impl.BaseHttpSolrClient.RemoteSolrException;
import org.apache.solr.client.solrj.impl.CloudSolrClient.RouteException;
import org.apache.solr.common.AlreadyClosedException;
import org.apache.solr.common.SolrException;
import org.apache.solr.common.SolrException.ErrorCode;
import org.apache.solr.common.util.NamedList;
import org.typesense.api.exceptions.ObjectNotFound;
import org.typesense.api.exceptions.RequestUnauthorized;
import org.typesense.api.exceptions.ServiceUnavailable;

/** What failures of Solr, Meilisearch and Typesense mean. */
class SearchTests extends BookTests {

    static Stream<Row> rows() {
        return all(solr(), meilisearch(), typesense());
    }

    private static Stream<Row> solr() {
        return Stream.of(
                row("Solr: busy", remote(503), "transient status 503"),
                row("Solr: too many", new SolrException(ErrorCode.TOO_MANY_REQUESTS, "x"), "throttled status 429"),
                row("Solr: conflict", remote(409), "answered status 409"),
                row("Solr: bad query", new SolrException(ErrorCode.BAD_REQUEST, "x"), "answered status 400"),
                row("Solr: no right", remote(403), "neutral status 403"),
                row("Solr: old state", new SolrException(ErrorCode.INVALID_STATE, "x"), "transient status 510"),
                row(
                        "Solr: unknown code, lost",
                        new SolrException(ErrorCode.UNKNOWN, new IOException("Connection reset")),
                        "transient"),
                row("Solr: unknown code", new SolrException(ErrorCode.UNKNOWN, "x"), "unknown"),
                row(
                        "Solr: timeout",
                        new SolrServerException("Timeout occurred while waiting response", slow()),
                        "transient"),
                row("Solr: none live", new SolrServerException("No live SolrServers available"), "transient"),
                row(
                        "Solr: none live, one answered",
                        new SolrServerException("No live SolrServers", remote(400)),
                        "answered status 400"),
                row("Solr: other", new SolrServerException("x"), "unknown"),
                row("Solr: shards, one slow", route(slow()), "transient status 500"),
                row("Solr: shards, one refused", route(remote(400)), "answered status 400"),
                row("Solr: closed", new AlreadyClosedException("x"), "neutral"),
                row("Solr: bean", new BindingException("x"), "neutral"));
    }

    private static Stream<Row> meilisearch() {
        return all(
                each("Meilisearch", "answered", api("index_not_found", "invalid_request")),
                each("Meilisearch", "neutral", api("invalid_api_key", "auth")),
                each("Meilisearch", "permanent", api("internal", "internal"), api("no_space_left_on_device", "system")),
                each("Meilisearch", "throttled", api("too_many_search_requests", "system")),
                each(
                        "Meilisearch",
                        "transient",
                        new MeilisearchCommunicationException(slow()),
                        new MeilisearchCommunicationException("x"),
                        new MeilisearchTimeoutException("x")));
    }

    private static Stream<Row> typesense() {
        return all(
                each("Typesense", "transient status 503", new ServiceUnavailable("x", 503)),
                each("Typesense", "answered status 404", new ObjectNotFound("x", 404)),
                each("Typesense", "neutral status 401", new RequestUnauthorized("x", 401)));
    }

    private static SocketTimeoutException slow() {
        return new SocketTimeoutException("Read timed out");
    }

    private static SolrException remote(int status) {
        return new RemoteSolrException("http://solr.example.org", status, "x", null);
    }

    private static Throwable route(Throwable failure) {
        return new RouteException(ErrorCode.SERVER_ERROR, new NamedList<>(Map.of("http://shard1", failure)), Map.of());
    }

    private static Throwable api(String code, String type) {
        return new MeilisearchApiException(new APIError("x", code, type, "link"));
    }
}
