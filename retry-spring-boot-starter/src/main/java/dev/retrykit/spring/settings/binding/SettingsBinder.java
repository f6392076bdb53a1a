package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.RetrykitProperties;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.ClassEditor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.origin.Origin;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

/** Binds {@code retrykit.*}, records the origin of each value, and reports invalid settings. */
public final class SettingsBinder {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("retrykit");

    private static final int LONGEST_KEY = 200;

    private final Iterable<ConfigurationPropertySource> sources;
    private final PlaceholdersResolver placeholders;
    private final ClassLoader classLoader;

    private SettingsBinder(
            Iterable<ConfigurationPropertySource> sources,
            PlaceholdersResolver placeholders,
            @Nullable ClassLoader classLoader) {
        this.sources = sources;
        this.placeholders = placeholders;
        this.classLoader = classLoader == null ? SettingsBinder.class.getClassLoader() : classLoader;
    }

    /**
     * Binds and checks the configuration.
     *
     * @param warn receives problems that do not fail startup
     * @throws InvalidSettingException for the first invalid value or unknown key
     */
    public static ConfiguredSettings bind(
            Environment environment, @Nullable ClassLoader classLoader, Consumer<String> warn) {
        SettingsBinder binder = new SettingsBinder(
                ConfigurationPropertySources.get(environment),
                new PropertySourcesPlaceholdersResolver(environment),
                classLoader);
        OriginTracker origins = new OriginTracker(true);
        if (binder.isNothingWritten()) {
            return new ConfiguredSettings(RetrykitProperties.EMPTY, origins);
        }
        RetrykitProperties properties = binder.bind(ROOT, RetrykitProperties.class, origins);
        binder.checkKeys(properties.strict(), origins, warn);
        return new ConfiguredSettings(properties, origins);
    }

    /**
     * Whether nothing is configured. Binding an empty configuration would take as long as the rest of the engine's
     * startup.
     */
    private boolean isNothingWritten() {
        for (ConfigurationPropertySource source : sources) {
            if (source.containsDescendantOf(ROOT) != ConfigurationPropertyState.ABSENT
                    || source.getConfigurationProperty(ROOT) != null) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads settings that are changed at run time. Placeholders are not resolved, because they could reveal other
     * configuration.
     *
     * @param section the key of the policy, circuit or budget that the settings apply to
     * @param type the record that the settings are bound to
     * @param given values by key below the section, in any spelling; a key without a value is only checked
     * @param by who changes the settings, for messages
     * @throws InvalidSettingException for the first invalid value or unknown key
     */
    public static SettingsLayer read(
            EntryKey section, Class<? extends Record> type, Map<String, @Nullable String> given, String by) {
        ConfigurationPropertyName name = section.property();
        Map<ConfigurationPropertyName, String> values = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            ConfigurationPropertyName known = known(section, key);
            if (value != null) {
                values.put(known, value);
            }
        });
        ConfigurationPropertySource source = key -> {
            String value = values.get(key);
            return value == null ? null : new ConfigurationProperty(key, value, new By(by));
        };
        SettingsBinder binder = new SettingsBinder(List.of(source), value -> value, type.getClassLoader());
        OriginTracker origins = new OriginTracker(false);
        SettingsLayer layer = SettingsLayer.of(binder.bind(name, type, origins), name.toString(), origins, key -> by);
        given.forEach((key, value) -> checkHeard(section, key, value, layer));
        return layer;
    }

    /** Whether a key, in any spelling, takes a list. */
    public static boolean takesList(Class<? extends Record> type, String key) {
        return PropertyKeys.isList(type, key);
    }

    private static void checkHeard(EntryKey section, String key, @Nullable String value, SettingsLayer layer) {
        if (value != null && value.isBlank() && !layer.has(key)) {
            throw new InvalidSettingException(
                    "'" + section.text(MessageText.line(key, LONGEST_KEY))
                            + "' must not be empty, because it cannot be switched off.",
                    "Set a value, or set null to clear the value that was set before.");
        }
    }

