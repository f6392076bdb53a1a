package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.ClassEditor;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

/** Binds {@code retrykit.*}, keeps where each value came from, and turns what is wrong into a message. */
public final class SettingsBinder {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("retrykit");

    private final Iterable<ConfigurationPropertySource> sources;
    private final Environment environment;
    private final ClassLoader classLoader;

    private SettingsBinder(Environment environment, @Nullable ClassLoader classLoader) {
        this.sources = ConfigurationPropertySources.get(environment);
        this.environment = environment;
        this.classLoader = classLoader == null ? SettingsBinder.class.getClassLoader() : classLoader;
    }

    /**
     * Binds and checks.
     *
     * @param warn takes what is not wrong enough to stop the start
     * @throws InvalidSettingException for the first value that can't be read, and for the first key that isn't known
     */
    public static WrittenSettings bind(
            Environment environment, @Nullable ClassLoader classLoader, Consumer<String> warn) {
        SettingsBinder binder = new SettingsBinder(environment, classLoader);
        Origins origins = new Origins();
        if (binder.isNothingWritten()) {
            return new WrittenSettings(RetrykitProperties.EMPTY, origins);
        }
        RetrykitProperties properties = binder.bind(origins);
        binder.checkKeys(properties.strict(), warn);
        return new WrittenSettings(properties, origins);
    }

    /** Then there is nothing to bind, which would take as long as the rest of the start of an engine. */
    private boolean isNothingWritten() {
        for (ConfigurationPropertySource source : sources) {
            if (source.containsDescendantOf(ROOT) != ConfigurationPropertyState.ABSENT
                    || source.getConfigurationProperty(ROOT) != null) {
                return false;
            }
        }
        return true;
    }

    private RetrykitProperties bind(Origins origins) {
        try {
            return new Binder(
                            sources,
                            new PropertySourcesPlaceholdersResolver(environment),
                            ApplicationConversionService.getSharedInstance(),
                            editors -> editors.registerCustomEditor(Class.class, new ClassEditor(classLoader)))
                    .bindOrCreate(ROOT, Bindable.of(RetrykitProperties.class), origins);
        } catch (BindException wrong) {
            throw unreadable(wrong);
        }
    }

    private void checkKeys(boolean strict, Consumer<String> warn) {
        for (ConfigurationPropertySource source : sources) {
            if (!(source instanceof IterableConfigurationPropertySource iterable)) {
                continue;
            }
            for (ConfigurationPropertyName name : iterable) {
                String complaint = ROOT.isAncestorOf(name) ? KnownKeys.complaint(name) : null;
                if (complaint != null) {
                    report(source, name, complaint, strict && !isEnvironment(source), warn);
                }
            }
        }
    }

    private static void report(
            ConfigurationPropertySource source,
            ConfigurationPropertyName name,
            String complaint,
            boolean fails,
            Consumer<String> warn) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        String description = Texts.quoted(name) + value(property) + " is not a known key. " + complaint;
        if (fails) {
            throw new InvalidSettingException(
                    description, "Correct or remove the key. With retrykit.strict=false it would only be a warning.");
        }
        warn.accept(description);
    }

    /** Variables can't express every name, and an orchestrator may inject ones that look like ours. */
    private static boolean isEnvironment(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof org.springframework.core.env.PropertySource<?> underlying
                && StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME.equals(underlying.getName());
    }

    private InvalidSettingException unreadable(BindException wrong) {
        ConfigurationProperty property = property(wrong.getName(), sources);
        return new InvalidSettingException(
                Texts.quoted(wrong.getName()) + value(property) + " can't be read: it must be "
                        + rule(wrong.getTarget().getType()) + ".",
                "Correct the value.");
    }

    private static @Nullable ConfigurationProperty property(
            ConfigurationPropertyName name, Iterable<ConfigurationPropertySource> sources) {
        for (ConfigurationPropertySource source : sources) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return property;
            }
        }
        return null;
    }

    private static String value(@Nullable ConfigurationProperty property) {
        return property == null ? "" : " = " + Texts.quoted(property.getValue()) + " (" + Origins.text(property) + ")";
    }

    private static String rule(ResolvableType target) {
        Class<?> type = target.resolve(Object.class);
        if (type == Duration.class) {
            return Durations.RULE;
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Class.class) {
            return "the full name of an exception class on the class path";
        }
        if (type == DataSize.class) {
            return "a size such as 100KB or 1MB";
        }
        if (type == Integer.class || type == int.class) {
            return "a whole number, " + Integer.MAX_VALUE + " at the most";
        }
        return Number.class.isAssignableFrom(type) ? "a number" : "keys below it, or nothing at all";
    }

    /** Where each value came from, noted while it is bound. */
    static final class Origins implements BindHandler {

        /** What an entry without anything below it means; elsewhere it means as much as no entry. */
        private static final Map<Class<?>, Object> EMPTY = Map.of(
                PolicySettings.class, PolicySettings.EMPTY,
                CircuitSettings.class, CircuitSettings.EMPTY,
                BudgetSettings.class, BudgetSettings.EMPTY,
                HttpSettings.class, HttpSettings.EMPTY,
                IdempotencySettings.class, IdempotencySettings.EMPTY,
                RetrykitProperties.class, RetrykitProperties.EMPTY);

        private static final int LONGEST_ORIGIN = 300;

        private final Map<String, String> byKey = new HashMap<>();

        /** {@code inventory:} and <code>inventory: {}</code> arrive as an empty text, which binds to nothing. */
        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
                throws Exception {
            Class<?> type = target.getType().resolve(Object.class);
            if ((type.isRecord() || type == Map.class) && isBlank(name, context)) {
                return EMPTY.get(type);
            }
            throw error;
        }

        private static boolean isBlank(ConfigurationPropertyName name, BindContext context) {
            ConfigurationProperty property = property(name, context.getSources());
            return property != null && String.valueOf(property.getValue()).isBlank();
        }

        @Override
        public Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            if (result instanceof Class<?> type && !Throwable.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException("all classes that can be named are those of failures");
            }
            ConfigurationProperty property = context.getConfigurationProperty();
            if (property != null) {
                byKey.put(canonical(name.toString()), text(property));
            }
            return result;
        }

        /** The origin of a key, or of the first element of its list. */
        String of(String key) {
            String first = byKey.get(canonical(key + "[0]"));
            return first != null ? first : byKey.getOrDefault(canonical(key), "configuration");
        }

        static String text(ConfigurationProperty property) {
            Object origin = property.getOrigin() != null ? property.getOrigin() : property.getName();
            return Texts.line(String.valueOf(origin), LONGEST_ORIGIN);
        }

        private static String canonical(String key) {
            return Names.canonical(key).replace("[", ".").replace("]", "").replaceAll("\\.+", ".");
        }
    }
}
