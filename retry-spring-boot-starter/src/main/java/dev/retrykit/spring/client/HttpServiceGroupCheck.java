package dev.retrykit.spring.client;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/**
 * Checks that the HTTP service groups of guards exist, because a guard of an unknown group would silently guard
 * nothing. A sliced application context of a test may have no HTTP services at all.
 */
public final class HttpServiceGroupCheck implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private final ClientRules rules;
    private final ObjectProvider<HttpServiceProxyRegistry> registries;

    /**
     * Creates the check.
     *
     * @param registries the registries with the known groups
     */
    public HttpServiceGroupCheck(ClientRules rules, ObjectProvider<HttpServiceProxyRegistry> registries) {
        this.rules = rules;
        this.registries = registries;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (rules.groups().isEmpty()) {
            return;
        }
        List<HttpServiceProxyRegistry> all = registries.stream().toList();
        if (all.isEmpty()) {
            LOG.warn("Guards under retrykit.http.guards name the HTTP service groups " + rules.groups()
                    + ", but this application has no HTTP services, so these guards have no effect.");
            return;
        }
        List<String> known = all.stream()
                .flatMap(registry -> registry.getGroupNames().stream())
                .toList();
        for (String group : rules.groups()) {
            if (!known.contains(group)) {
                throw new InvalidSettingException(
                        "A guard under retrykit.http.guards names the HTTP service group " + MessageText.quoted(group)
                                + ", which does not exist. " + SpellingMatcher.suggestion(group, known),
                        "Correct the group, or declare it with @ImportHttpServices(group = \""
                                + MessageText.line(group, 100) + "\", ...).");
            }
        }
    }
}
