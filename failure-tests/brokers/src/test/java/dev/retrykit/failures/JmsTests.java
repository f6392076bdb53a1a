package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.ResourceAllocationRuntimeException;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.TransactionInProgressRuntimeException;
import jakarta.jms.TransactionRolledBackException;
import jakarta.jms.TransactionRolledBackRuntimeException;
import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.springframework.jms.UncategorizedJmsException;
import org.springframework.jms.connection.SynchedLocalTransactionFailedException;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.listener.adapter.ListenerExecutionFailedException;
import org.springframework.jms.support.JmsUtils;
import org.springframework.jms.support.converter.MessageConversionException;
import org.springframework.jms.support.destination.DestinationResolutionException;

/** What failures of JMS and of Spring JMS mean. */
class JmsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(real(), checked(), unchecked(), spring()).flatMap(rows -> rows);
    }

    private static Stream<Row> real() {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + closedPort());
        return Stream.of(
                row(
                        "JMS: nothing listens",
                        failureOf(() -> factory.createConnection().start()),
                        "transient"),
                row(
                        "JMS: nothing listens, simplified",
                        failureOf(() -> factory.createContext().start()),
                        "transient"),
                row(
                        "Spring JMS: nothing listens",
                        failureOf(() -> new JmsTemplate(factory).convertAndSend("orders", "10 EUR")),
                        "transient"));
    }

    private static Stream<Row> checked() {
        return Stream.of(
                row("JMS: nothing is said", new JMSException("bug"), "unknown"),
                row("JMS: a cause", caused(new JMSException("lost"), new SocketException("reset")), "transient"),
                row(
                        "JMS: a linked exception",
                        linked(new JMSException("lost"), new SocketException("reset")),
                        "transient"),
                row(
                        "JMS: no resources",
                        new ResourceAllocationException("Usage Manager Memory Limit reached"),
                        "transient"),
                row("JMS: rolled back", new TransactionRolledBackException("again"), "transient"),
                row(
                        "JMS: a session of a lost connection",
                        new IllegalStateException("The Session is closed"),
                        "transient"),
                row("JMS: out of turn", new IllegalStateException("Not a transacted session"), "neutral"),
                row("JMS: a wrong password", new JMSSecurityException("User name or password is invalid."), "neutral"),
                row("JMS: no such destination", new InvalidDestinationException("none"), "answered"),
                row("JMS: no selector", new InvalidSelectorException("a ="), "answered"),
                row("JMS: another has the name", new InvalidClientIDException("connected already"), "answered"),
                row("JMS: no more to read", new MessageEOFException("end"), "neutral"),
                row("JMS: of another type", new MessageFormatException("no"), "neutral"),
                row("JMS: not to be read", new MessageNotReadableException("no"), "neutral"),
                row("JMS: not to be written", new MessageNotWriteableException("no"), "neutral"),
                row("JMS: within a transaction", new TransactionInProgressException("no"), "neutral"));
    }

    private static Stream<Row> unchecked() {
        return Stream.of(
                row("JMS 2: nothing is said", new JMSRuntimeException("bug"), "unknown"),
                row("JMS 2: lost", new JMSRuntimeException("lost", "", new SocketException("reset")), "transient"),
                row("JMS 2: no resources", new ResourceAllocationRuntimeException("full"), "transient"),
                row("JMS 2: rolled back", new TransactionRolledBackRuntimeException("again"), "transient"),
                row(
                        "JMS 2: a session of a lost connection",
                        new IllegalStateRuntimeException("Session is closed"),
                        "transient"),
                row("JMS 2: out of turn", new IllegalStateRuntimeException("no"), "neutral"),
                row("JMS 2: a wrong password", new JMSSecurityRuntimeException("no"), "neutral"),
                row("JMS 2: no such destination", new InvalidDestinationRuntimeException("none"), "answered"),
                row("JMS 2: no selector", new InvalidSelectorRuntimeException("a ="), "answered"),
                row("JMS 2: another has the name", new InvalidClientIDRuntimeException("no"), "answered"),
                row("JMS 2: of another type", new MessageFormatRuntimeException("no"), "neutral"),
                row("JMS 2: not to be written", new MessageNotWriteableRuntimeException("no"), "neutral"),
                row("JMS 2: within a transaction", new TransactionInProgressRuntimeException("no"), "neutral"));
    }

    private static Stream<Row> spring() {
        return Stream.of(
                spring("no resources", new ResourceAllocationException("full"), "transient"),
                spring("rolled back", new TransactionRolledBackException("again"), "transient"),
                spring(
                        "a session of a lost connection",
                        new IllegalStateException("The Session is closed"),
                        "transient"),
                spring("out of turn", new IllegalStateException("no"), "neutral"),
                spring("a wrong password", new JMSSecurityException("no"), "neutral"),
                spring("no such destination", new InvalidDestinationException("none"), "answered"),
                spring("no selector", new InvalidSelectorException("a ="), "answered"),
                spring("another has the name", new InvalidClientIDException("no"), "answered"),
                spring("no more to read", new MessageEOFException("end"), "neutral"),
                spring("of another type", new MessageFormatException("no"), "neutral"),
                spring("not to be read", new MessageNotReadableException("no"), "neutral"),
                spring("not to be written", new MessageNotWriteableException("no"), "neutral"),
                spring("within a transaction", new TransactionInProgressException("no"), "neutral"),
                spring("lost", caused(new JMSException("lost"), new SocketException("reset")), "transient"),
                row("Spring JMS: nothing is said", new UncategorizedJmsException(new JMSException("bug")), "unknown"),
                row(
                        "Spring JMS: a listener's failure",
                        new ListenerExecutionFailedException("failed", new SocketException("reset")),
                        "transient"),
                row(
                        "Spring JMS: the database has committed, the messages haven't",
                        new SynchedLocalTransactionFailedException("no", new JMSException("lost")),
                        "unknown-effect"),
                row("Spring JMS: no message", new MessageConversionException("no"), "neutral"),
                row("Spring JMS: no name of a queue", new DestinationResolutionException("none"), "answered"),
                row(
                        "Spring JMS: names can't be looked up",
                        new DestinationResolutionException(
                                "no", caused(new JMSException("lost"), new SocketException("reset"))),
                        "transient"));
    }

    private static Row spring(String name, JMSException failure, String expected) {
        return row("Spring JMS: " + name, JmsUtils.convertJmsAccessException(failure), expected);
    }

    static <E extends JMSException> E caused(E failure, IOException cause) {
        failure.initCause(cause);
        return failure;
    }

    private static JMSException linked(JMSException failure, IOException link) {
        failure.setLinkedException(link);
        return failure;
    }
}
