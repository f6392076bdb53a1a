package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.oauthbearer.JwtRetrieverException;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.errors.AlreadyExistsException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.NotFoundException;

/** What failures of Kafka's clients mean. */
class KafkaTests extends BookTests {

    private static final String EXPIRED = "Expiring 1 record(s) for orders-0:120000 ms has passed since batch creation";

    static Stream<Row> rows() {
        return Stream.of(real(), producers(), transactions(), codes(), consumers(), wrapped())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> real() {
        return Stream.of(
                row("Kafka: send() without brokers", send(Map.of("max.block.ms", "100"), "x"), "transient"),
                row(
                        "Kafka: a producer for unknown hosts",
                        failureOf(() -> producer(Map.of("bootstrap.servers", "nowhere.invalid:9092"))),
                        "transient"),
                row(
                        "Kafka: a producer with a wrong setting",
                        failureOf(() -> producer(Map.of("acks", "seven"))),
                        "neutral"),
                row("Kafka: partitions of a topic without brokers", failureOf(KafkaTests::partitions), "transient"));
    }

    private static Stream<Row> producers() {
        return Stream.of(
                row(
                        "Kafka: no metadata for the topic",
                        new TimeoutException("Topic orders not present in metadata after 60000 ms."),
                        "transient"),
                row("Kafka: a batch that expired may be in the log", new TimeoutException(EXPIRED), "unknown-effect"),
                row(
                        "Kafka: the broker waited for its replicas in vain",
                        Errors.REQUEST_TIMED_OUT.exception(),
                        "unknown-effect"),
                row(
                        "Kafka: a call of the administration timed out",
                        new TimeoutException(
                                "Call(callName=describeTopics, deadlineMs=1) timed out at 2 after 1 attempt(s)"),
                        "transient"),
                row(
                        "Kafka: the producer's buffer is full",
                        new BufferExhaustedException(
                                "Failed to allocate 16384 bytes within the configured max blocking time"),
                        "throttled"),
                row(
                        "Kafka: the connection was lost with a batch on its way",
                        Errors.NETWORK_EXCEPTION.exception(),
                        "unknown-effect"),
                row(
                        "Kafka: written by the leader alone",
                        Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.exception(),
                        "unknown-effect"),
                row("Kafka: too few replicas, not written", Errors.NOT_ENOUGH_REPLICAS.exception(), "transient"),
                row(
                        "Kafka: the broker takes no records of this size",
                        Errors.MESSAGE_TOO_LARGE.exception(),
                        "answered"),
                row(
                        "Kafka: the producer takes no records of this size",
                        new RecordTooLargeException(
                                "The message is 9 bytes when serialized which is larger than 8, which"
                                        + " is the value of the max.request.size configuration."),
                        "neutral"),
                row(
                        "Kafka: a future that is waited for too briefly",
                        failureOf(KafkaTests::tooBrief),
                        "unknown-effect"),
                row(
                        "Kafka: the schema registry can't be reached",
                        new SerializationException("Error retrieving Avro schema", new ConnectException("refused")),
                        "transient"),
                row("Kafka: the schema registry fails", registry(503, 50003), "transient status 503"),
                row("Kafka: the schema registry asks for less", registry(429, 429), "throttled status 429"),
                row("Kafka: no such schema", registry(404, 40403), "answered status 404"),
                row("Kafka: not this schema", registry(409, 409), "answered status 409"),
                row(
                        "Kafka Connect: again",
                        new org.apache.kafka.connect.errors.RetriableException("later"),
                        "transient"),
                row(
                        "Kafka Connect: around a reset",
                        new org.apache.kafka.connect.errors.ConnectException(
                                "lost", new SocketException("Connection reset")),
                        "transient"),
                row("Kafka Connect: no record", new DataException("no"), "neutral"),
                row("Kafka Connect: no such connector", new NotFoundException("none"), "answered"),
                row("Kafka Connect: the connector is there", new AlreadyExistsException("there"), "answered"),
                row("Kafka: no serializer for it", new SerializationException("Can't convert value"), "neutral"),
                row("Kafka: the sequence is broken", Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.exception(), "permanent"),
                row(
                        "Kafka: the broker has forgotten the producer",
                        Errors.UNKNOWN_PRODUCER_ID.exception(),
                        "permanent"),
                row("Kafka: written before", Errors.DUPLICATE_SEQUENCE_NUMBER.exception(), "answered"),
                row(
                        "Kafka: a quota, 1500 ms",
                        new ThrottlingQuotaExceededException(1500, "quota"),
                        "throttled after 1500ms"));
    }

    private static Stream<Row> transactions() {
        return Stream.of(
                row("Kafka: the transaction can be aborted", Errors.TRANSACTION_ABORTABLE.exception(), "transient"),
                row("Kafka: another instance has taken over", Errors.PRODUCER_FENCED.exception(), "answered"),
                row("Kafka: an old epoch", Errors.INVALID_PRODUCER_EPOCH.exception(), "answered"),
                row("Kafka: no such producer", Errors.INVALID_PRODUCER_ID_MAPPING.exception(), "permanent"),
                row(
                        "Kafka: another transaction is still ending",
                        Errors.CONCURRENT_TRANSACTIONS.exception(),
                        "transient"),
                row("Kafka: out of turn", Errors.INVALID_TXN_STATE.exception(), "neutral"),
                row("Kafka: the application aborted", new TransactionAbortedException("aborted"), "neutral"),
                row(
                        "Kafka: a commit timed out, and goes on",
                        new TimeoutException("Timeout expired after 60000ms while awaiting EndTxn(true)"),
                        "unknown-effect"),
                row(
                        "Kafka: starting a transactional producer timed out",
                        new TimeoutException("Timeout expired after 60000ms while awaiting InitProducerId"),
                        "transient"));
    }

    /** What brokers answer. */
    private static Stream<Row> codes() {
        return Stream.of(
                row("Kafka: not the leader", Errors.NOT_LEADER_OR_FOLLOWER.exception(), "transient"),
                row("Kafka: no leader", Errors.LEADER_NOT_AVAILABLE.exception(), "transient"),
                row("Kafka: the topic isn't known yet", Errors.UNKNOWN_TOPIC_OR_PARTITION.exception(), "transient"),
                row("Kafka: a disk has failed", Errors.KAFKA_STORAGE_ERROR.exception(), "transient"),
                row("Kafka: disconnected", new DisconnectException("Cancelled fetch request"), "transient"),
                row("Kafka: the coordinator is loading", Errors.COORDINATOR_LOAD_IN_PROGRESS.exception(), "transient"),
                row("Kafka: no coordinator", Errors.COORDINATOR_NOT_AVAILABLE.exception(), "transient"),
                row("Kafka: not the coordinator", Errors.NOT_COORDINATOR.exception(), "transient"),
                row("Kafka: not the controller", Errors.NOT_CONTROLLER.exception(), "transient"),
                row("Kafka: no broker", Errors.BROKER_NOT_AVAILABLE.exception(), "transient"),
                row("Kafka: the controller has moved", Errors.STALE_CONTROLLER_EPOCH.exception(), "transient"),
                row("Kafka: a broken record, on its way", Errors.CORRUPT_MESSAGE.exception(), "transient"),
                row("Kafka: the broker's own failure", Errors.UNKNOWN_SERVER_ERROR.exception(), "permanent"),
                row("Kafka: no name for a topic", Errors.INVALID_TOPIC_EXCEPTION.exception(), "answered"),
                row("Kafka: the topic is there", Errors.TOPIC_ALREADY_EXISTS.exception(), "answered"),
                row("Kafka: a policy refuses it", Errors.POLICY_VIOLATION.exception(), "answered"),
                row("Kafka: the broker checks records", Errors.INVALID_RECORD.exception(), "answered"),
                row("Kafka: an old broker", Errors.UNSUPPORTED_VERSION.exception(), "answered"),
                row("Kafka: no right to the topic", Errors.TOPIC_AUTHORIZATION_FAILED.exception(), "neutral"),
                row("Kafka: no right to the group", Errors.GROUP_AUTHORIZATION_FAILED.exception(), "neutral"),
                row("Kafka: a wrong password", Errors.SASL_AUTHENTICATION_FAILED.exception(), "neutral"),
                row(
                        "Kafka: whoever checks passwords can't be reached",
                        new SaslAuthenticationException("token", new ConnectException("Connection refused")),
                        "transient"),
                row("Kafka: no token, for whatever reason", new JwtRetrieverException("no token"), "transient"),
                row("Kafka: a wrong token", new JwtValidatorException("no token"), "neutral"));
    }

    private static Stream<Row> consumers() {
        return Stream.of(
                row("Kafka: polled too late", new CommitFailedException(), "neutral"),
                row(
                        "Kafka: a commit that may be tried again",
                        new RetriableCommitFailedException("again"),
                        "transient"),
                row("Kafka: the group is rebalancing", Errors.REBALANCE_IN_PROGRESS.exception(), "neutral"),
                row("Kafka: no such member", Errors.UNKNOWN_MEMBER_ID.exception(), "neutral"),
                row("Kafka: an old generation", Errors.ILLEGAL_GENERATION.exception(), "neutral"),
                row("Kafka: another instance of this name", Errors.FENCED_INSTANCE_ID.exception(), "neutral"),
                row("Kafka: a member's epoch is old", Errors.FENCED_MEMBER_EPOCH.exception(), "neutral"),
                row("Kafka: a member's epoch is stale", Errors.STALE_MEMBER_EPOCH.exception(), "neutral"),
                row("Kafka: no offset", new NoOffsetForPartitionException(new TopicPartition("orders", 0)), "answered"),
                row("Kafka: no such offset", Errors.OFFSET_OUT_OF_RANGE.exception(), "answered"),
                row("Kafka: woken", new WakeupException(), "neutral"),
                row(
                        "Kafka: interrupted",
                        failureOf(() -> {
                            throw new InterruptException("stop");
                        }),
                        "interrupted"));
    }

    private static Stream<Row> wrapped() {
        return Stream.of(
                row(
                        "Kafka: a future of send() that expired",
                        new ExecutionException(new TimeoutException(EXPIRED)),
                        "unknown-effect"),
                row(
                        "Kafka: a transactional producer after an error",
                        new KafkaException(
                                "Cannot execute transactional method because we are in an error state",
                                new ProducerFencedException("fenced")),
                        "answered"),
                row("Kafka: nothing is said", new KafkaException("Failed to close kafka consumer"), "unknown"),
                row(
                        "Kafka: around it the application's",
                        new IllegalStateException(
                                "order lost", new CompletionException(Errors.NOT_CONTROLLER.exception())),
                        "transient"),
                row("Kafka: a setting", new ConfigException("acks", "seven"), "neutral"));
    }

    private static Throwable registry(int status, int code) {
        return new SerializationException("Error registering Avro schema", new RestClientException("no", status, code));
    }

    private static void tooBrief() throws Exception {
        try (MockProducer<String, String> producer =
                new MockProducer<>(false, null, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", "x")).get(1, TimeUnit.MILLISECONDS);
        }
    }

    private static Throwable send(Map<String, Object> settings, String value) {
        return failureOf(() -> {
            try (KafkaProducer<String, String> producer = producer(settings)) {
                producer.send(new ProducerRecord<>("orders", value)).get(5, TimeUnit.SECONDS);
            }
        });
    }

    private static void partitions() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", "127.0.0.1:" + closedPort());
        settings.put("default.api.timeout.ms", "100");
        settings.put("request.timeout.ms", "100");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.partitionsFor("orders");
        }
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", "127.0.0.1:" + closedPort());
        all.putAll(settings);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }
}
