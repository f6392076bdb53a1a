package dev.retrykit.spring.client;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;

/**
 * Provides the rules to clients. They are resolved by the first request and not with the client: a client may be
 * created before the beans that the rules depend on, and may be a dependency of these beans.
 */
public final class ClientRulesSource {

    private final Supplier<ClientRules> rules;
    private volatile @Nullable ClientRules known;

    /**
     * Creates a source that resolves the rules on first use.
     *
     * @param rules creates or looks up the rules
     */
    public ClientRulesSource(Supplier<ClientRules> rules) {
        this.rules = rules;
    }

    /**
     * Returns the rules.
     *
     * @return null if requests are left alone: by configuration, because the rules are still being created, or because
     *     the application has shut down
     */
    public @Nullable ClientRules get() {
        ClientRules found = known;
        if (found == null) {
            found = find();
            known = found;
        }
        return found != null && found.watch() ? found : null;
    }

    private @Nullable ClientRules find() {
        try {
            return rules.get();
        } catch (BeanCreationException failed) {
            if (failed.contains(BeanCurrentlyInCreationException.class)) {
                return null;
            }
            throw failed;
        } catch (IllegalStateException ended) {
            return null;
        }
    }
}
