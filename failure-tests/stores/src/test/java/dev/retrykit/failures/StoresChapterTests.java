package dev.retrykit.failures;

import java.util.List;
import java.util.Set;

/** The classes that the chapters about stores name. */
class StoresChapterTests extends ChapterTests {

    StoresChapterTests() {
        super(
                List.of("stores.book", "stores-wide.book", "stores-grid.book", "stores-couchbase.book"),
                Set.of(
                        "glide.api.models.exceptions.TimeoutException",
                        "glide.api.models.exceptions.ConnectionException",
                        "glide.api.models.exceptions.ClosingException",
                        "glide.api.models.exceptions.ExecAbortException",
                        "glide.api.models.exceptions.ConfigurationError",
                        "glide.api.models.exceptions.RequestException",
                        "com.apple.foundationdb.FDBException",
                        "com.influxdb.v3.client.InfluxDBApiHttpException",
                        "com.algolia.exceptions.AlgoliaApiException",
                        "com.algolia.exceptions.AlgoliaRetryException",
                        "com.algolia.search.exceptions.AlgoliaApiException",
                        "com.algolia.search.exceptions.AlgoliaRetryException",
                        "io.weaviate.client6.v1.api.WeaviateApiException",
                        // of other major versions
                        "redis.clients.jedis.exceptions.ClusterAggregationException",
                        "com.hazelcast.cp.exception.CPLeaderSteppingDownException",
                        "com.hazelcast.quorum.QuorumException",
                        "org.infinispan.util.concurrent.TimeoutException"));
    }
}
