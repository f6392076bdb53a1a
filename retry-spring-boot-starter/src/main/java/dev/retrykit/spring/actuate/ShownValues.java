package dev.retrykit.spring.actuate;

import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import java.util.List;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;

/**
 * Decides which values of settings a caller may see. A value with resolved placeholders may contain a secret, and is
 * shown or hidden in the same way as by Boot's own endpoints. All other values are shown, unless a function of the
 * application sanitizes them.
 */
public final class ShownValues {

    /** Shows no value that contains resolved placeholders. */
    static final ShownValues WITHOUT_PLACEHOLDERS = new ShownValues(List.of(), Show.NEVER, Set.of());

    private final Sanitizer sanitizer;
    private final Show show;
    private final Set<String> roles;

    /**
     * Creates the rules of an application.
     *
     * @param functions sanitize values, in this order
     * @param show when values with resolved placeholders are shown
     * @param roles the roles of callers that may see them when authorized; empty for all authenticated callers
     */
    public ShownValues(Iterable<SanitizingFunction> functions, Show show, Set<String> roles) {
        this.sanitizer = new Sanitizer(functions);
        this.show = show;
        this.roles = Set.copyOf(roles);
    }

    /** Whether a caller over HTTP may see all values. */
    boolean areFor(SecurityContext caller) {
        return show.isShown(caller, roles);
    }

    /** Whether a caller over another, separately protected protocol such as JMX may see all values. */
    boolean areForOthers() {
        return show.isShown(true);
    }

    /**
     * Returns the value as the caller may see it.
     *
     * @param key the full property name, by which functions identify it
     * @param all whether the caller may see all values
     */
    Object of(String key, Setting setting, boolean all) {
        Object value = MessageText.of(setting.value());
        Object sanitized = sanitizer.sanitize(new SanitizableData(null, key, value), all || !setting.mayBeSecret());
        return sanitized == null ? SanitizableData.SANITIZED_VALUE : sanitized;
    }
}
