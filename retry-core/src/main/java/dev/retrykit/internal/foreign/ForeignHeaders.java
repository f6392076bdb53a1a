package dev.retrykit.internal.foreign;

import dev.retrykit.http.HeaderLines;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a response in the form in which a library keeps them: a map, or an object with a method that takes a
 * name.
 */
public final class ForeignHeaders implements HeaderLines {

    private static final List<String> METHODS = List.of(
            "values",
            "getValues",
            "allValues",
            "getAll",
            "getHeaders",
            "headers",
            "getValue",
            "get",
            "getFirst",
            "firstValue",
            "getHeader",
            "header");
    private static final List<Class<?>> NAMES = List.of(String.class, CharSequence.class, Object.class);

    /** For values such as {@code Header} of HttpComponents. */
    private static final Property VALUE = new Property("getValue");

    private static final ClassValue<Optional<Method>> ASKED = new ClassValue<>() {
        @Override
        protected Optional<Method> computeValue(Class<?> type) {
            return METHODS.stream()
                    .map(name -> method(type, name))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    };

    private final Object headers;

    public ForeignHeaders(Object headers) {
        this.headers = headers;
    }

    @Override
    public List<String> of(String name) {
        try {
            if (headers instanceof Map<?, ?> map) {
                return ofEntries(map.entrySet(), name);
            }
            if (headers instanceof Collection<?> entries) {
                return ofEntries(entries, name);
            }
            List<String> lines = ask(name);
            return lines.isEmpty() ? ask(capitalized(name)) : lines;
        } catch (Throwable unreadable) {
            return List.of();
        }
    }

    private static List<String> ofEntries(Collection<?> entries, String name) {
        List<String> lines = new ArrayList<>();
        for (Object element : entries) {
            if (element instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && name.equalsIgnoreCase(entry.getKey().toString())) {
                addTo(lines, entry.getValue());
            }
        }
        return lines;
    }

    private List<String> ask(String name) throws ReflectiveOperationException {
        List<String> lines = new ArrayList<>();
        Optional<Method> method = ASKED.get(headers.getClass());
        if (method.isPresent()) {
            addTo(lines, method.get().invoke(headers, name));
        }
        return lines;
    }

    private static void addTo(List<String> lines, @Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            addTo(lines, optional.orElse(null));
        } else if (value instanceof Iterable<?> several) {
            several.forEach(one -> addTo(lines, one));
        } else if (value != null && value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                addTo(lines, Array.get(value, i));
            }
        } else if (value instanceof Enumeration<?> several) {
            several.asIterator().forEachRemaining(one -> addTo(lines, one));
        } else if (value instanceof CharSequence || value instanceof Number) {
            lines.add(value.toString());
        } else if (value != null && VALUE.read(value) instanceof CharSequence inner) {
            lines.add(inner.toString());
        }
    }

    /** Some libraries distinguish {@code retry-after} from {@code Retry-After}. */
    private static String capitalized(String name) {
        StringBuilder text = new StringBuilder(name.toLowerCase(Locale.ROOT));
        for (int i = 0; i < text.length(); i++) {
            if (i == 0 || text.charAt(i - 1) == '-') {
                text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
            }
        }
        return text.toString();
    }

    private static Optional<Method> method(Class<?> type, String name) {
        for (Class<?> parameter : NAMES) {
            Optional<Method> method = method(type, name, parameter);
            if (method.isPresent()) {
                return method;
            }
        }
        return Optional.empty();
    }

    private static Optional<Method> method(Class<?> type, String name, Class<?> parameter) {
        try {
            Method method = type.getMethod(name, parameter);
            boolean usable = !Modifier.isStatic(method.getModifiers()) && method.getReturnType() != void.class;
            boolean open = Modifier.isPublic(method.getDeclaringClass().getModifiers());
            return usable && (open || method.trySetAccessible()) ? Optional.of(method) : Optional.empty();
        } catch (NoSuchMethodException | RuntimeException | LinkageError missing) {
            return Optional.empty();
        }
    }
}
