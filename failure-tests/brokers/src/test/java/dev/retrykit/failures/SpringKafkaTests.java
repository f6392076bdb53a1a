package dev.retrykit.failures;

import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.streams.errors.BrokerNotFoundException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.InvalidStateStorePartitionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.StateStoreMigratedException;
import org.apache.kafka.streams.errors.StateStoreNotAvailableException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsRebalancingException;
import org.apache.kafka.streams.errors.StreamsStoppedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.apache.kafka.streams.errors.TopologyException;
import org.apache.kafka.streams.errors.UnknownStateStoreException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaProducerException;
import org.springframework.kafka.core.NoProducerAvailableException;
import org.springframework.kafka.listener.KafkaBackoffException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.requestreply.KafkaReplyTimeoutException;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.serializer.DeserializationException;

/** What failures of Kafka Streams and of Spring for Apache Kafka mean. */
class SpringKafkaTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.concat(streams(), spring());
    }

    private static Stream<Row> spring() {
        return Stream.of(
                row(
                        "Spring Kafka: around a leader that has moved",
                        new KafkaException("Send failed", Errors.NOT_LEADER_OR_FOLLOWER.exception()),
                        "transient"),
                row(
                        "Spring Kafka: a batch that expired, of a template's future",
                        new ExecutionException(new KafkaProducerException(
                                new ProducerRecord<>("orders", "x"),
                                "Failed to send",
                                new TimeoutException(
                                        "Expiring 1 record(s) for orders-0:120000 ms has passed since batch"
                                                + " creation"))),
                        "unknown-effect"),
                row(
                        "Spring Kafka: a record that is too large",
                        new KafkaException("Send failed", Errors.MESSAGE_TOO_LARGE.exception()),
                        "answered"),
                row(
                        "Spring Kafka: no right to the topic",
                        new KafkaException("Send failed", new AuthorizationException("no")),
                        "neutral"),
                row("Spring Kafka: nothing is said", new KafkaException("Container stopped during retries"), "unknown"),
                row(
                        "Spring Kafka: no reply to a request that was sent",
                        new KafkaReplyTimeoutException("Reply timed out"),
                        "unknown-effect"),
                row(
                        "Spring Kafka: no producer in the pool",
                        new NoProducerAvailableException("No available producers", "tx-"),
                        "transient"),
                row(
                        "Spring Kafka: a listener's failure",
                        new ListenerExecutionFailedException(
                                "Listener failed", Errors.COORDINATOR_NOT_AVAILABLE.exception()),
                        "transient"),
                row(
                        "Spring Kafka: not yet",
                        new KafkaBackoffException("not ready", new TopicPartition("orders", 0), "listener", 1),
                        "neutral"),
                row(
                        "Spring Kafka: a payload that can't be converted",
                        new ConversionException("no", new IllegalStateException()),
                        "neutral"),
                row(
                        "Spring Kafka: a payload that can't be read",
                        new DeserializationException("no", new byte[0], false, new IllegalStateException()),
                        "neutral"));
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row(
                        "Kafka Streams: around a timeout",
                        new StreamsException(new TimeoutException("again")),
                        "transient"),
                row("Kafka Streams: nothing is said", new StreamsException("bug"), "unknown"),
                row("Kafka Streams: a store may have moved", new InvalidStateStoreException("moved"), "transient"),
                row("Kafka Streams: a store has moved", new StateStoreMigratedException("moved"), "transient"),
                row("Kafka Streams: rebalancing", new StreamsRebalancingException("wait"), "transient"),
                row("Kafka Streams: no such store", new UnknownStateStoreException("none"), "neutral"),
                row("Kafka Streams: no such partition", new InvalidStateStorePartitionException("none"), "neutral"),
                row("Kafka Streams: it has failed", new StateStoreNotAvailableException("off"), "permanent"),
                row("Kafka Streams: it has stopped", new StreamsStoppedException("off"), "permanent"),
                row("Kafka Streams: no broker", new BrokerNotFoundException("none"), "transient"),
                row("Kafka Streams: locked", new LockException("locked"), "transient"),
                row("Kafka Streams: another has the task", new TaskMigratedException("moved"), "transient"),
                row("Kafka Streams: a wrong topology", new TopologyException("no source"), "neutral"));
    }
}
