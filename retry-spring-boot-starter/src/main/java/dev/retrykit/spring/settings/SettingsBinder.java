package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ClassUtils;

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
        RetrykitProperties properties = binder.bind(origins);
        binder.checkKeys(properties.strict(), warn);
        return new WrittenSettings(properties, origins);
    }

    private RetrykitProperties bind(Origins origins) {
        ApplicationConversionService conversions = new ApplicationConversionService();
        conversions.addConverter(String.class, PolicySettings.class, text -> empty(text, PolicySettings.EMPTY));
        conversions.addConverter(String.class, CircuitSettings.class, text -> empty(text, CircuitSettings.EMPTY));
        conversions.addConverter(String.class, BudgetSettings.class, text -> empty(text, BudgetSettings.EMPTY));
        conversions.addConverter(String.class, Class.class, this::type);
        try {
            return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment), conversions)
                    .bindOrCreate(ROOT, Bindable.of(RetrykitProperties.class), origins);
        } catch (BindException wrong) {
            throw unreadable(wrong);
        }
    }

    /** {@code inventory:} and <code>inventory: {}</code> both arrive as an empty text. */
    private static <T> T empty(String text, T settings) {
        if (!text.isBlank()) {
            throw new IllegalArgumentException("expected keys below it, or nothing");
        }
        return settings;
    }

    private Class<?> type(String name) {
        try {
            return ClassUtils.forName(name.trim(), classLoader);
        } catch (ClassNotFoundException | LinkageError absent) {
            throw new IllegalArgumentException("there is no class " + name.trim(), absent);
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
        String description =
                "Unknown key '" + name + "'" + (property == null ? "" : " (" + Origins.text(property) + ").");
        if (fails) {
            throw new InvalidSettingException(
                    description + "\n\n" + complaint,
                    "Correct or remove the key; retrykit.strict=false turns unknown keys into warnings.");
        }
        warn.accept(description + " " + complaint);
    }

    /** Variables can't express every name, and an orchestrator may inject ones that look like ours. */
    private static boolean isEnvironment(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof org.springframework.core.env.PropertySource<?> underlying
                && StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME.equals(underlying.getName());
    }

    private static InvalidSettingException unreadable(BindException wrong) {
        ConfigurationProperty property = wrong.getProperty();
        String value = property == null ? "" : " = " + Origins.quoted(property.getValue());
        String origin = property == null ? "" : " (" + Origins.text(property) + ")";
        return new InvalidSettingException(
                "'" + wrong.getName() + "'" + value + origin + " can't be read: it must be "
                        + rule(wrong.getTarget().getType()) + ".",
                "Correct the value.");
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
            return "the full name of a class on the class path";
        }
        return Number.class.isAssignableFrom(type) ? "a number" : "keys below it, or nothing";
    }

    /** Where each value came from, noted while it is bound. */
    static final class Origins implements BindHandler {

        private final Map<String, String> byKey = new HashMap<>();

        @Override
        public Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            ConfigurationProperty property = context.getConfigurationProperty();
            if (property != null) {
                byKey.put(canonical(name.toString()), text(property));
            }
            return result;
        }

        /** The origin of a key, or of the first element of its list. */
        String of(String key) {
            String own = byKey.get(canonical(key));
            return own != null ? own : byKey.getOrDefault(canonical(key + "[0]"), "configuration");
        }

        static String text(ConfigurationProperty property) {
            return property.getOrigin() != null
                    ? String.valueOf(property.getOrigin())
                    : property.getName().toString();
        }

        static String quoted(@Nullable Object value) {
            String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
            return "'" + (text.length() > 100 ? text.substring(0, 100) + "…" : text) + "'";
        }

        private static String canonical(String key) {
            return Names.canonical(key).replace("[", ".").replace("]", "").replaceAll("\\.+", ".");
        }
    }
}
