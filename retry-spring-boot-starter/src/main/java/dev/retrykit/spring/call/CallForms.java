package dev.retrykit.spring.call;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** Finds out how a method is called: from what it is declared to return, once. */
public final class CallForms {

    private static final Log LOG = LogFactory.getLog(CallForms.class);

    private static final String REACTOR = "reactor.core.publisher.Flux";
    private static final String COROUTINES = "kotlinx.coroutines.reactor.MonoKt";
    private static final String FLOW = "kotlinx.coroutines.flow.Flow";

    private final CallerTransaction transaction;
    private final @Nullable ClassLoader loader;

    /**
     * For the methods of an application.
     *
     * @param transaction that of the thread that calls them
     * @param loader knows which libraries are there
     */
    public CallForms(CallerTransaction transaction, @Nullable ClassLoader loader) {
        this.transaction = transaction;
        this.loader = loader;
    }

    /**
     * The form that a method asks for.
     *
     * @param readable the method, for messages
     * @param repeats whether a publisher that has emitted is retried too
     * @throws InvalidSettingException for a suspending function without what Spring needs to call it
     */
    public CallForm of(Method method, String readable, boolean repeats) {
        Class<?> type = method.getReturnType();
        if (KotlinDetector.isSuspendingFunction(method)) {
            return suspending(method, readable, repeats);
        }
        if (StageForm.fits(type)) {
            return new StageForm();
        }
        if (type == Future.class) {
            LOG.warn(readable + " returns a Future: one that is a CompletableFuture is retried when it fails later, of"
                    + " any other only what the method throws. Declare a CompletableFuture.");
            return new FutureForm();
        }
        ReactiveAdapter adapter = adapter(type);
        if (adapter != null && isPresent(REACTOR) && type.isAssignableFrom(adapter.getReactiveType())) {
            return ReactiveForm.of(adapter, repeats);
        }
        warnIfLate(type, adapter, readable);
        return new PlainForm(readable, transaction);
    }

    /** Spring's proxies turn a suspending function into a Mono, or into a Flux where it returns a Flow, and back. */
    private CallForm suspending(Method method, String readable, boolean repeats) {
        if (!isPresent(COROUTINES)) {
            throw new InvalidSettingException(
                    readable + " is a suspending function, and a proxy can call it only with"
                            + " kotlinx-coroutines-reactor, which is not on the class path.",
                    "Add org.jetbrains.kotlinx:kotlinx-coroutines-reactor.");
        }
        Class<?> type = new MethodParameter(method, -1).getParameterType();
        return ReactiveForm.suspending(type.getName().equals(FLOW) ? adapter(type) : null, repeats);
    }

    /** What comes after the method has returned is out of reach, which nobody expects who retries such a method. */
    private void warnIfLate(Class<?> type, @Nullable ReactiveAdapter adapter, String readable) {
        String advice = null;
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            advice = "Declare a CompletableFuture.";
        } else if (adapter != null && isPresent(REACTOR)) {
            advice = "Declare a " + adapter.getReactiveType().getSimpleName() + ".";
        } else if (adapter != null || Flow.Publisher.class.isAssignableFrom(type)) {
            advice = "Add io.projectreactor:reactor-core.";
        }
        if (advice != null) {
            LOG.warn(readable + " returns a " + type.getSimpleName()
                    + ", of which only what the method throws is retried. " + advice);
        }
    }

    /** Only for types that are handed over before they have begun. */
    private static @Nullable ReactiveAdapter adapter(Class<?> type) {
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        return adapter == null || !adapter.getDescriptor().isDeferred() ? null : adapter;
    }

    private boolean isPresent(String type) {
        return ClassUtils.isPresent(type, loader);
    }
}
