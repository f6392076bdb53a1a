package dev.retrykit.spring.registry.shutdown;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.ClassUtils;

/** Warns of listener containers that wait for their messages in a shutdown phase in which all delays have ended. */
final class LowPhases {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    /** Suffixes of the names of listener containers: Kafka, Rabbit, JMS, Pulsar, SQS, Redis and Spring Integration. */
    private static final List<String> LISTENERS =
            List.of("ListenerContainer", "ListenerEndpointRegistry", "MessageProducerSupport");

    private LowPhases() {}

    /**
     * Checks the beans of one context.
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
                    + ", but these listener containers wait for their messages after that: "
                    + String.join(", ", low) + ". Calls that these messages have started are cut off (CANCELLED)."
                    + " Set the phases of the containers above " + end + ".");
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
