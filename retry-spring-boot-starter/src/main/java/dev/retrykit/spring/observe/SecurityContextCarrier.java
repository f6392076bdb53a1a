package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import java.util.concurrent.Executor;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Carries Spring Security's context: a retry on another thread has the permissions of its caller. */
public final class SecurityContextCarrier implements ContextCarrier {

    /** Creates a carrier of the context of the thread that starts a call. */
    public SecurityContextCarrier() {}

    @Override
    public Executor capture() {
        SecurityContext captured = SecurityContextHolder.getContext();
        return task -> new DelegatingSecurityContextRunnable(task, captured).run();
    }
}
