package dev.retrykit.failures;

import java.io.EOFException;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.activemq.AlreadyClosedException;
import org.apache.activemq.ConfigurationException;
import org.apache.activemq.ConnectionClosedException;
import org.apache.activemq.ConnectionFailedException;
import org.apache.activemq.DestinationDoesNotExistException;
import org.apache.activemq.MaxFrameSizeExceededException;
import org.apache.activemq.NotStartedException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;
import org.apache.activemq.transport.InactivityIOException;
import org.apache.activemq.transport.RequestTimedOutIOException;
import org.apache.activemq.transport.TransportDisposedIOException;
import org.apache.activemq.util.JMSExceptionSupport;
import org.apache.qpid.jms.JmsConnectionRemotelyClosedException;
import org.apache.qpid.jms.JmsOperationTimedOutException;
import org.apache.qpid.jms.JmsResourceNotFoundException;
import org.apache.qpid.jms.JmsSendTimedOutException;
import org.apache.qpid.jms.JmsTransactionInDoubtException;
import org.apache.qpid.jms.exceptions.JmsConnectionFailedException;
import org.apache.qpid.jms.provider.exceptions.ProviderConnectionResourceNotFoundException;
import org.apache.qpid.jms.provider.exceptions.ProviderConnectionSecurityException;
import org.apache.qpid.jms.provider.exceptions.ProviderIOException;
import org.apache.qpid.jms.provider.exceptions.ProviderInvalidClientIDException;
import org.apache.qpid.protonj2.client.ErrorCondition;
import org.apache.qpid.protonj2.client.exceptions.ClientConnectionSecurityException;
import org.apache.qpid.protonj2.client.exceptions.ClientDeliveryStateException;
import org.apache.qpid.protonj2.client.exceptions.ClientIOException;
import org.apache.qpid.protonj2.client.exceptions.ClientIllegalStateException;
import org.apache.qpid.protonj2.client.exceptions.ClientLinkRemotelyClosedException;
import org.apache.qpid.protonj2.client.exceptions.ClientMessageFormatViolationException;
import org.apache.qpid.protonj2.client.exceptions.ClientOperationTimedOutException;
import org.apache.qpid.protonj2.client.exceptions.ClientSendTimedOutException;
import org.apache.qpid.protonj2.client.exceptions.ClientTransactionDeclarationException;
import org.apache.qpid.protonj2.client.exceptions.ClientTransactionInDoubtException;
import org.apache.qpid.protonj2.client.exceptions.ClientTransactionRolledBackException;

