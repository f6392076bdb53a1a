package dev.retrykit.spring.settings.binding;

import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.InvalidLineException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Registers the classes named by {@code retrykit.failures} for a native image. An environment variable or placeholder
 * may change a line at run time, so all public methods and fields of these classes are kept.
 */
final class FailureLinesAotProcessor implements BeanFactoryInitializationAotProcessor {

    private static final String SECTION = "retrykit.failures";

    /** Called by Spring during ahead-of-time processing. */
    FailureLinesAotProcessor() {}

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beanFactory) {
        Environment environment = beanFactory.getBeanProvider(Environment.class).getIfAvailable();
        Map<Class<?>, String> lines =
                environment == null ? Map.of() : lines(environment, beanFactory.getBeanClassLoader());
        return lines.isEmpty()
                ? null
                : (context, code) -> lines.forEach(
                        (type, text) -> register(context.getRuntimeHints().reflection(), type, text));
    }

    private static Map<Class<?>, String> lines(Environment environment, @Nullable ClassLoader classLoader) {
        Map<Class<?>, String> lines = new LinkedHashMap<>();
        Map<String, String> read = Binder.get(environment)
                .bind(SECTION, Bindable.mapOf(String.class, String.class))
                .orElseGet(Map::of);
        SplitLines.joined(read).forEach((name, text) -> {
            Class<?> type = FailureHints.find(name, classLoader);
            if (type != null) {
                lines.put(type, text);
            }
        });
        return lines;
    }

    private static void register(ReflectionHints hints, Class<?> type, String text) {
        hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.ACCESS_PUBLIC_FIELDS);
        try {
            FailureHints.register(hints, FailureBook.of(Map.of(type.getName(), text), () -> Instant.EPOCH), type);
        } catch (InvalidLineException notYetFilledIn) {
            // Its placeholder has no value yet. An invalid line fails startup.
        }
    }
}
