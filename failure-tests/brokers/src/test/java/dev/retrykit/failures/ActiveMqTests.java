package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.failureOf;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.URI;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.command.Message;
import org.apache.activemq.command.Response;
import org.apache.activemq.command.TransactionInfo;
import org.apache.activemq.transport.DefaultTransportListener;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportAcceptListener;
import org.apache.activemq.transport.TransportFactory;
import org.apache.activemq.transport.TransportServer;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.UncategorizedJmsException;
import org.springframework.transaction.TransactionSystemException;

/** What failures of ActiveMQ Classic mean, by a broker that plays a script. */
class ActiveMqTests extends BookTests {

    private static final Predicate<Command> SENDS = Message.class::isInstance;
    private static final Predicate<Command> COMMITS =
            command -> command instanceof TransactionInfo info && info.getType() == TransactionInfo.COMMIT_ONE_PHASE;

    static Stream<Row> rows() {
        Throwable lost = attempt("tcp", SENDS, null, false);
        Throwable commit = attempt("tcp", COMMITS, null, true);
        return Stream.of(
                row("ActiveMQ: lost in a send", lost, "unknown-effect"),
                row("ActiveMQ: lost in a send, by Spring", new UncategorizedJmsException(lost), "unknown-effect"),
                row("ActiveMQ: no answer to a send", attempt("failover", SENDS, null, false), "unknown-effect"),
                row("ActiveMQ: lost in a commit", commit, "unknown-effect"),
                row(
                        "ActiveMQ: lost in a commit, by Spring",
                        new TransactionSystemException("Could not commit JMS transaction", commit),
                        "unknown-effect"),
                row("ActiveMQ: failover in a commit", attempt("failover", COMMITS, null, true), "unknown-effect"),
                row(
                        "ActiveMQ: no memory for a message",
                        attempt("tcp", SENDS, new ResourceAllocationException("Usage Manager Memory Limit"), false),
                        "transient"),
                row(
                        "ActiveMQ: no right to a queue",
                        attempt(
                                "tcp",
                                SENDS,
                                new SecurityException("User a is not authorized to write to: queue://orders"),
                                false),
                        "neutral"),
                row(
                        "ActiveMQ: no broker to fail over to",
                        inSend(new JMSException("Failover timeout of 3000 ms reached.")),
                        "transient"),
                row(
                        "ActiveMQ: lost before a send",
                        inSend(new JMSException("Cannot send, channel has already failed: tcp://127.0.0.1:1")),
                        "transient"));
    }

    private static JMSException inSend(JMSException failure) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.apache.activemq.ActiveMQMessageProducer", "send", null, 1)
        });
        return failure;
    }

    /**
     * Sends a message.
     *
     * @param protocol that of the connection
     * @param end the command that fails
     * @param refusal what the broker answers to that command; null: it closes the connection
     */
    private static Throwable attempt(
            String protocol, Predicate<Command> end, @Nullable Throwable refusal, boolean transacted) {
        return failureOf(() -> {
            TransportServer server = serve(end, refusal);
            String address = "tcp://127.0.0.1:" + server.getConnectURI().getPort();
            ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(
                    protocol.equals("tcp") ? address : "failover:(" + address + ")?initialReconnectDelay=10");
            factory.setWatchTopicAdvisories(false);
            factory.setSendTimeout(500);
            factory.setCloseTimeout(100);
            Connection connection = factory.createConnection();
            try {
                send(connection, transacted);
            } finally {
                server.stop();
                Thread closing = new Thread(() -> close(connection), "closing");
                closing.setDaemon(true);
                closing.start();
            }
        });
    }

    private static void send(Connection connection, boolean transacted) throws JMSException {
        connection.start();
        Session session = connection.createSession(
                transacted, transacted ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue("orders"));
        producer.send(session.createTextMessage("10 EUR"));
        session.commit();
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (JMSException lost) {
            Thread.yield();
        }
    }

    private static TransportServer serve(Predicate<Command> end, @Nullable Throwable refusal) throws Exception {
        TransportServer server = TransportFactory.bind(new URI("tcp://127.0.0.1:0"));
        server.setAcceptListener(new TransportAcceptListener() {
            @Override
            public void onAccept(Transport transport) {
                serve(transport, end, refusal);
            }

            @Override
            public void onAcceptError(Exception failure) {}
        });
        server.start();
        return server;
    }

    private static void serve(Transport transport, Predicate<Command> end, @Nullable Throwable refusal) {
        transport.setTransportListener(new DefaultTransportListener() {
            @Override
            public void onCommand(Object command) {
                if (command instanceof Command known) {
                    answer(transport, known, end.test(known), refusal);
                }
            }
        });
        try {
            transport.start();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void answer(Transport transport, Command command, boolean ends, @Nullable Throwable refusal) {
        try {
            if (ends && refusal == null) {
                transport.stop();
            } else if (command.isResponseRequired()) {
                Response response = ends ? new ExceptionResponse(refusal) : new Response();
                response.setCorrelationId(command.getCommandId());
                transport.oneway(response);
            }
        } catch (IOException closed) {
            Thread.yield();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
