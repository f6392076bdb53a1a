package dev.retrykit.spring.client;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;

/**
 * Where clients get the rules for their requests. The first request asks for them, not the client: a client may be made
 * before what the rules depend on, and may itself be a dependency of that.
 */
public final class ClientRulesSource {

    private final Supplier<ClientRules> rules;
    private volatile @Nullable ClientRules known;

    /**
     * Asks nothing yet.
     *
     * @param rules makes the rules, or finds them
     */
    public ClientRulesSource(Supplier<ClientRules> rules) {
        this.rules = rules;
    }

    /**
     * The rules.
     *
     * @return null if requests are not to be touched: the settings say so, or the rules are still being made, or the
     *     application has ended
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
