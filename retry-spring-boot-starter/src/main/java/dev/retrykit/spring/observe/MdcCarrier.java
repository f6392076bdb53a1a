package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The diagnostic context of the log: what a retry on another thread logs bears its caller's trace id. */
public final class MdcCarrier implements ContextCarrier {

    /** Of SLF4J. */
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