/** What failures of ActiveMQ, Artemis and Qpid mean. */
class ArtemisTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(classic(), artemis(), qpidJms(), protonJ2()).flatMap(rows -> rows);
    }

    private static Stream<Row> classic() {
        IOException sent = new RequestTimedOutIOException();
        sent.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.apache.activemq.transport.ResponseCorrelator", "request", null, 1),
            new StackTraceElement("org.apache.activemq.ActiveMQMessageProducer", "send", null, 1)
        });
        return Stream.of(
                row(
                        "ActiveMQ: the connection has failed",
                        new ConnectionFailedException(new IOException("x")),
                        "transient"),
                row("ActiveMQ: the connection is closed", new ConnectionClosedException(), "transient"),
                row("ActiveMQ: closed already", new AlreadyClosedException(), "transient"),
                row("ActiveMQ: no such destination", new DestinationDoesNotExistException("none"), "answered"),
                row("ActiveMQ: a setting", new ConfigurationException("no"), "neutral"),
                row("ActiveMQ: not started", new NotStartedException(), "neutral"),
                row(
                        "ActiveMQ: too large",
                        JMSExceptionSupport.create(new MaxFrameSizeExceededException("big")),
                        "neutral"),
                row("ActiveMQ: no answer to a send", JMSExceptionSupport.create(sent), "unknown-effect"),
                row("ActiveMQ: no answer to another call", new RequestTimedOutIOException(), "transient"),
                row(
                        "ActiveMQ: no sign of life",
                        JMSExceptionSupport.create(new InactivityIOException("idle")),
                        "transient"),
                row("ActiveMQ: disposed", new TransportDisposedIOException("stopped"), "transient"),
                row("ActiveMQ: cut off", JMSExceptionSupport.create(new EOFException()), "unknown"));
    }

    private static Stream<Row> artemis() {
        return Stream.of(
                artemis("the connection broke while a call waited", ActiveMQExceptionType.UNBLOCKED, "unknown-effect"),
                artemis(
                        "a commit that may have been done",
                        ActiveMQExceptionType.TRANSACTION_OUTCOME_UNKNOWN,
                        "unknown-effect"),
                artemis("rolled back", ActiveMQExceptionType.TRANSACTION_ROLLED_BACK, "transient"),
                artemis("no connection", ActiveMQExceptionType.NOT_CONNECTED, "transient"),
                artemis("disconnected", ActiveMQExceptionType.DISCONNECTED, "transient"),
                artemis("closed", ActiveMQExceptionType.OBJECT_CLOSED, "transient"),
                artemis("full", ActiveMQExceptionType.ADDRESS_FULL, "throttled"),
                artemis("no right", ActiveMQExceptionType.SECURITY_EXCEPTION, "neutral"),
                artemis("out of turn", ActiveMQExceptionType.ILLEGAL_STATE, "neutral"),
                artemis("no such queue", ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST, "answered"),
                artemis("sent before", ActiveMQExceptionType.DUPLICATE_ID_REJECTED, "answered"),
                artemis("nothing is said", ActiveMQExceptionType.GENERIC_EXCEPTION, "unknown"),
                row(
                        "Artemis: no answer to a send",
                        timedOut("AMQ219014: Timed out after waiting 100 ms for response when sending packet 71"),
                        "unknown-effect"),
                row(
                        "Artemis: no answer to another call",
                        timedOut("AMQ219014: Timed out after waiting 100 ms for response when sending packet 45"),
                        "transient"));
    }

    private static Stream<Row> qpidJms() {
        return Stream.of(
                row("Qpid JMS: no answer to a send", new JmsSendTimedOutException("late"), "unknown-effect"),
                row("Qpid JMS: no answer", new JmsOperationTimedOutException("late"), "transient"),
                row("Qpid JMS: perhaps committed", new JmsTransactionInDoubtException("unknown"), "unknown-effect"),
                row("Qpid JMS: closed by the broker", new JmsConnectionRemotelyClosedException("stop"), "transient"),
                row("Qpid JMS: no such queue", new JmsResourceNotFoundException("none"), "answered"),
                row("Qpid JMS: the connection has failed", new JmsConnectionFailedException(), "transient"),
                row("Qpid JMS: the connection fails in a send", failed("send"), "unknown-effect"),
                row("Qpid JMS: the connection fails in a commit", failed("commit"), "unknown-effect"),
                row(
                        "Qpid JMS: the connection has failed before a send",
                        failed("checkClosedOrFailed", "send"),
                        "transient"),
                row("Qpid JMS: lost", new ProviderIOException("lost"), "transient"),
                row("Qpid JMS: a wrong password", new ProviderConnectionSecurityException("no"), "neutral"),
                row("Qpid JMS: another has the name", new ProviderInvalidClientIDException("no"), "answered"),
                row("Qpid JMS: no such host", new ProviderConnectionResourceNotFoundException("none"), "answered"));
    }

    private static Stream<Row> protonJ2() {
        return Stream.of(
                row("ProtonJ2: lost", new ClientIOException("lost"), "transient"),
                row("ProtonJ2: a wrong password", new ClientConnectionSecurityException("no"), "neutral"),
                row("ProtonJ2: no answer to a send", new ClientSendTimedOutException("late"), "unknown-effect"),
                row("ProtonJ2: no answer", new ClientOperationTimedOutException("late"), "transient"),
                row("ProtonJ2: perhaps committed", new ClientTransactionInDoubtException("?"), "unknown-effect"),
                row("ProtonJ2: rolled back", new ClientTransactionRolledBackException("again"), "transient"),
                row("ProtonJ2: no transaction", new ClientTransactionDeclarationException("no"), "transient"),
                closed("amqp:not-found", "answered"),
                closed("amqp:unauthorized-access", "neutral"),
                closed("amqp:resource-limit-exceeded", "throttled"),
                closed("amqp:internal-error", "transient"),
                row("ProtonJ2: rejected", new ClientDeliveryStateException("no", null), "answered"),
                row("ProtonJ2: out of turn", new ClientIllegalStateException("closed"), "neutral"),
                row("ProtonJ2: no message", new ClientMessageFormatViolationException("no"), "neutral"));
    }

    private static Row artemis(String name, ActiveMQExceptionType type, String expected) {
        ActiveMQException failure = new ActiveMQException(type, name);
        return row("Artemis: " + name, JMSExceptionHelper.convertFromActiveMQException(failure), expected);
    }

    private static Throwable timedOut(String message) {
        return JMSExceptionHelper.convertFromActiveMQException(
                new ActiveMQException(ActiveMQExceptionType.CONNECTION_TIMEDOUT, message));
    }

    private static Row closed(String condition, String expected) {
        ErrorCondition error = ErrorCondition.create(condition, "");
        return row("ProtonJ2: " + condition, new ClientLinkRemotelyClosedException("closed", error), expected);
    }

    private static Throwable failed(String... methods) {
        JmsConnectionFailedException failure = new JmsConnectionFailedException();
        failure.setStackTrace(Stream.of(methods)
                .map(method -> new StackTraceElement("org.apache.qpid.jms.JmsConnection", method, null, 1))
                .toArray(StackTraceElement[]::new));
        return failure;
    }
}
