package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.CircuitSettings.SlowCall;
import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.IdempotencySettings;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.RetrykitProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.convert.ConversionFailedException;

/** Records the origin of each value during binding. */
final class OriginTracker implements BindHandler {

    /** The result for an empty entry under a map. Elsewhere, an empty entry is the same as a missing one. */
    private static final Map<Class<?>, Object> EMPTY = Map.of(
            PolicySettings.class, PolicySettings.EMPTY,
            CircuitSettings.class, CircuitSettings.EMPTY,
            BudgetSettings.class, BudgetSettings.EMPTY,
            HttpSettings.class, HttpSettings.EMPTY,
            IdempotencySettings.class, IdempotencySettings.EMPTY,
            RetrykitProperties.class, RetrykitProperties.EMPTY);

    private static final SlowCall SLOW_CALLS_OFF = new SlowCall(Duration.ZERO, null);
    private static final int LONGEST_ORIGIN = 300;
    private static final String PLACEHOLDER = "${";

    private final Map<String, String> byKey = new HashMap<>();
    private final Set<String> blank = new HashSet<>();
    private final Map<String, String> placeholders = new HashMap<>();
    private final Set<String> variables = new HashSet<>();
    private final boolean resolving;

    /**
     * Creates an empty tracker.
     *
     * @param resolving whether placeholders are resolved
     */
    OriginTracker(boolean resolving) {
        this.resolving = resolving;
    }

    /** {@code inventory:} and <code>inventory: {}</code> arrive as an empty text, which the binder cannot bind. */
    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) throws Exception {
        Class<?> type = target.getType().resolve(Object.class);
        if (type == SlowCall.class && areSlowCallsOff(name, context)) {
            return SLOW_CALLS_OFF;
        }
        Object read = LenientConversion.read(name.toString(), text(error, context));
        if (type.isInstance(read)) {
            note(name, context);
            return read;
        }
        if ((type.isRecord() || type == Map.class) && isBlank(name, context)) {
            return EMPTY.get(type);
        }
        throw error;
    }

    /** Whether the slow-call section itself is switched off, and no stronger source sets the slow-call duration. */
    private boolean areSlowCallsOff(ConfigurationPropertyName name, BindContext context) {
        ConfigurationPropertyName duration = name.append("duration");
        for (ConfigurationPropertySource source : context.getSources()) {
            ConfigurationProperty section = source.getConfigurationProperty(name);
            if (section != null && source.getConfigurationProperty(duration) == null) {
                byKey.put(canonical(duration.toString()), text(section));
                return LenientConversion.isOff(String.valueOf(section.getValue()));
            }
            if (source.getConfigurationProperty(duration) != null) {
                return false;
            }
        }
        return false;
    }

    /** The value that could not be converted. The cause holds it with its placeholders resolved. */
    private static String text(Exception error, BindContext context) {
        ConfigurationProperty property = context.getConfigurationProperty();
        Object value = property == null ? "-" : property.getValue();
        return String.valueOf(error instanceof ConversionFailedException failed ? failed.getValue() : value);
    }

    private static boolean isBlank(ConfigurationPropertyName name, BindContext context) {
        ConfigurationProperty property = SettingsBinder.property(name, context.getSources());
        return property != null && String.valueOf(property.getValue()).isBlank();
    }

    @Override
    public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        for (Object single : result instanceof List<?> list ? list : List.of(result)) {
            if (single instanceof Class<?> type && !Throwable.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException("not an exception class");
            }
        }
        if (result instanceof SlowCall slow && areSlowCallsOff(name, context)) {
            return new SlowCall(SLOW_CALLS_OFF.duration(), slow.rate());
        }
        note(name, context);
        return result;
    }

    private void note(ConfigurationPropertyName name, BindContext context) {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property != null) {
            String key = canonical(name.toString());
            byKey.put(key, text(property));
            if (property.getSource() != null && SettingsBinder.isEnvironment(property.getSource())) {
                variables.add(key);
            }
            String written = String.valueOf(property.getValue());
            if (resolving && written.contains(PLACEHOLDER)) {
                placeholders.put(key, written);
            }
        }
    }

    /** An empty value is bound to null. For some keys, it overrides the lower layers and switches the setting off. */
    @Override
    public void onFinish(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result) {
        if (result == null && LenientConversion.off(name.toString()) != null && isBlank(name, context)) {
            note(name, context);
            blank.add(canonical(name.toString()));
        }
    }

    /**
     * The configured text of a key, or of an element of its list, if a placeholder in it was resolved; otherwise null.
     */
    @Nullable
    String placeholder(String key) {
        String canonical = canonical(key);
        String written = placeholders.get(canonical);
        if (written != null || placeholders.isEmpty()) {
            return written;
        }
        return placeholders.entrySet().stream()
                .filter(entry -> isElement(entry.getKey(), canonical))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static boolean isElement(String key, String list) {
        return key.startsWith(list + ".")
                && key.substring(list.length() + 1).chars().allMatch(Character::isDigit);
    }

    /** Whether a key's value is from an environment variable. */
    boolean isVariable(String key) {
        return variables.contains(canonical(key));
    }

    /** Whether a key has an empty value that switches it off. */
    boolean isSwitchedOff(String key) {
        return blank.contains(canonical(key));
    }

    /**
     * Whether a bound value came from this property: Spring Boot reads an environment variable under several names.
     */
    boolean isUsed(ConfigurationProperty property) {
        return byKey.containsValue(text(property));
    }

    /** The origin of a key, or of the first element of its list. */
    String of(String key) {
        String first = byKey.get(canonical(key + "[0]"));
        return first != null ? first : byKey.getOrDefault(canonical(key), "configuration");
    }

    static String text(ConfigurationProperty property) {
        Object origin = property.getOrigin() != null ? property.getOrigin() : property.getName();
        return MessageText.line(String.valueOf(origin), LONGEST_ORIGIN);
    }

    private static String canonical(String key) {
        return SpellingMatcher.canonical(key).replace("[", ".").replace("]", "").replaceAll("\\.+", ".");
    }
}
