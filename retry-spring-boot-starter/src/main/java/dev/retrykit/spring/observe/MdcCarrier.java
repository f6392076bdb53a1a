package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the diagnostic context of the log: the log lines of a retry on another thread contain its caller's trace ID.
 */
public final class MdcCarrier implements ContextCarrier {

    /** Creates a carrier for SLF4J's MDC. */
    public MdcCarrier() {}

    @Override
    public Executor capture() {
        Map<String, String> captured = MDC.getCopyOfContextMap();
        return task -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(captured);
            try {
                task.run();
            } finally {
                set(before);
            }
        };
    }

    private static void set(@Nullable Map<String, String> values) {
        if (values == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(values);
        }
    }
}
