package dev.retrykit.failures;

import com.ibm.mq.MQException;
import com.ibm.msg.client.jakarta.jms.DetailedIllegalStateException;
import com.ibm.msg.client.jakarta.jms.DetailedInvalidDestinationException;
import com.ibm.msg.client.jakarta.jms.DetailedJMSException;
import com.ibm.msg.client.jakarta.jms.DetailedJMSRuntimeException;
import com.ibm.msg.client.jakarta.jms.DetailedJMSSecurityException;
import com.ibm.msg.client.jakarta.jms.DetailedResourceAllocationException;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.springframework.jms.UncategorizedJmsException;
import org.springframework.jms.support.JmsUtils;

/** What failures of IBM MQ mean. */
class IbmMqTests extends BookTests {

    private static final String CLIENT = "com.ibm.msg.client.jakarta.wmq.internal.";

    static Stream<Row> rows() {
        return Stream.of(reasons(), effects(), wrapped()).flatMap(rows -> rows);
    }

    private static Stream<Row> reasons() {
        return Stream.of(
                row("IBM MQ: the queue manager isn't there", reason(2059), "transient"),
                row("IBM MQ: the host isn't there", reason(2538), "transient"),
                row("IBM MQ: the queue manager is stopping", reason(2162), "transient"),
                row("IBM MQ: the connection is broken", reason(2009), "transient"),
                row("IBM MQ: reconnecting has failed", reason(2548), "transient"),
                row("IBM MQ: rolled back", reason(2003), "transient"),
                row("IBM MQ: the queue is full", reason(2053), "throttled"),
                row("IBM MQ: too many connections", reason(2025), "throttled"),
                row("IBM MQ: no right", reason(2035), "neutral"),
                row("IBM MQ: the channel is blocked", reason(2577), "neutral"),
                row("IBM MQ: no such queue", reason(2085), "answered"),
                row("IBM MQ: too large", reason(2030), "answered"),
                row("IBM MQ: no message", reason(2033), "answered"),
                row("IBM MQ: nothing is said", reason(2195), "unknown"));
    }

    private static Stream<Row> effects() {
        return Stream.of(
                row("IBM MQ: a call was interrupted by a reconnection", reason(2549), "unknown-effect"),
                row("IBM MQ: a commit is pending", reason(2124), "unknown-effect"),
                row(
                        "IBM MQ: broken in a send",
                        thrownIn(reason(2009), CLIENT + "WMQMessageProducer", "checkJmqiCallSuccess"),
                        "unknown-effect"),
                row(
                        "IBM MQ: broken in a commit",
                        thrownIn(reason(2009), CLIENT + "WMQSession", "syncpoint"),
                        "unknown-effect"),
                row(
                        "IBM MQ: broken in a send, without JMS",
                        thrownIn(reason(2009), "com.ibm.mq.MQDestination", "put"),
                        "unknown-effect"),
                row(
                        "IBM MQ: broken in a send, javax",
                        thrownIn(reason(2009), "com.ibm.msg.client.wmq.internal.WMQMessageProducer", "send"),
                        "unknown-effect"),
                row(
                        "IBM MQ: the queue is full in a send",
                        thrownIn(reason(2053), CLIENT + "WMQMessageProducer", "checkJmqiCallSuccess"),
                        "throttled"));
    }

    private static Stream<Row> wrapped() {
        Map<String, Object> inserts = Map.of();
        return Stream.of(
                row(
                        "IBM MQ, JMS: the queue manager isn't there",
                        linked(new DetailedJMSException("Failed to connect", "JMSWMQ0018", "", "", inserts), 2059),
                        "transient"),
                row(
                        "IBM MQ, JMS: the queue is full",
                        linked(new DetailedResourceAllocationException("Failed", "JMSWMQ2007", "", "", inserts), 2053),
                        "throttled"),
                row(
                        "IBM MQ, JMS: no right",
                        linked(new DetailedJMSSecurityException("no", "JMSWMQ2013", "", "", inserts), 2035),
                        "neutral"),
                row(
                        "IBM MQ, JMS: no such queue",
                        linked(new DetailedInvalidDestinationException("no", "JMSWMQ2008", "", "", inserts), 2085),
                        "answered"),
                row(
                        "IBM MQ, JMS: stopping",
                        linked(new DetailedIllegalStateException("no", "JMSWMQ1107", "", "", inserts), 2161),
                        "transient"),
                row(
                        "IBM MQ, JMS: unchecked",
                        new DetailedJMSRuntimeException("no", "JMSWMQ0018", "", "", inserts, reason(2059)),
                        "transient"),
                row(
                        "IBM MQ, Spring: the queue manager isn't there",
                        new CompletionException(JmsUtils.convertJmsAccessException(linked(
                                new DetailedJMSException("Failed to connect", "JMSWMQ0018", "", "", inserts), 2059))),
                        "transient"),
                row(
                        "IBM MQ, Spring: a call was interrupted",
                        new UncategorizedJmsException(
                                linked(new DetailedJMSException("Failed", "JMSWMQ2007", "", "", inserts), 2549)),
                        "unknown-effect"));
    }

    private static JMSException linked(JMSException failure, int reason) {
        failure.setLinkedException(reason(reason));
        return failure;
    }

    private static MQException reason(int code) {
        return new MQException(2, code, "client");
    }

    private static MQException thrownIn(MQException failure, String type, String method) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement(CLIENT.replace("internal", "common.internal") + "Reason", "createException", null, 1),
            new StackTraceElement(type, method, null, 1)
        });
        return failure;
    }
}
