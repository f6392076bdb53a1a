package dev.retrykit.spring.settings.binding;

import dev.retrykit.circuit.FailureSelector;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Parses lists of failures: exception classes, HTTP statuses and bean names.
 *
 * @param classLoader finds the classes; null = the class loader of this library
 * @param beans finds a predicate by its bean name; returns null if there is none
 * @param beanNames the names of all predicate beans, for messages
 */
public record FailureNames(
        @Nullable ClassLoader classLoader,
        Function<String, @Nullable Predicate<Throwable>> beans,
        Supplier<Collection<String>> beanNames) {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final String PREDICATE = "(a predicate)";
    private static final int LOWEST_STATUS = 100;
    private static final int HIGHEST_STATUS = 599;

    /** Creates a parser for an environment without beans. */
    public static FailureNames withoutBeans(@Nullable ClassLoader classLoader) {
        return new FailureNames(classLoader, name -> null, List::of);
    }

    /** Returns a selector's list as it would be configured; null if it selects nothing. */
    public static @Nullable Object of(FailureSelector selector) {
        List<Object> names = new ArrayList<>(selector.types());
        names.addAll(selector.statuses());
        selector.predicates().forEach(predicate -> names.add(PREDICATE));
        return names.isEmpty() ? null : List.copyOf(names);
    }

    /**
     * Parses a list of names.
     *
     * @param key the key of the list, for messages
     * @throws InvalidSettingException for the first invalid name
     */
    public FailureSelector selector(String key, Setting written) {
        List<Class<? extends Throwable>> types = new ArrayList<>();
        List<Integer> statuses = new ArrayList<>();
        List<Predicate<? super Throwable>> predicates = new ArrayList<>();
        for (Object element : (List<?>) written.value()) {
            String name = String.valueOf(element).trim();
            Predicate<Throwable> predicate = beans.apply(name);
            Class<?> type = predicate == null ? find(name) : null;
            if (NUMBER.matcher(name).matches()) {
                statuses.add(status(key, name, written));
            } else if (predicate != null) {
                predicates.add(predicate);
            } else if (type != null && Throwable.class.isAssignableFrom(type)) {
                types.add(type.asSubclass(Throwable.class));
            } else {
                throw unknown(key, written.mayBeSecret() ? String.valueOf(written.shown()) : name, written, type);
            }
        }
        return new FailureSelector(types, statuses, predicates);
    }

    /** Unlike text, a number cannot be a secret, so the message may show it. */
    private static int status(String key, String name, Setting written) {
        int status = Integer.parseInt(name);
        if (status < LOWEST_STATUS || status > HIGHEST_STATUS) {
            throw new InvalidSettingException(
                    "'" + key + "' contains " + MessageText.quoted(name) + " (" + written.origin()
                            + "): an HTTP status must be from " + LOWEST_STATUS + " to " + HIGHEST_STATUS + ".",
                    "Correct the value.");
        }
        return status;
    }

    private @Nullable Class<?> find(String name) {
        try {
            return ClassUtils.forName(name, classLoader == null ? FailureNames.class.getClassLoader() : classLoader);
        } catch (ClassNotFoundException | LinkageError | IllegalArgumentException missing) {
            return null;
        }
    }

    private InvalidSettingException unknown(String key, String name, Setting written, @Nullable Class<?> type) {
        String near = SpellingMatcher.nearest(name, beanNames.get()).orElse(null);
        String complaint = type == null ? "" : ", which is not an exception class";
        String remedy = type != null && Predicate.class.isAssignableFrom(type)
                ? "Declare a bean of that class, and use the name of the bean."
                : "Correct the name, or declare the bean.";
        return new InvalidSettingException(
                "'" + key + "' contains " + MessageText.quoted(name) + complaint + " (" + written.origin()
                        + "): each element must be the full name of an exception class on the class path, an HTTP"
                        + " status, or the name of a Predicate<Throwable> bean."
                        + (near == null ? "" : " Did you mean " + MessageText.quoted(near) + "?"),
                remedy);
    }
}
