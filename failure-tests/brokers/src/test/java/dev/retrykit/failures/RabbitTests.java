package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;
import static dev.retrykit.failures.Attempts.hidden;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ConsumerCancelledException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ProtocolVersionMismatchException;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.TopologyRecoveryException;
import com.rabbitmq.client.UnexpectedFrameError;
import com.rabbitmq.client.UnexpectedMethodError;
import com.rabbitmq.client.UnroutableRpcRequestException;
import com.rabbitmq.client.amqp.AmqpException;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.OAuthTokenManagementException;
import com.rabbitmq.client.impl.Version;
import com.rabbitmq.stream.NoOffsetException;
import com.rabbitmq.stream.ResourceClosedException;
import com.rabbitmq.stream.StreamDoesNotExistException;
import com.rabbitmq.stream.StreamNotAvailableException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.objenesis.ObjenesisStd;

/** What failures of RabbitMQ's clients mean. */
class RabbitTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(real(), sent(), codes(), others(), amqp10(), streams()).flatMap(rows -> rows);
    }

    private static Stream<Row> real() {
        return Stream.of(
                row("RabbitMQ: nothing listens", failureOf(() -> connect(closedPort())), "transient"),
                row("RabbitMQ: the connection is closed at once", connectTo(LineServer.HANG_UP), "transient"),
                row("RabbitMQ: it speaks an old protocol", connectTo("AMQP\1\1\0\7"), "permanent"));
    }

    /** What was sent may have had its effect. */
    private static Stream<Row> sent() {
        AlreadyClosedException closed =
                new AlreadyClosedException(new ShutdownSignalException(true, false, null, "c", "", new EOFException()));
        closed.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.rabbitmq.client.impl.AMQChannel", "ensureIsOpen", "AMQChannel.java", 1),
            new StackTraceElement("com.rabbitmq.client.impl.ChannelN", "txCommit", "ChannelN.java", 1)
        });
        return Stream.of(
                row(
                        "RabbitMQ: lost while waiting for confirms",
                        unanswered("basic.publish", true, RabbitTests::confirm),
                        "unknown-effect"),
                row(
                        "RabbitMQ: no confirms",
                        unanswered("basic.publish", false, RabbitTests::confirm),
                        "unknown-effect"),
                row("RabbitMQ: lost in a commit", unanswered("tx.commit", true, RabbitTests::commit), "unknown-effect"),
                row(
                        "RabbitMQ: no answer to a commit",
                        unanswered("tx.commit", false, RabbitTests::commit),
                        "unknown-effect"),
                row(
                        "RabbitMQ: lost while waiting for a reply",
                        unanswered("basic.publish", true, RabbitTests::ask),
                        "unknown-effect"),
                row("RabbitMQ: no reply", unanswered("basic.publish", false, RabbitTests::ask), "unknown-effect"),
                row("RabbitMQ: lost before a commit", closed, "transient"),
                row(
                        "RabbitMQ: lost in a declaration",
                        unanswered("queue.declare", true, Channel::queueDeclare),
                        "transient"),
                row(
                        "RabbitMQ: no answer to a declaration, real",
                        unanswered("queue.declare", false, Channel::queueDeclare),
                        "transient"));
    }

    private static void confirm(Channel channel) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", "orders", null, new byte[1]);
        channel.waitForConfirms(100);
    }

    private static void commit(Channel channel) throws IOException {
        channel.txSelect();
        channel.basicPublish("", "orders", null, new byte[1]);
        channel.txCommit();
    }

    private static void ask(Channel channel) throws Exception {
        RpcClientParams params = new RpcClientParams()
                .channel(channel)
                .exchange("")
                .routingKey("orders")
                .timeout(100);
        new RpcClient(params).primitiveCall(new byte[1]);
    }

    private static Throwable unanswered(String method, boolean hangsUp, Action action) {
        return failureOf(() -> {
            try (AmqpServer server = new AmqpServer(method, hangsUp)) {
                ConnectionFactory factory = new ConnectionFactory();
                factory.setHost("127.0.0.1");
                factory.setPort(server.port());
                factory.setChannelRpcTimeout(200);
                factory.setAutomaticRecoveryEnabled(false);
                Connection connection = factory.newConnection();
                try {
                    action.on(connection.createChannel());
                } finally {
                    connection.abort(100);
                }
            }
        });
    }

    /** What is done with a channel. */
    @FunctionalInterface
    private interface Action {

        void on(Channel channel) throws Exception;
    }

    /** What connections and channels are closed for. */
    private static Stream<Row> codes() {
        return Stream.of(
                row("RabbitMQ: the node stops", connection(320, "CONNECTION_FORCED - broker forced"), "transient"),
                row("RabbitMQ: an internal error", connection(541, "INTERNAL_ERROR"), "transient"),
                row("RabbitMQ: out of resources", connection(506, "RESOURCE_ERROR"), "throttled"),
                row(
                        "RabbitMQ: too many connections",
                        connection(530, "NOT_ALLOWED - vhost 'a' connection limit (10) is reached"),
                        "throttled"),
                row("RabbitMQ: not this virtual host", connection(530, "NOT_ALLOWED - access refused"), "neutral"),
                row("RabbitMQ: no such virtual host", connection(402, "INVALID_PATH"), "neutral"),
                row("RabbitMQ: a wrong frame", connection(501, "FRAME_ERROR"), "permanent"),
                row("RabbitMQ: a command out of turn", connection(503, "COMMAND_INVALID"), "permanent"),
                row("RabbitMQ: a wrong channel", connection(504, "CHANNEL_ERROR"), "permanent"),
                row("RabbitMQ: not implemented", connection(540, "NOT_IMPLEMENTED"), "permanent"),
                row("RabbitMQ: no such queue", channel(404, "NOT_FOUND - no queue 'a' in vhost '/'"), "answered"),
                row("RabbitMQ: another has it for itself", channel(405, "RESOURCE_LOCKED"), "answered"),
                row("RabbitMQ: declared otherwise", channel(406, "PRECONDITION_FAILED - inequivalent arg"), "answered"),
                row("RabbitMQ: too large", channel(311, "CONTENT_TOO_LARGE"), "answered"),
                row("RabbitMQ: no queue takes it", channel(312, "NO_ROUTE"), "answered"),
                row("RabbitMQ: no right to the exchange", channel(403, "ACCESS_REFUSED"), "neutral"),
                row("RabbitMQ: the connection broke", new ShutdownSignalException(true, false, null, "c"), "transient"),
                row(
                        "RabbitMQ: the application has closed it",
                        new AlreadyClosedException(new ShutdownSignalException(true, true, close(200, "OK"), "c")),
                        "neutral"),
                row(
                        "RabbitMQ: the channel has been closed for a missing queue",
                        new AlreadyClosedException(channel(404, "NOT_FOUND")),
                        "answered"),
                row(
                        "RabbitMQ: a call around a missing queue",
                        new IOException(null, channel(404, "NOT_FOUND")),
                        "answered"),
                row(
                        "RabbitMQ: around it the application's",
                        new CompletionException(new IllegalStateException(connection(320, "CONNECTION_FORCED"))),
                        "transient"));
    }

    private static Stream<Row> others() {
        TimeoutException confirms = new TimeoutException();
        confirms.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.rabbitmq.client.impl.ChannelN", "waitForConfirms", "ChannelN.java", 233)
        });
        return Stream.of(
                row("RabbitMQ: no confirms in time", confirms, "unknown-effect"),
                row("RabbitMQ: another timeout", new TimeoutException(), "transient"),
                row("RabbitMQ: not taken by the broker", new IOException("nacks received"), "transient"),
                row("RabbitMQ: no heartbeat", new MissedHeartbeatException("Heartbeat missing"), "transient"),
                row("RabbitMQ: a wrong password", new AuthenticationFailureException("ACCESS_REFUSED"), "neutral"),
                row(
                        "RabbitMQ: perhaps a wrong password",
                        new PossibleAuthenticationFailureException(new EOFException()),
                        "neutral"),
                row(
                        "RabbitMQ: not a wrong password",
                        new PossibleAuthenticationFailureException(connection(320, "CONNECTION_FORCED")),
                        "transient"),
                row(
                        "RabbitMQ: no answer to a declaration",
                        new ChannelContinuationTimeoutException(new TimeoutException(), "c", 1, close(200, "")),
                        "transient"),
                row("RabbitMQ: the queue of a consumer is gone", new ConsumerCancelledException(), "transient"),
                row(
                        "RabbitMQ: no queue takes the request",
                        new UnroutableRpcRequestException(new Return(312, "NO_ROUTE", "", "q", null, new byte[0])),
                        "answered"),
                row(
                        "RabbitMQ: its queues can't be declared again",
                        new TopologyRecoveryException("no", new IOException(null, channel(406, "PRECONDITION_FAILED"))),
                        "answered"),
                row("RabbitMQ: recovery fails", new TopologyRecoveryException("no", new IOException()), "transient"),
                row("RabbitMQ: no frame", new MalformedFrameException("no"), "permanent"),
                row(
                        "RabbitMQ: another version",
                        new ProtocolVersionMismatchException(new Version(0, 9), new Version(0, 8)),
                        "permanent"),
                row("RabbitMQ: not this frame", new UnexpectedFrameError(new Frame(1, 0), 2), "permanent"),
                row("RabbitMQ: not this method", new UnexpectedMethodError(close(200, "")), "permanent"),
                row(
                        "RabbitMQ: no token",
                        new OAuthTokenManagementException("no", new ConnectException("Connection refused")),
                        "transient"));
    }

    private static Stream<Row> amqp10() {
        return Stream.of(
                row("RabbitMQ, AMQP 1.0: around a timeout", new AmqpException(new TimeoutException()), "transient"),
                row("RabbitMQ, AMQP 1.0: lost", new AmqpException.AmqpConnectionException("lost", null), "transient"),
                row("RabbitMQ, AMQP 1.0: no right", new AmqpException.AmqpSecurityException("no", null), "neutral"),
                row(
                        "RabbitMQ, AMQP 1.0: no queue",
                        new AmqpException.AmqpEntityDoesNotExistException("no"),
                        "answered"),
                row("RabbitMQ, AMQP 1.0: rejected", new AmqpException.AmqpMessageRejectedException("no"), "answered"),
                row(
                        "RabbitMQ, AMQP 1.0: no message",
                        new AmqpException.AmqpInvalidMessageException("no", null),
                        "neutral"),
                row(
                        "RabbitMQ, AMQP 1.0: recovering",
                        new AmqpException.AmqpResourceInvalidStateException(
                                "Resource is not open, current state is RECOVERING"),
                        "transient"),
                row("RabbitMQ, AMQP 1.0: closed", new AmqpException.AmqpResourceClosedException("closed"), "neutral"));
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row(
                        "RabbitMQ Streams: lost",
                        hidden("com.rabbitmq.stream.impl.ConnectionStreamException", "lost"),
                        "transient"),
                row(
                        "RabbitMQ Streams: timed out",
                        hidden("com.rabbitmq.stream.impl.TimeoutStreamException", "late"),
                        "transient"),
                row(
                        "RabbitMQ Streams: no node of the cluster is connected",
                        new ObjenesisStd()
                                .newInstance(type(
                                        "com.rabbitmq.stream.impl.StreamEnvironment$LocatorNotAvailableException")),
                        "transient"),
                row("RabbitMQ Streams: no leader", new StreamNotAvailableException("orders"), "transient"),
                row("RabbitMQ Streams: no stream", new StreamDoesNotExistException("orders"), "answered"),
                row("RabbitMQ Streams: no offset", new NoOffsetException("none"), "answered"),
                row(
                        "RabbitMQ Streams: a wrong password",
                        new com.rabbitmq.stream.AuthenticationFailureException("no"),
                        "neutral"),
                row("RabbitMQ Streams: closed", new ResourceClosedException("closed"), "neutral"));
    }

    private static Class<? extends Throwable> type(String name) {
        try {
            return Class.forName(name).asSubclass(Throwable.class);
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(missing);
        }
    }

    static ShutdownSignalException connection(int code, String text) {
        return new ShutdownSignalException(true, false, close(code, text), "connection");
    }

    static ShutdownSignalException channel(int code, String text) {
        AMQImpl.Channel.Close reason = new AMQImpl.Channel.Close(code, text, 50, 10);
        return new ShutdownSignalException(false, false, reason, "channel");
    }

    private static AMQImpl.Connection.Close close(int code, String text) {
        return new AMQImpl.Connection.Close(code, text, 0, 0);
    }

    private static Throwable connectTo(String greeting) {
        return failureOf(() -> {
            try (LineServer server = new LineServer(greeting, line -> LineServer.HANG_UP)) {
                connect(server.port());
            }
        });
    }

    private static void connect(int port) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setHandshakeTimeout(1000);
        factory.newConnection().close();
    }
}