    private static ConfigurationPropertyName known(EntryKey section, String key) {
        ConfigurationPropertyName name;
        try {
            name = section.property().append(SpellingMatcher.kebab(key).replace('_', '-'));
        } catch (RuntimeException noName) {
            throw new InvalidSettingException(
                    MessageText.quoted(key) + " is not a known key.",
                    "Use a key such as " + section.text("max-attempts."));
        }
        String complaint = name.equals(section.property()) ? "The key is blank." : PropertyKeys.complaint(name);
        if (complaint != null) {
            throw new InvalidSettingException(
                    MessageText.quoted(key) + " is not a known key. " + complaint, "Correct or remove the key.");
        }
        return name;
    }

    /** The origin of settings that are changed at run time. */
    private record By(String name) implements Origin {

        @Override
        public String toString() {
            return name;
        }
    }

    private <T> T bind(ConfigurationPropertyName root, Class<T> type, OriginTracker origins) {
        try {
            return new Binder(
                            sources,
                            placeholders,
                            ApplicationConversionService.getSharedInstance(),
                            editors -> editors.registerCustomEditor(Class.class, new ClassEditor(classLoader)))
                    .bindOrCreate(root, Bindable.of(type), origins);
        } catch (BindException wrong) {
            throw unreadable(wrong);
        }
    }

    private void checkKeys(boolean strict, OriginTracker origins, Consumer<String> warn) {
        for (ConfigurationPropertySource source : sources) {
            if (!(source instanceof IterableConfigurationPropertySource iterable)) {
                continue;
            }
            for (ConfigurationPropertyName name : iterable) {
                String complaint = ROOT.isAncestorOf(name) ? PropertyKeys.complaint(name) : null;
                ConfigurationProperty property = complaint == null ? null : source.getConfigurationProperty(name);
                boolean variable = isEnvironment(source);
                if (complaint != null && !(variable && property != null && origins.isUsed(property))) {
                    report(name, property, complaint, strict && !variable, warn);
                }
            }
        }
    }

    /** Reports an unknown key without its value, which may be a secret of another application. */
    private static void report(
            ConfigurationPropertyName name,
            @Nullable ConfigurationProperty property,
            String complaint,
            boolean fails,
            Consumer<String> warn) {
        String origin = property == null ? "" : " (" + OriginTracker.text(property) + ")";
        String description = MessageText.quoted(name) + origin + " is not a known key. " + complaint;
        if (fails) {
            throw new InvalidSettingException(
                    description,
                    "Correct or remove the key. With retrykit.strict=false, an unknown key is only a warning.");
        }
        warn.accept(description);
    }

    /**
     * Whether a source holds environment variables, which cannot express every name and may be injected by an
     * orchestrator.
     */
    static boolean isEnvironment(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof org.springframework.core.env.PropertySource<?> underlying
                && StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME.equals(underlying.getName());
    }

    private InvalidSettingException unreadable(BindException wrong) {
        if (wrong.getCause() instanceof UnboundConfigurationPropertiesException gap) {
            return gap(wrong.getName(), gap.getUnboundProperties());
        }
        ConfigurationProperty property = property(wrong.getName(), sources);
        return new InvalidSettingException(
                MessageText.quoted(wrong.getName()) + value(property) + " is invalid: it must be "
                        + rule(wrong.getTarget().getType()) + ".",
                "Correct the value.");
    }

    /** Reports list elements whose predecessors are missing. */
    private static InvalidSettingException gap(
            ConfigurationPropertyName list, Collection<ConfigurationProperty> elements) {
        String origins = elements.stream().map(OriginTracker::text).collect(Collectors.joining(", "));
        String names = elements.stream()
                .map(element -> element.getName().toString())
                .map(MessageText::quoted)
                .collect(Collectors.joining(", "));
        return new InvalidSettingException(
                "The list " + MessageText.quoted(list) + " has a gap before " + names + " (" + origins
                        + "): its elements must be numbered consecutively from 0.",
                "Renumber the elements, or configure all of them as one comma-separated value.");
    }

    static @Nullable ConfigurationProperty property(
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
        return property == null
                ? ""
                : " = " + MessageText.quoted(property.getValue()) + " (" + OriginTracker.text(property) + ")";
    }

    private static String rule(ResolvableType target) {
        Class<?> type = target.resolve(Object.class);
        if (type == List.class) {
            return "a list in which each element is " + rule(target.getGeneric(0));
        }
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
            return "a whole number, at most " + Integer.MAX_VALUE;
        }
        return Number.class.isAssignableFrom(type) ? "a number" : "a section with keys below it, or empty";
    }
}
