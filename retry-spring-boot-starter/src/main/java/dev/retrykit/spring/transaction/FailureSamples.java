package dev.retrykit.spring.transaction;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** Sample failures of a method: one of each well-known transient type, and of each declared type. */
final class FailureSamples {

    /** Types of libraries that may be absent. */
    private static final List<String> TRANSIENT = List.of(
            "java.net.SocketTimeoutException",
            "java.util.concurrent.TimeoutException",
            "java.sql.SQLTransientConnectionException",
            "org.springframework.dao.QueryTimeoutException",
            "org.springframework.dao.CannotAcquireLockException",
            "org.springframework.dao.OptimisticLockingFailureException",
            "org.springframework.dao.TransientDataAccessResourceException",
            "org.springframework.dao.RecoverableDataAccessException",
            "org.springframework.web.client.ResourceAccessException");

    private FailureSamples() {}

    /**
     * Returns samples of what a method may fail with: all unchecked types, and checked ones if it declares them or
     * fails later.
     */
    static List<Throwable> of(Method method, @Nullable ClassLoader loader) {
        boolean failsLater = KotlinDetector.isSuspendingFunction(method) || failsLater(method.getReturnType());
        Map<Class<?>, Throwable> samples = new LinkedHashMap<>();
        Stream<Class<?>> known = TRANSIENT.stream()
                .filter(name -> ClassUtils.isPresent(name, loader))
                .map(name -> ClassUtils.resolveClassName(name, loader));
        Stream.concat(known, Arrays.stream(method.getExceptionTypes())).forEach(type -> {
            Throwable sample = make(type);
            if (sample != null && (failsLater || mayThrow(method, sample))) {
                samples.put(type, sample);
            }
        });
        return new ArrayList<>(samples.values());
    }

    /** An interruption by an attempt timeout is excluded, because it rolls the transaction back. */
    private static boolean mayThrow(Method method, Throwable sample) {
        return sample instanceof RuntimeException
                || !(sample instanceof InterruptedException)
                        && Arrays.stream(method.getExceptionTypes()).anyMatch(type -> type.isInstance(sample));
    }

    private static boolean failsLater(Class<?> returned) {
        return Future.class.isAssignableFrom(returned)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned) != null;
    }

    private static @Nullable Throwable make(Class<?> type) {
        try {
            return ClassUtils.hasConstructor(type, String.class)
                    ? (Throwable) type.getDeclaredConstructor(String.class).newInstance("a sample")
                    : (Throwable) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError cannotBeMade) {
            return null;
        }
    }
}
