package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ApiResponse;
import io.nats.client.support.JsonParser;
import io.nats.client.support.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.rocketmq.acl.common.AclException;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.exception.RequestTimeoutException;
import org.apache.rocketmq.client.java.exception.BadRequestException;
import org.apache.rocketmq.client.java.exception.ForbiddenException;
import org.apache.rocketmq.client.java.exception.InternalErrorException;
import org.apache.rocketmq.client.java.exception.NotFoundException;
import org.apache.rocketmq.client.java.exception.PayloadTooLargeException;
import org.apache.rocketmq.client.java.exception.PaymentRequiredException;
import org.apache.rocketmq.client.java.exception.ProxyTimeoutException;
import org.apache.rocketmq.client.java.exception.RequestHeaderFieldsTooLargeException;
import org.apache.rocketmq.client.java.exception.TooManyRequestsException;
import org.apache.rocketmq.client.java.exception.UnauthorizedException;
import org.apache.rocketmq.client.java.exception.UnsupportedException;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;

/** What failures of the clients of NATS and RocketMQ mean. */
class NatsTests extends BookTests {

    private static final JetStreamOptions BRIEF =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(200)).build();

    static Stream<Row> rows() {
        return Stream.of(nats(), rocket(), rocketClient(), rocket5()).flatMap(rows -> rows);
    }

    private static Stream<Row> nats() {
        JetStreamStatusException deleted = new JetStreamStatusException(new Status(409, "Consumer Deleted"));
        return Stream.of(
                row("NATS: nothing listens", failureOf(NatsTests::connect), "transient"),
                row("NATS: a wrong password", new AuthenticationException("Authorization Violation"), "neutral"),
                row(
                        "NATS: no answer of JetStream",
                        new IOException("Timeout or no response waiting for NATS JetStream server"),
                        "transient"),
                row("NATS: no answer to a message", silent(NatsTests::publish), "unknown-effect"),
                row("NATS: no answer to a message, of a future", silent(NatsTests::publishLater), "unknown-effect"),
                row("NATS: no answer to a question", silent(NatsTests::manage), "transient"),
                row("NATS: no stream listens now", new IOException("Error Publishing: 503 No Responders"), "transient"),
                row("NATS: no such stream", jetStream(404, 10059), "answered status 404"),
                row("NATS: another was faster", jetStream(400, 10071), "answered status 400"),
                row("NATS: out of resources", jetStream(503, 10023), "transient status 503"),
                row("NATS: JetStream isn't switched on", jetStream(503, 10076), "permanent status 503"),
                row("NATS: nor for this account", jetStream(503, 10039), "permanent status 503"),
                row(
                        "NATS: another node leads",
                        new JetStreamStatusException(new Status(409, "Leadership Change")),
                        "transient status 409"),
                row("NATS: no such consumer any more", deleted, "answered status 409"),
                row("NATS: the same, checked", new JetStreamStatusCheckedException(deleted), "answered status 409"));
    }

    private static Stream<Row> rocket() {
        return Stream.of(
                row("RocketMQ: busy", new MQBrokerException(2, "[PCBUSY_CLEAN_QUEUE]broker busy"), "throttled"),
                row("RocketMQ: asks for less", new MQBrokerException(215, "flow control"), "throttled"),
                row("RocketMQ: the broker's failure", new MQBrokerException(1, "system error"), "transient"),
                row("RocketMQ: not available", new MQBrokerException(14, "slave"), "transient"),
                row("RocketMQ: go away", new MQBrokerException(1500, "go away"), "transient"),
                row("RocketMQ: no right", new MQBrokerException(16, "forbidden"), "neutral"),
                row("RocketMQ: no such topic", new MQBrokerException(17, "none"), "answered"),
                row("RocketMQ: no message", new MQBrokerException(13, "illegal"), "answered"),
                row("RocketMQ: not flushed in time", new MQBrokerException(10, "late"), "unknown-effect"),
                row("RocketMQ: not copied in time", new MQBrokerException(12, "late"), "unknown-effect"));
    }

    private static Stream<Row> rocketClient() {
        RemotingTimeoutException sent = new RemotingTimeoutException("127.0.0.1:1", 3000);
        sent.setStackTrace(new StackTraceElement[] {
            new StackTraceElement(
                    "org.apache.rocketmq.client.impl.producer.DefaultMQProducerImpl", "sendKernelImpl", null, 1)
        });
        return Stream.of(
                row("RocketMQ: sent three times, no answer", sentInVain(10002), "unknown-effect"),
                row("RocketMQ: no connection", sentInVain(10001), "transient"),
                row("RocketMQ: sent three times, busy", sentInVain(2), "throttled"),
                row("RocketMQ: sent three times, a failure", sentInVain(1), "transient"),
                row("RocketMQ: no broker", sentInVain(10003), "transient"),
                row("RocketMQ: no route to the topic", new MQClientException(10005, "No route info"), "transient"),
                row("RocketMQ: no message to send", new MQClientException(13, "the message body is null"), "neutral"),
                row("RocketMQ: nothing is said", new MQClientException("not started", null), "unknown"),
                row(
                        "RocketMQ: around a refusal",
                        new MQClientException("no", new RemotingConnectException("127.0.0.1:1")),
                        "transient"),
                row("RocketMQ: no reply to a request", new RequestTimeoutException(10006, "late"), "unknown-effect"),
                row("RocketMQ: refused", new RemotingConnectException("127.0.0.1:1"), "transient"),
                row("RocketMQ: lost", new RemotingSendRequestException("127.0.0.1:1"), "transient"),
                row("RocketMQ: whatever it is", new RemotingException("lost"), "transient"),
                row("RocketMQ: no answer to a send", sent, "unknown-effect"),
                row("RocketMQ: no answer", new RemotingTimeoutException("127.0.0.1:1", 3000), "transient"),
                row(
                        "RocketMQ: too fast",
                        new RemotingTooMuchRequestException("invokeAsyncImpl invoke too fast"),
                        "throttled"),
                row(
                        "RocketMQ: no time is left for another try",
                        new RemotingTooMuchRequestException("sendDefaultImpl call timeout"),
                        "unknown-effect"),
                row("RocketMQ: not understood", new RemotingCommandException("no"), "permanent"),
                row("RocketMQ: no signature", new AclException("no"), "neutral"));
    }

    private static Stream<Row> rocket5() {
        return Stream.of(
                row("RocketMQ 5: too many", new TooManyRequestsException(42900, "1", "many"), "throttled"),
                row("RocketMQ 5: its failure", new InternalErrorException(50001, "1", "bug"), "transient"),
                row(
                        "RocketMQ 5: no answer to the proxy",
                        new ProxyTimeoutException(50400, "1", "late"),
                        "unknown-effect"),
                row("RocketMQ 5: a wrong password", new UnauthorizedException(40100, "1", "no"), "neutral"),
                row("RocketMQ 5: no right", new ForbiddenException(40300, "1", "no"), "neutral"),
                row("RocketMQ 5: not paid", new PaymentRequiredException(40200, "1", "no"), "neutral"),
                row("RocketMQ 5: not understood", new BadRequestException(40000, "1", "no"), "answered"),
                row("RocketMQ 5: no such topic", new NotFoundException(40402, "1", "none"), "answered"),
                row("RocketMQ 5: too large", new PayloadTooLargeException(41300, "1", "big"), "answered"),
                row(
                        "RocketMQ 5: too many properties",
                        new RequestHeaderFieldsTooLargeException(43100, "1", "big"),
                        "answered"),
                row("RocketMQ 5: not supported", new UnsupportedException(50100, "1", "no"), "answered"),
                row("RocketMQ 5: nothing is said", new ClientException("bug"), "unknown"));
    }

    private static Throwable sentInVain(int code) {
        return new MQClientException("Send [3] times, still failed", null).setResponseCode(code);
    }

    private static JetStreamApiException jetStream(int status, int code) {
        String json = "{\"error\": {\"code\": " + status + ", \"err_code\": " + code + ", \"description\": \"no\"}}";
        return (JetStreamApiException)
                failureOf(() -> new ApiResponse<Object>(JsonParser.parseUnchecked(json)) {}.throwOnHasError());
    }

    private static Throwable silent(Action action) {
        return failureOf(() -> {
            String info = "INFO {\"server_id\":\"a\",\"version\":\"2.10.0\",\"headers\":true,\"max_payload\":1048576}";
            try (LineServer server = new LineServer(info, line -> line.equals("PING") ? "PONG" : LineServer.SILENCE);
                    Connection connection = Nats.connect(new Options.Builder()
                            .server("nats://127.0.0.1:" + server.port())
                            .maxReconnects(0)
                            .requestCleanupInterval(Duration.ofMillis(100))
                            .errorListener(new ErrorListener() {})
                            .build())) {
                action.on(connection);
            }
        });
    }

    private static void publish(Connection connection) throws Exception {
        connection.jetStream(BRIEF).publish("orders", new byte[1]);
    }

    private static void publishLater(Connection connection) throws Exception {
        connection.jetStream(BRIEF).publishAsync("orders", new byte[1]).get();
    }

    private static void manage(Connection connection) throws Exception {
        connection.jetStreamManagement(BRIEF).getStreamNames();
    }

    /** What is done with a connection. */
    @FunctionalInterface
    private interface Action {

        void on(Connection connection) throws Exception;
    }

    private static void connect() throws IOException, InterruptedException {
        Nats.connect(new Options.Builder()
                .server("nats://127.0.0.1:" + closedPort())
                .connectionTimeout(Duration.ofMillis(200))
                .build());
    }
}
