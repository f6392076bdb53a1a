package dev.retrykit.spring.aspect.check;

import dev.retrykit.spring.registry.PolicyEntry;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.InputStreamResource;

/**
 * Warns of retried methods with a parameter that can be read only once. A second attempt would read nothing, and an
 * empty upload might succeed.
 */
public final class OneShotParameterCheck {

    private static final Log LOG = LogFactory.getLog(OneShotParameterCheck.class);

    /** A Scanner is an Iterator, and file channels keep their position. */
    private static final List<Class<?>> TYPES = List.of(
            InputStream.class,
            Reader.class,
            ReadableByteChannel.class,
            InputStreamResource.class,
            Iterator.class,
            Enumeration.class,
            Spliterator.class,
            BaseStream.class);

    private OneShotParameterCheck() {}

    public static void warn(Method method, Class<?> type, String readable, PolicyEntry policy) {
        if (policy.policy().maxAttempts() == 1) {
            return;
        }
        List<String> found = new ArrayList<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Class<?> oneShot = oneShot(ResolvableType.forMethodParameter(method, i, type));
            if (oneShot != null) {
                String name = parameters[i].isNamePresent() ? "'" + parameters[i].getName() + "'" : "number " + (i + 1);
                found.add(name + " (" + oneShot.getSimpleName() + ")");
            }
        }
        if (!found.isEmpty()) {
            LOG.warn(readable + " is retried by the policy '" + policy.name()
                    + "', but can read its parameter "
                    + String.join(" and ", found)
                    + " only once: a second attempt reads nothing, and may send an empty body that the server accepts."
                    + " Read it before the call and pass a byte[], a Path, a Supplier, or a Resource that can be opened"
                    + " again. Alternatively, let a guard for the host (retrykit.http.guards) retry the request instead"
                    + " of the method: guards hold bodies in memory.");
        }
    }

    /**
     * The declared type, or the element type of an array, collection or Optional, if it can be read only once;
     * otherwise null.
     */
    private static @Nullable Class<?> oneShot(ResolvableType declared) {
        return Stream.of(
                        declared,
                        declared.getComponentType(),
                        declared.as(Collection.class).getGeneric(),
                        declared.as(Optional.class).getGeneric())
                .map(ResolvableType::resolve)
                .filter(type -> type != null && isOneShot(type))
                .findFirst()
                .orElse(null);
    }

    private static boolean isOneShot(Class<?> type) {
        return TYPES.stream().anyMatch(each -> each.isAssignableFrom(type));
    }
}
