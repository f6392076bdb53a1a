package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import java.util.concurrent.Executor;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Spring Security's context: a retry on another thread is allowed what its caller is. */
public final class SecurityContextCarrier implements ContextCarrier {

    /** Of the thread that begins a call. */
    public SecurityContextCarrier() {}

    @Override
    public Executor capture() {
        SecurityContext captured = SecurityContextHolder.getContext();
        return task -> new DelegatingSecurityContextRunnable(task, captured).run();
    }
}
