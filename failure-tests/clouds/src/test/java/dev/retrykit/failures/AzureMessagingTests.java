package dev.retrykit.failures;

import static com.azure.core.amqp.exception.AmqpErrorCondition.ENTITY_DISABLED_ERROR;
import static com.azure.core.amqp.exception.AmqpErrorCondition.LINK_DETACH_FORCED;
import static com.azure.core.amqp.exception.AmqpErrorCondition.LINK_STOLEN;
import static com.azure.core.amqp.exception.AmqpErrorCondition.MESSAGE_LOCK_LOST;
import static com.azure.core.amqp.exception.AmqpErrorCondition.NOT_FOUND;
import static com.azure.core.amqp.exception.AmqpErrorCondition.PROTON_IO;
import static com.azure.core.amqp.exception.AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED;
import static com.azure.core.amqp.exception.AmqpErrorCondition.SERVER_BUSY_ERROR;
import static com.azure.core.amqp.exception.AmqpErrorCondition.SESSION_CANNOT_BE_LOCKED;
import static com.azure.core.amqp.exception.AmqpErrorCondition.TIMEOUT_ERROR;
import static com.azure.core.amqp.exception.AmqpErrorCondition.UNAUTHORIZED_ACCESS;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpErrorContext;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.amqp.exception.OperationCancelledException;
import com.azure.cosmos.CosmosException;
import com.azure.messaging.servicebus.ServiceBusErrorSource;
import com.azure.messaging.servicebus.ServiceBusException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What failures of Cosmos DB, Service Bus and Event Hubs mean. */
class AzureMessagingTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(cosmos(), bus(), amqp()).flatMap(rows -> rows);
    }

    private static Stream<Row> cosmos() {
        return Stream.of(
                row("Cosmos: 429, wait", cosmos(429, "x-ms-retry-after-ms", "40"), "throttled after 40ms status 429"),
                row("Cosmos: 429", cosmos(429), "throttled status 429"),
                row("Cosmos: 449", cosmos(449), "transient status 449"),
                row("Cosmos: 410", cosmos(410), "transient status 410"),
                row("Cosmos: 503", cosmos(503), "transient status 503"),
                row("Cosmos: 500", cosmos(500), "transient status 500"),
                row("Cosmos: 408", cosmos(408), "unknown-effect status 408"),
                row("Cosmos: 404", cosmos(404), "answered status 404"),
                row(
                        "Cosmos: 404, session not there yet",
                        cosmos(404, "x-ms-substatus", "1002"),
                        "transient status 404"),
                row("Cosmos: 409", cosmos(409), "answered status 409"),
                row("Cosmos: 412", cosmos(412), "answered status 412"),
                row("Cosmos: 413", cosmos(413), "answered status 413"),
                row("Cosmos: 403", cosmos(403), "neutral status 403"),
                row("Cosmos: 401", cosmos(401), "neutral status 401"),
                row("Cosmos: 503 in RuntimeException", new RuntimeException(cosmos(503)), "transient status 503"),
                row("Cosmos: network", network(), "transient"));
    }

    private static Stream<Row> bus() {
        return Stream.of(
                row("Service Bus: busy", bus(amqp(true, SERVER_BUSY_ERROR)), "throttled"),
                row("Service Bus: timed out", bus(amqp(true, TIMEOUT_ERROR)), "transient"),
                row("Service Bus: link detached", bus(amqp(true, LINK_DETACH_FORCED)), "transient"),
                row("Service Bus: session locked", bus(amqp(false, SESSION_CANNOT_BE_LOCKED)), "transient"),
                row("Service Bus: not allowed", bus(amqp(false, UNAUTHORIZED_ACCESS)), "neutral"),
                row("Service Bus: no queue", bus(amqp(false, NOT_FOUND)), "answered"),
                row("Service Bus: lock lost", bus(amqp(false, MESSAGE_LOCK_LOST)), "answered"),
                row("Service Bus: full", bus(amqp(false, RESOURCE_LIMIT_EXCEEDED)), "answered"),
                row("Service Bus: disabled", bus(amqp(false, ENTITY_DISABLED_ERROR)), "answered"),
                row("Service Bus: cause", bus(new TimeoutException("x")), "transient"),
                row("Service Bus: bug", bus(new IllegalStateException("x")), "permanent"));
    }

    private static Stream<Row> amqp() {
        return Stream.of(
                row("AMQP: busy", amqp(true, SERVER_BUSY_ERROR), "throttled"),
                row("AMQP: transient", amqp(true, LINK_DETACH_FORCED), "transient"),
                row("AMQP: transient, no condition", new AmqpException(true, "x", context()), "transient"),
                row("AMQP: not flagged, no condition", new AmqpException(false, "x", context()), "permanent"),
                row(
                        "AMQP: not flagged, cause",
                        new AmqpException(false, "x", new IOException("Broken pipe"), context()),
                        "transient"),
                row("AMQP: connection", amqp(false, PROTON_IO), "transient"),
                row("AMQP: not allowed", amqp(false, UNAUTHORIZED_ACCESS), "neutral"),
                row("AMQP: not found", amqp(false, NOT_FOUND), "answered"),
                row("AMQP: another took the partition", amqp(false, LINK_STOLEN), "answered"),
                row("AMQP: cancelled", new OperationCancelledException("x", context()), "neutral"),
                row("AMQP in RuntimeException", new RuntimeException(amqp(true, TIMEOUT_ERROR)), "transient"));
    }

    private static Throwable bus(Throwable cause) {
        return new ServiceBusException(cause, ServiceBusErrorSource.SEND);
    }

    private static AmqpException amqp(boolean again, AmqpErrorCondition condition) {
        return new AmqpException(again, condition, "x", context());
    }

    private static AmqpErrorContext context() {
        return new AmqpErrorContext("127.0.0.1");
    }

    private static Throwable cosmos(int status, String... headers) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return Instances.of(CosmosException.class.getName(), status, "no", all);
    }

    private static Throwable network() {
        return Instances.of(CosmosException.class.getName(), 0, "no", new IOException("Connection reset by peer"));
    }
}
