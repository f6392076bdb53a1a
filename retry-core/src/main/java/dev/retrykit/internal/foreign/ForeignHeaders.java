package dev.retrykit.internal.foreign;

import dev.retrykit.http.HeaderLines;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a response in the form in which a library keeps them: a map, a list or an array of names with values,
 * or an object with a method that takes a name.
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

    /** For elements such as {@code Header} of HttpComponents. */
    private static final List<Property> NAME = List.of(new Property("getName"), new Property("name"));

    private static final List<Property> VALUE = List.of(new Property("getValue"), new Property("value"));

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
            if (headers instanceof Object[] entries) {
                return ofEntries(Arrays.asList(entries), name);
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
            Object key = element instanceof Map.Entry<?, ?> entry ? entry.getKey() : first(element, NAME);
            if (key != null && name.equalsIgnoreCase(key.toString())) {
                addTo(lines, element instanceof Map.Entry<?, ?> entry ? entry.getValue() : first(element, VALUE));
            }
        }
        return lines;
    }

    private static @Nullable Object first(@Nullable Object owner, List<Property> properties) {
        return owner == null
                ? null
                : properties.stream()
                        .map(property -> property.read(owner))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
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
        } else if (value != null && first(value, VALUE) instanceof CharSequence inner) {
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
        return NAMES.stream()
                .map(parameter -> Property.method(type, name, parameter))
                .filter(Objects::nonNull)
                .findFirst();
    }
}
