package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.amqp.AmqpApplicationContextClosedException;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpIllegalStateException;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.AmqpRemoteException;
import org.springframework.amqp.AmqpResourceNotAvailableException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.AmqpUnsupportedEncodingException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.UncategorizedAmqpException;
import org.springframework.amqp.core.AmqpMessageReturnedException;
import org.springframework.amqp.core.AmqpReplyTimeoutException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.listener.MessageRejectedWhileStoppingException;
import org.springframework.amqp.rabbit.connection.AutoRecoverConnectionNotCurrentlyOpenException;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.AmqpNackReceivedException;
import org.springframework.amqp.rabbit.core.ConsumeOkNotReceivedException;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.QueuesNotAvailableException;
import org.springframework.amqp.rabbit.listener.exception.FatalListenerStartupException;
import org.springframework.amqp.rabbit.support.ConsumerCancelledException;
import org.springframework.amqp.rabbit.support.ListenerExecutionFailedException;
import org.springframework.amqp.support.converter.MessageConversionException;

/** What failures of Spring AMQP mean. */
class SpringAmqpTests extends BookTests {

    private static final Message MESSAGE = new Message(new byte[0]);

    static Stream<Row> rows() {
        return Stream.of(connections(), messages(), listeners()).flatMap(rows -> rows);
    }

    private static Stream<Row> connections() {
        return Stream.of(
                row("Spring AMQP: nothing listens", failureOf(SpringAmqpTests::send), "transient"),
                row(
                        "Spring AMQP: the node stops",
                        new AmqpConnectException(RabbitTests.connection(320, "CONNECTION_FORCED")),
                        "transient"),
                row(
                        "Spring AMQP: no such queue, which closes the channel",
                        new AmqpConnectException(RabbitTests.channel(404, "NOT_FOUND")),
                        "answered"),
                row(
                        "Spring AMQP: declared otherwise",
                        new AmqpIOException(new IOException(null, RabbitTests.channel(406, "PRECONDITION_FAILED"))),
                        "answered"),
                row("Spring AMQP: lost", new AmqpIOException(new IOException("lost")), "transient"),
                row(
                        "Spring AMQP: no connection in time",
                        new AmqpTimeoutException("No available channels"),
                        "transient"),
                row(
                        "Spring AMQP: interrupted while waiting",
                        new AmqpTimeoutException("Interrupted", new InterruptedException()),
                        "interrupted"),
                row(
                        "Spring AMQP: no channel is free",
                        new AmqpResourceNotAvailableException("Try later."),
                        "transient"),
                row(
                        "Spring AMQP: a wrong password",
                        new AmqpAuthenticationException(new com.rabbitmq.client.AuthenticationFailureException("no")),
                        "neutral"),
                row("Spring AMQP: closed", new AmqpApplicationContextClosedException("closed"), "neutral"),
                row(
                        "Spring AMQP: recovering",
                        new AutoRecoverConnectionNotCurrentlyOpenException("not open"),
                        "transient"));
    }

    private static Stream<Row> messages() {
        TimeoutException confirms = new TimeoutException();
        confirms.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.rabbitmq.client.impl.ChannelN", "waitForConfirms", "ChannelN.java", 233)
        });
        ReturnedMessage returned = new ReturnedMessage(MESSAGE, 312, "NO_ROUTE", "", "orders");
        return Stream.of(
                row("Spring AMQP: no confirms in time", new AmqpTimeoutException(confirms), "unknown-effect"),
                row(
                        "Spring AMQP: no queue takes it",
                        new AmqpMessageReturnedException("Message returned", returned),
                        "answered"),
                row(
                        "Spring AMQP: the broker hasn't taken it",
                        new AmqpNackReceivedException("Negative acknowledgment received", MESSAGE),
                        "transient"),
                row(
                        "Spring AMQP: no reply to a request that was sent",
                        new ExecutionException(new AmqpReplyTimeoutException("Reply timed out", MESSAGE)),
                        "unknown-effect"),
                row("Spring AMQP: no message", new MessageConversionException("no"), "neutral"),
                row(
                        "Spring AMQP: no encoding",
                        new AmqpUnsupportedEncodingException(new IllegalStateException()),
                        "neutral"),
                row(
                        "Spring AMQP: the other side failed",
                        new AmqpRemoteException(new IllegalStateException()),
                        "answered"),
                row(
                        "Spring AMQP: around an interruption of the node",
                        new UncategorizedAmqpException(RabbitTests.connection(320, "CONNECTION_FORCED")),
                        "transient"),
                row("Spring AMQP: nothing is said", new AmqpException("bug"), "unknown"));
    }

    private static Stream<Row> listeners() {
        return Stream.of(
                row("Spring AMQP: rejected for good", new AmqpRejectAndDontRequeueException("no"), "neutral"),
                row("Spring AMQP: acknowledged all the same", new ImmediateAcknowledgeAmqpException("yes"), "neutral"),
                row("Spring AMQP: put back", new ImmediateRequeueAmqpException("later"), "neutral"),
                row("Spring AMQP: a container's state", new AmqpIllegalStateException("not started"), "neutral"),
                row(
                        "Spring AMQP: a container that can't start yet",
                        new AmqpIllegalStateException(
                                "Fatal exception on listener startup", new AmqpIOException(new IOException())),
                        "transient"),
                row("Spring AMQP: the queue of a consumer is gone", new ConsumerCancelledException(), "transient"),
                row("Spring AMQP: a consumer didn't start", new ConsumeOkNotReceivedException("late"), "transient"),
                row("Spring AMQP: no queues", new QueuesNotAvailableException("none", null), "answered"),
                row(
                        "Spring AMQP: no start",
                        new FatalListenerStartupException("no", new IllegalStateException()),
                        "neutral"),
                row("Spring AMQP: stopping", new MessageRejectedWhileStoppingException(), "neutral"),
                row(
                        "Spring AMQP: a listener's failure",
                        new ListenerExecutionFailedException("failed", new java.net.SocketTimeoutException(), MESSAGE),
                        "transient"));
    }

    private static void send() {
        CachingConnectionFactory factory = new CachingConnectionFactory("127.0.0.1", closedPort());
        try {
            new RabbitTemplate(factory).convertAndSend("orders", "10 EUR");
        } finally {
            factory.destroy();
        }
    }
}
