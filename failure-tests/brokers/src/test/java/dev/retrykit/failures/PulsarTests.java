package dev.retrykit.failures;

import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.pulsar.client.admin.PulsarAdminException;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.SchemaSerializationException;
import org.apache.pulsar.client.api.transaction.TransactionBufferClientException;
import org.apache.pulsar.client.api.transaction.TransactionCoordinatorClientException;
import org.springframework.pulsar.PulsarException;

/** What failures of Pulsar's client mean. */
class PulsarTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(transients(), answers(), neutrals(), others()).flatMap(rows -> rows);
    }

    private static Stream<Row> transients() {
        return Stream.of(
                row("Pulsar: whatever it is", new PulsarClientException("lost"), "transient"),
                row(
                        "Pulsar: around a denied right",
                        new PulsarClientException(new PulsarClientException.AuthorizationException("no")),
                        "neutral"),
                row(
                        "Pulsar: no answer to a message",
                        new PulsarClientException.TimeoutException(
                                "The producer a can not send message to the topic orders within given timeout"),
                        "unknown-effect"),
                row("Pulsar: no answer to a lookup", new PulsarClientException.TimeoutException("lookup"), "transient"),
                row("Pulsar: no connection", new PulsarClientException.ConnectException("refused"), "transient"),
                row("Pulsar: not connected", new PulsarClientException.NotConnectedException(), "transient"),
                row("Pulsar: no owner of the topic", new PulsarClientException.LookupException("none"), "transient"),
                row("Pulsar: no metadata", new PulsarClientException.BrokerMetadataException("none"), "transient"),
                row("Pulsar: not written", new PulsarClientException.BrokerPersistenceException("no"), "transient"),
                row("Pulsar: the topic moves", new PulsarClientException.TopicMigrationException("moves"), "transient"),
                row(
                        "Pulsar: the client's memory is full",
                        new PulsarClientException.MemoryBufferIsFullError("full"),
                        "throttled"),
                row(
                        "Pulsar: the producer's queue is full",
                        new PulsarClientException.ProducerQueueIsFullError("full"),
                        "throttled"),
                row(
                        "Pulsar: too many lookups",
                        new PulsarClientException.TooManyRequestsException("many"),
                        "throttled"),
                row(
                        "Pulsar: the backlog is full",
                        new PulsarClientException.ProducerBlockedQuotaExceededError("full"),
                        "throttled"),
                row(
                        "Pulsar: the backlog is full, of another policy",
                        new PulsarClientException.ProducerBlockedQuotaExceededException("full"),
                        "throttled"));
    }

    private static Stream<Row> answers() {
        return Stream.of(
                row(
                        "Pulsar: no name for a topic",
                        new PulsarClientException.InvalidTopicNameException("no"),
                        "answered"),
                row("Pulsar: no such", new PulsarClientException.NotFoundException("none"), "answered"),
                row("Pulsar: no topic", new PulsarClientException.TopicDoesNotExistException("none"), "answered"),
                row(
                        "Pulsar: no subscription",
                        new PulsarClientException.SubscriptionNotFoundException("none"),
                        "answered"),
                row(
                        "Pulsar: the topic has ended",
                        new PulsarClientException.TopicTerminatedException("end"),
                        "answered"),
                row("Pulsar: another schema", new PulsarClientException.IncompatibleSchemaException("no"), "answered"),
                row("Pulsar: not supported", new PulsarClientException.NotSupportedException("no"), "answered"),
                row("Pulsar: not allowed", new PulsarClientException.NotAllowedException("no"), "answered"),
                row(
                        "Pulsar: another producer of the name",
                        new PulsarClientException.ProducerBusyException("no"),
                        "answered"),
                row(
                        "Pulsar: another has taken over",
                        new PulsarClientException.ProducerFencedException("no"),
                        "answered"),
                row("Pulsar: another consumer", new PulsarClientException.ConsumerBusyException("no"), "answered"),
                row("Pulsar: not to be assigned", new PulsarClientException.ConsumerAssignException("no"), "answered"),
                row(
                        "Pulsar: not acknowledged",
                        new PulsarClientException.MessageAcknowledgeException("no"),
                        "answered"),
                row(
                        "Pulsar: acknowledged by another",
                        new PulsarClientException.TransactionConflictException("no"),
                        "answered"),
                row(
                        "Pulsar: the transaction has failed",
                        new PulsarClientException.TransactionHasOperationFailedException("no"),
                        "answered"),
                row("Pulsar: a wrong sum", new PulsarClientException.ChecksumException("no"), "permanent"));
    }

    private static Stream<Row> neutrals() {
        return Stream.of(
                row("Pulsar: closed", new PulsarClientException.AlreadyClosedException("closed"), "neutral"),
                row("Pulsar: a wrong token", new PulsarClientException.AuthenticationException("no"), "neutral"),
                row(
                        "Pulsar: no token",
                        new PulsarClientException.GettingAuthenticationDataException("none"),
                        "neutral"),
                row(
                        "Pulsar: whoever gives tokens can't be reached",
                        new PulsarClientException.GettingAuthenticationDataException(new SocketException("reset")),
                        "transient"),
                row(
                        "Pulsar: not this way to log in",
                        new PulsarClientException.UnsupportedAuthenticationException("no"),
                        "neutral"),
                row("Pulsar: no right", new PulsarClientException.AuthorizationException("no"), "neutral"),
                row(
                        "Pulsar: no URL",
                        new PulsarClientException.InvalidServiceURL("no", new IllegalStateException()),
                        "neutral"),
                row("Pulsar: a setting", new PulsarClientException.InvalidConfigurationException("no"), "neutral"),
                row("Pulsar: no message", new PulsarClientException.InvalidMessageException("big"), "neutral"),
                row("Pulsar: no key", new PulsarClientException.CryptoException("none"), "neutral"),
                row("Pulsar: no such format", new SchemaSerializationException("no"), "neutral"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row(
                        "Pulsar: no coordinator",
                        new TransactionCoordinatorClientException.CoordinatorNotFoundException("none"),
                        "transient"),
                row(
                        "Pulsar: not open any more",
                        new TransactionCoordinatorClientException.InvalidTxnStatusException("no"),
                        "answered"),
                row(
                        "Pulsar: no such transaction",
                        new TransactionCoordinatorClientException.TransactionNotFoundException("none"),
                        "answered"),
                row(
                        "Pulsar: started twice",
                        new TransactionCoordinatorClientException.CoordinatorClientStateException("no"),
                        "neutral"),
                row(
                        "Pulsar: too much at once",
                        new TransactionBufferClientException.ReachMaxPendingOpsException("many"),
                        "throttled"),
                row("Pulsar admin: 503", new PulsarAdminException("no", null, "", 503), "transient status 503"),
                row(
                        "Pulsar admin: 404",
                        new PulsarAdminException.NotFoundException(null, "", 404),
                        "answered status 404"),
                row("Pulsar admin: no connection", new PulsarAdminException.ConnectException("no", null), "transient"),
                row("Pulsar admin: no answer", new PulsarAdminException.TimeoutException(null), "transient"),
                row(
                        "Pulsar admin: without a status it says 500",
                        new PulsarAdminException("bug"),
                        "transient status 500"),
                row(
                        "Spring Pulsar: around a lookup",
                        new PulsarException("no", new PulsarClientException.LookupException("none")),
                        "transient"),
                row("Spring Pulsar: nothing is said", new PulsarException("bug"), "unknown"),
                row(
                        "Pulsar: of a future",
                        new ExecutionException(new PulsarClientException.TopicDoesNotExistException("none")),
                        "answered"));
    }
}
