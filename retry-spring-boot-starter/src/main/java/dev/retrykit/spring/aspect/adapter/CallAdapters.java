package dev.retrykit.spring.aspect.adapter;

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
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Selects the adapter of a method by its declared return type. */
public final class CallAdapters {

    private static final Log LOG = LogFactory.getLog(CallAdapters.class);

    private static final String REACTOR = "reactor.core.publisher.Flux";
    private static final String FLOW = "kotlinx.coroutines.flow.Flow";

    /** The library through which Spring calls coroutines. */
    private static final Library COROUTINES =
            new Library("kotlinx.coroutines.reactor.MonoKt", "org.jetbrains.kotlinx:", "kotlinx-coroutines-reactor");

    private static final Library REFLECTION =
            new Library("kotlin.reflect.full.KCallables", "org.jetbrains.kotlin:", "kotlin-reflect");

    private final CallerTransaction transaction;
    private final @Nullable ClassLoader loader;

    /**
     * Creates the adapters of an application.
     *
     * @param transaction the transaction of the calling thread
     * @param loader the class loader that finds optional libraries
     */
    public CallAdapters(CallerTransaction transaction, @Nullable ClassLoader loader) {
        this.transaction = transaction;
        this.loader = loader;
    }

    /**
     * Returns the adapter for a method.
     *
     * @param readable the method, for messages
     * @param repeats whether a publisher that has emitted elements is retried too
     * @throws InvalidSettingException for a suspending function or a Flow whose required library is missing
     */
    public CallAdapter of(Method method, String readable, boolean repeats) {
        Class<?> type = method.getReturnType();
        if (KotlinDetector.isSuspendingFunction(method)) {
            return suspending(method, readable + " is a suspending function", repeats);
        }
        if (type.getName().equals(FLOW)) {
            require(COROUTINES, readable + " returns a Flow");
            return new FlowCallAdapter(repeats);
        }
        if (CompletionStageCallAdapter.fits(type)) {
            return new CompletionStageCallAdapter();
        }
        if (type == Future.class) {
            LOG.warn(readable + " returns a Future. Later failures are retried only if it is a CompletableFuture;"
                    + " otherwise, only what the method itself throws is retried. Declare a CompletableFuture.");
            return new FutureCallAdapter();
        }
        ReactiveAdapter adapter = adapter(type);
        if (adapter != null && isPresent(REACTOR) && type.isAssignableFrom(adapter.getReactiveType())) {
            return ReactiveCallAdapter.of(adapter, repeats);
        }
        warnIfLate(type, adapter, readable);
        return new SyncCallAdapter(readable, transaction);
    }

    private CallAdapter suspending(Method method, String what, boolean repeats) {
        require(COROUTINES, what);
        require(REFLECTION, what);
        Class<?> returned = returned(method);
        return new SuspendCallAdapter(returned.getName().equals(FLOW) ? adapter(returned) : null, repeats);
    }

    /**
     * The type argument of the continuation. For {@code Nothing}, which is never returned, kotlin-reflect has no Java
     * type.
     */
    private static Class<?> returned(Method suspending) {
        return ResolvableType.forMethodParameter(suspending, suspending.getParameterCount() - 1)
                .getGeneric()
                .resolve(Object.class);
    }

    private void require(Library library, String what) {
        if (!isPresent(library.type())) {
            throw new InvalidSettingException(
                    what + ", and a proxy can call it only with " + library.name()
                            + ", which is not on the class path.",
                    "Add " + library.group() + library.name() + ".");
        }
    }

    /** Warns if work happens after the method has returned, which retries cannot cover. */
    private void warnIfLate(Class<?> type, @Nullable ReactiveAdapter adapter, String readable) {
        String advice;
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            advice = "Declare a CompletableFuture.";
        } else if (adapter != null && isPresent(REACTOR)) {
            advice = "Declare a " + adapter.getReactiveType().getSimpleName() + ".";
        } else if (adapter != null || Flow.Publisher.class.isAssignableFrom(type)) {
            advice = "Add io.projectreactor:reactor-core.";
        } else {
            advice = DeferredResults.advice(type);
        }
        if (advice != null) {
            LOG.warn(readable + " returns a " + type.getSimpleName()
                    + ", so only what the method itself throws is retried. " + advice);
        }
    }

    /** Only for types whose work starts at the subscription. */
    private static @Nullable ReactiveAdapter adapter(Class<?> type) {
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        return adapter == null || !adapter.getDescriptor().isDeferred() ? null : adapter;
    }

    private boolean isPresent(String type) {
        return ClassUtils.isPresent(type, loader);
    }

    /**
     * An optional library.
     *
     * @param type one of its classes
     */
    private record Library(String type, String group, String name) {}
}
