package dev.retrykit.failures;

import io.camunda.client.api.command.ClientException;
import io.camunda.client.api.command.ClientHttpException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.axonframework.commandhandling.CommandExecutionException;
import org.axonframework.commandhandling.distributed.CommandBusConnectorCommunicationException;
import org.axonframework.common.AxonConfigurationException;
import org.axonframework.messaging.RemoteExceptionDescription;
import org.axonframework.messaging.RemoteHandlingException;
import org.axonframework.messaging.RemoteNonTransientHandlingException;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.modelling.command.ConflictingModificationException;
import org.objenesis.ObjenesisStd;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.impl.jdbcjobstore.LockException;

/** What failures of Axon, Camunda, Temporal and Quartz mean. */
class EngineTests extends BookTests {

    private static final SocketException RESET = new SocketException("Connection reset");

    static Stream<Row> rows() {
        return Stream.of(axon(), camunda(), temporal(), quartz()).flatMap(rows -> rows);
    }

    private static Stream<Row> axon() {
        RemoteExceptionDescription remote = new RemoteExceptionDescription(List.of("no"));
        ConcurrencyException faster = new ConcurrencyException("faster", new SQLException("no", "23505"));
        return Stream.of(
                row("Axon: another was faster", faster, "transient"),
                row("Axon: of a command, another was faster", new CommandExecutionException("no", faster), "transient"),
                row(
                        "Axon: of a command on another node",
                        new CommandExecutionException("no", new RemoteHandlingException(remote)),
                        "answered"),
                row(
                        "Axon: of a command on another node, for good",
                        new RemoteNonTransientHandlingException(remote),
                        "answered"),
                row("Axon: a handler's failure", new CommandExecutionException("no", null, "no stock"), "answered"),
                row("Axon: around a reset", new CommandExecutionException("no", RESET), "transient"),
                row(
                        "Axon: no answer of another node",
                        new ExecutionException(new CommandBusConnectorCommunicationException("lost", RESET)),
                        "unknown-effect"),
                row("Axon: no such aggregate", new AggregateNotFoundException("a", "none"), "answered"),
                row("Axon: changed meanwhile", new ConflictingModificationException("no"), "answered"),
                row("Axon: a setting", new AxonConfigurationException("no"), "neutral"));
    }

    private static Stream<Row> camunda() {
        return Stream.of(
                row("Camunda: too many", new ClientHttpException(429, "Too Many Requests"), "throttled status 429"),
                row("Camunda: unavailable", new ClientHttpException(503, "Unavailable"), "transient status 503"),
                row("Camunda: no such process", new ClientHttpException(404, "Not Found"), "answered status 404"),
                row("Camunda: no right", new ClientHttpException(403, "Forbidden"), "neutral status 403"),
                row("Camunda: around a reset", new ClientException(RESET), "transient"));
    }

    private static Stream<Row> temporal() {
        return Stream.of(
                temporal("WorkflowFailedException", "answered"),
                temporal("WorkflowExecutionAlreadyStarted", "answered"),
                temporal("WorkflowNotFoundException", "answered"),
                temporal("WorkflowQueryException", "answered"),
                temporal("WorkflowUpdateException", "answered"),
                temporal("WorkflowUpdateTimeoutOrCancelledException", "unknown-effect"));
    }

    /** Without a constructor, whose parameters are of other libraries. */
    private static Row temporal(String name, String expected) {
        try {
            Class<?> type = Class.forName("io.temporal.client." + name);
            return row("Temporal: " + name, (Throwable) new ObjenesisStd().newInstance(type), expected);
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static Stream<Row> quartz() {
        return Stream.of(
                row("Quartz: the job is there", new ObjectAlreadyExistsException("there"), "answered"),
                row("Quartz: locked", new LockException("locked"), "transient"),
                row(
                        "Quartz: around a deadlock",
                        new JobPersistenceException("no", new SQLException("deadlock", "40P01")),
                        "transient"));
    }
}
