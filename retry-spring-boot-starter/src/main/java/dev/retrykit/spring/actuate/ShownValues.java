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
 * Which values of settings are shown to whom. Texts into which placeholders were filled may hold what somebody else keeps
 * secret: they are shown as Boot's own endpoints show values. All others are shown, unless a function of the application
 * sanitizes them.
 */
public final class ShownValues {

    /** No text into which a placeholder was filled. */
    static final ShownValues WITHOUT_PLACEHOLDERS = new ShownValues(List.of(), Show.NEVER, Set.of());

    private final Sanitizer sanitizer;
    private final Show show;
    private final Set<String> roles;

    /**
     * As the application has it.
     *
     * @param functions sanitize values, in this order
     * @param show when texts into which placeholders were filled are shown
     * @param roles of those who may see them when authorized; empty = everybody who is authenticated
     */
    public ShownValues(Iterable<SanitizingFunction> functions, Show show, Set<String> roles) {
        this.sanitizer = new Sanitizer(functions);
        this.show = show;
        this.roles = Set.copyOf(roles);
    }

    /** Whether a caller over HTTP sees all. */
    boolean areFor(SecurityContext caller) {
        return show.isShown(caller, roles);
    }

    /** Whether a caller sees all who has passed all that protects other ways, such as JMX. */
    boolean areForOthers() {
        return show.isShown(true);
    }

    /**
     * The value as whoever asks may see it.
     *
     * @param key the whole key, by which functions know what it is
     * @param all whether all is shown
     */
    Object of(String key, Setting setting, boolean all) {
        Object value = MessageText.of(setting.value());
        Object sanitized = sanitizer.sanitize(new SanitizableData(null, key, value), all || !setting.mayBeSecret());
        return sanitized == null ? SanitizableData.SANITIZED_VALUE : sanitized;
    }
}
