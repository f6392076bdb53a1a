package dev.retrykit.spring.settings;

import java.util.Collection;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The key of a policy, a circuit or a budget.
 *
 * @param section what it is, as in {@code retrykit.policies}
 * @param name its name, which may hold more than a key can without brackets
 */
public record EntryKey(String section, String name) {

    private static final int LONGEST_NAME = 100;
    private static final Pattern UNIFORM = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    /** What containers and firewalls refuse in a path, or resolve before anybody sees it. */
    private static final Pattern NOT_IN_PATHS =
            Pattern.compile(".*[/\\\\;%\\p{Cc}\\p{Zl}\\p{Zp}].*|\\.{1,2}|\\s*", Pattern.DOTALL);

    /** The key as it stands in {@code application.yml}. */
    public String text() {
        String line = MessageText.line(name, LONGEST_NAME);
        return section + "." + (PLAIN.matcher(name).matches() ? line : "[" + line + "]");
    }

    /** The key of one of its settings. */
    public String text(String setting) {
        return text() + "." + setting;
    }

    /** The key as it is bound: brackets keep each character of a name. */
    ConfigurationPropertyName property() {
        return ConfigurationPropertyName.of(
                UNIFORM.matcher(name).matches() ? section + "." + name : section + "[" + name + "]");
    }

    /**
     * Checks that the endpoint can be asked for each of some names.
     *
     * @throws InvalidSettingException if no path, or no key, can carry one of them
     */
    public static void checkNames(String section, Collection<String> names) {
        names.forEach(name -> new EntryKey(section, name).checkName());
    }

    private void checkName() {
        boolean bindable = ConfigurationPropertyName.isValid(section + "[" + name + "]");
        if (!bindable || NOT_IN_PATHS.matcher(name).matches()) {
            throw new InvalidSettingException(
                    "The name " + MessageText.quoted(name) + " below '" + section
                            + "' can't be a part of a path, so that /actuator/retry could neither show nor change it:"
                            + " it must not be blank, '.' or '..', nor hold '/', '\\', ';', '%', control characters or"
                            + " a bracket without its partner.",
                    "Rename it, here and wherever it is named.");
        }
    }
}
