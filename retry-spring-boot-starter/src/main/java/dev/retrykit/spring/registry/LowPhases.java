package dev.retrykit.spring.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.ClassUtils;

/** Warns of listener containers that wait for their messages in a phase of the shutdown in which no delay goes on any more. */
final class LowPhases {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    /** How the types end that take messages: of Kafka, Rabbit, JMS, Pulsar, SQS, Redis and Spring Integration. */
    private static final List<String> LISTENERS =
            List.of("ListenerContainer", "ListenerEndpointRegistry", "MessageProducerSupport");

    private LowPhases() {}

    /**
     * Looks at the beans of one context.
     *
     * @param end the phase in which delays end
     */
    static void warn(ConfigurableListableBeanFactory beans, int end) {
        List<String> low = new ArrayList<>();
        beans.getBeansOfType(SmartLifecycle.class, false, false).forEach((name, bean) -> {
            if (bean.getPhase() <= end && listens(ClassUtils.getUserClass(bean))) {
                low.add("'" + name + "' in phase " + bean.getPhase());
            }
        });
        if (!low.isEmpty()) {
            LOG.warn("When the application closes, all delays end in phase " + end
                    + ", but listener containers wait for"
                    + " their messages later: " + String.join(", ", low) + ". Calls that these messages have begun are"
                    + " cut off (CANCELLED). Give the containers phases above " + end + ".");
        }
    }

    private static boolean listens(@Nullable Class<?> type) {
        if (type == null) {
            return false;
        }
        if (LISTENERS.stream().anyMatch(type.getSimpleName()::endsWith) || listens(type.getSuperclass())) {
            return true;
        }
        for (Class<?> contract : type.getInterfaces()) {
            if (listens(contract)) {
                return true;
            }
        }
        return false;
    }
}
