package dev.retrykit.spring.settings;

import dev.retrykit.spring.settings.CircuitSettings.SlowCall;
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

/** Where each value came from, noted while it is bound. */
final class OriginTracker implements BindHandler {

    /** What an entry without anything below it means; elsewhere it means as much as no entry. */
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
     * None yet.
     *
     * @param resolving whether placeholders are filled in
     */
    OriginTracker(boolean resolving) {
        this.resolving = resolving;
    }

    /** {@code inventory:} and <code>inventory: {}</code> arrive as an empty text, which binds to nothing. */
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

    /** Its section says so itself, and no stronger source says how long a slow call takes. */
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

    /** What couldn't be converted: the cause has it with its placeholders filled in. */
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
                throw new IllegalArgumentException("all classes that can be named are those of failures");
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

    /** A key without a value is bound to nothing; some say with it that what lower layers say doesn't hold. */
    @Override
    public void onFinish(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result) {
        if (result == null && LenientConversion.off(name.toString()) != null && isBlank(name, context)) {
            note(name, context);
            blank.add(canonical(name.toString()));
        }
    }

    /** What is written for a key, or for an element of its list, if it has a placeholder that was filled in; else null. */
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

    /** Whether a key's value is that of an environment variable. */
    boolean isVariable(String key) {
        return variables.contains(canonical(key));
    }

    /** Whether a key is there without a value, which switches it off. */
    boolean isSwitchedOff(String key) {
        return blank.contains(canonical(key));
    }

    /** Whether a value came from there: Boot reads a variable under more than one name. */
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
