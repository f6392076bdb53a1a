package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.exceptions.MqttDecodeException;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.exceptions.MqttSessionExpiredException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3DisconnectException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAck;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAck;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRec;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRecReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAck;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttPersistenceException;
import org.eclipse.paho.client.mqttv3.MqttSecurityException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** What failures of MQTT's clients mean. */
class MqttTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(paho3(), paho5(), hive3(), hive5()).flatMap(rows -> rows);
    }

    private static Stream<Row> paho3() {
        return Stream.of(
                row("Paho: nothing listens", failureOf(MqttTests::connect), "transient"),
                row("Paho: no broker behind it", new MqttException(3), "transient"),
                row("Paho: a wrong password", new MqttSecurityException(4), "neutral"),
                row("Paho: no right", new MqttSecurityException(5), "neutral"),
                row("Paho: no name for a client", new MqttException(2), "neutral"),
                row("Paho: no subscription", new MqttException(128), "answered"),
                row("Paho: no answer", new MqttException(32000), "transient"),
                row(
                        "Paho: no acknowledgment of a message in time",
                        published(new MqttException(32000), "org.eclipse.paho.client.mqttv3.MqttClient"),
                        "unknown-effect"),
                row(
                        "Paho: a message without a connection",
                        published(new MqttException(32104), "org.eclipse.paho.client.mqttv3.MqttClient"),
                        "transient"),
                row("Paho: lost", new MqttException(32109), "transient"),
                row("Paho: lost, and why", new MqttException(32109, new SocketException("reset")), "transient"),
                row("Paho: not connected", new MqttException(32104), "transient"),
                row("Paho: too much on its way", new MqttException(32202), "throttled"),
                row("Paho: disconnected, and its buffer is full", new MqttException(32203), "transient"),
                row("Paho: connecting", new MqttException(32110), "transient"),
                row("Paho: connected already", new MqttException(32100), "neutral"),
                row("Paho: closed", new MqttException(32111), "neutral"),
                row("Paho: it isn't MQTT", new MqttException(32108), "permanent"),
                row("Paho: around a lost connection", new MqttException(new SocketException("reset")), "transient"),
                row("Paho: nothing is said", new MqttException(new IllegalStateException()), "unknown"),
                row("Paho: the client's own store", new MqttPersistenceException(32200), "neutral"));
    }

    private static Stream<Row> paho5() {
        return Stream.of(
                paho5("busy", 137, "throttled"),
                paho5("too fast", 150, "throttled"),
                paho5("over its quota", 151, "throttled"),
                paho5("unavailable", 136, "transient"),
                paho5("stopping", 139, "transient"),
                paho5("a wrong password", 134, "neutral"),
                paho5("no right", 135, "neutral"),
                paho5("another client of the name", 142, "neutral"),
                paho5("no such topic", 144, "answered"),
                paho5("too large", 149, "answered"),
                paho5("not understood", 129, "permanent"),
                row(
                        "Paho 5: no acknowledgment of a message in time",
                        published(
                                new org.eclipse.paho.mqttv5.common.MqttException(32000),
                                "org.eclipse.paho.mqttv5.client.MqttClient"),
                        "unknown-effect"),
                paho5("no answer", 32000, "transient"),
                paho5("the server has hung up", 32204, "transient"),
                paho5("no connection", 32103, "transient"),
                paho5("too much on its way", 32202, "throttled"),
                paho5("closed", 32111, "neutral"),
                row(
                        "Paho 5: the client's own store",
                        new org.eclipse.paho.mqttv5.common.MqttPersistenceException(32200),
                        "neutral"));
    }

    private static Throwable published(Throwable failure, String client) {
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement(client, "publish", "MqttClient.java", 1)});
        return failure;
    }

    private static Row paho5(String name, int code, String expected) {
        return row("Paho 5: " + name, new org.eclipse.paho.mqttv5.common.MqttException(code), expected);
    }

    private static Stream<Row> hive3() {
        return Stream.of(
                row("HiveMQ: no connection", new ConnectionFailedException("refused"), "transient"),
                row("HiveMQ: lost", new ConnectionClosedException("lost"), "transient"),
                row(
                        "HiveMQ: not connected",
                        new MqttClientStateException("MQTT client is not connected."),
                        "transient"),
                row(
                        "HiveMQ: connected already",
                        new MqttClientStateException("MQTT client is already connected."),
                        "neutral"),
                row(
                        "HiveMQ: a message was on its way when the session was lost",
                        new MqttSessionExpiredException(
                                "Session expired as connection was closed.", new SocketException()),
                        "unknown-effect"),
                row("HiveMQ: no message", new MqttEncodeException("big"), "neutral"),
                row("HiveMQ: it isn't MQTT", new MqttDecodeException("no"), "permanent"),
                row("HiveMQ 3: unavailable", connAck3(Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE), "transient"),
                row(
                        "HiveMQ 3: a wrong password",
                        connAck3(Mqtt3ConnAckReturnCode.BAD_USER_NAME_OR_PASSWORD),
                        "neutral"),
                row("HiveMQ 3: the client has hung up", new Mqtt3DisconnectException("no", null), "neutral"),
                row(
                        "HiveMQ 3: no subscription",
                        new Mqtt3SubAckException(mock(Mqtt3SubAck.class), "no", null),
                        "answered"));
    }

    private static Stream<Row> hive5() {
        return Stream.of(
                row("HiveMQ 5: busy", connAck5(Mqtt5ConnAckReasonCode.SERVER_BUSY), "throttled"),
                row("HiveMQ 5: unavailable", connAck5(Mqtt5ConnAckReasonCode.SERVER_UNAVAILABLE), "transient"),
                row("HiveMQ 5: no right", connAck5(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED), "neutral"),
                row("HiveMQ 5: not understood", connAck5(Mqtt5ConnAckReasonCode.MALFORMED_PACKET), "permanent"),
                row("HiveMQ 5: no topic", pubAck5(Mqtt5PubAckReasonCode.TOPIC_NAME_INVALID), "answered"),
                row("HiveMQ 5: over its quota", pubAck5(Mqtt5PubAckReasonCode.QUOTA_EXCEEDED), "throttled"),
                row(
                        "HiveMQ 5: over its quota, at the second",
                        pubRec5(Mqtt5PubRecReasonCode.QUOTA_EXCEEDED),
                        "throttled"),
                row("HiveMQ 5: no message", pubRec5(Mqtt5PubRecReasonCode.PAYLOAD_FORMAT_INVALID), "answered"),
                row("HiveMQ 5: stopping", disconnect5(Mqtt5DisconnectReasonCode.SERVER_SHUTTING_DOWN), "transient"),
                row(
                        "HiveMQ 5: another client of the name",
                        disconnect5(Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER),
                        "neutral"),
                row("HiveMQ 5: no subscription", new Mqtt5SubAckException(mock(Mqtt5SubAck.class), "no"), "answered"),
                row(
                        "HiveMQ 5: of a future",
                        new ExecutionException(pubAck5(Mqtt5PubAckReasonCode.NOT_AUTHORIZED)),
                        "neutral"));
    }

    private static Throwable connAck3(Mqtt3ConnAckReturnCode code) {
        Mqtt3ConnAck message = mock(Mqtt3ConnAck.class);
        when(message.getReturnCode()).thenReturn(code);
        return new Mqtt3ConnAckException(message, "refused", null);
    }

    private static Throwable connAck5(Mqtt5ConnAckReasonCode code) {
        Mqtt5ConnAck message = mock(Mqtt5ConnAck.class);
        when(message.getReasonCode()).thenReturn(code);
        return new Mqtt5ConnAckException(message, "refused");
    }

    private static Throwable pubAck5(Mqtt5PubAckReasonCode code) {
        Mqtt5PubAck message = mock(Mqtt5PubAck.class);
        when(message.getReasonCode()).thenReturn(code);
        return new Mqtt5PubAckException(message, "refused");
    }

    private static Throwable pubRec5(Mqtt5PubRecReasonCode code) {
        Mqtt5PubRec message = mock(Mqtt5PubRec.class);
        when(message.getReasonCode()).thenReturn(code);
        return new Mqtt5PubRecException(message, "refused");
    }

    private static Throwable disconnect5(Mqtt5DisconnectReasonCode code) {
        Mqtt5Disconnect message = mock(Mqtt5Disconnect.class);
        when(message.getReasonCode()).thenReturn(code);
        return new Mqtt5DisconnectException(message, "refused");
    }

    private static void connect() throws MqttException {
        try (MqttClient client = new MqttClient("tcp://127.0.0.1:" + closedPort(), "a", new MemoryPersistence())) {
            client.connect();
        }
    }
}
