package dev.retrykit.spring.settings;

import java.util.Collection;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The configuration key of a policy, a circuit or a budget.
 *
 * @param section the parent key, such as {@code retrykit.policies}
 * @param name the name, which may contain characters that a key only allows in brackets
 */
public record EntryKey(String section, String name) {

    private static final int LONGEST_NAME = 100;
    private static final Pattern UNIFORM = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    /** Characters that containers and firewalls reject in a path, or resolve before the application sees it. */
    private static final Pattern NOT_IN_PATHS =
            Pattern.compile(".*[/\\\\;%\\p{Cc}\\p{Zl}\\p{Zp}].*|\\.{1,2}|\\s*", Pattern.DOTALL);

    /** The key as it appears in {@code application.yml}. */
    public String text() {
        String line = MessageText.line(name, LONGEST_NAME);
        return section + "." + (PLAIN.matcher(name).matches() ? line : "[" + line + "]");
    }

    /** The key of one of its settings, as it appears in {@code application.yml}. */
    public String text(String setting) {
        return text() + "." + setting;
    }

    /** The key for the binder. Brackets preserve every character of the name. */
    public ConfigurationPropertyName property() {
        return ConfigurationPropertyName.of(
                UNIFORM.matcher(name).matches() ? section + "." + name : section + "[" + name + "]");
    }

    /**
     * Checks that the actuator endpoint can address each of the names.
     *
     * @throws InvalidSettingException if a name cannot be part of a path or of a key
     */
    public static void checkNames(String section, Collection<String> names) {
        names.forEach(name -> new EntryKey(section, name).checkName());
    }

    private void checkName() {
        boolean bindable = ConfigurationPropertyName.isValid(section + "[" + name + "]");
        if (!bindable || NOT_IN_PATHS.matcher(name).matches()) {
            throw new InvalidSettingException(
                    "The name " + MessageText.quoted(name) + " below '" + section
                            + "' cannot be part of a URL path, so /actuator/retry could neither show nor change it. A"
                            + " name must not be blank, '.' or '..', and must not contain '/', '\\', ';', '%', control"
                            + " characters or an unmatched bracket.",
                    "Rename it, here and wherever it is referenced.");
        }
    }
}
