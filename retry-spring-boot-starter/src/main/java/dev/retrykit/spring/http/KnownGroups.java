package dev.retrykit.spring.http;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.Texts;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/** Looks whether the HTTP service groups exist that guards are for: one for none would guard nothing, without a word. */
public final class KnownGroups implements SmartInitializingSingleton {

    private final ClientRules rules;
    private final ObjectProvider<HttpServiceProxyRegistry> registries;

    /**
     * Hasn't looked yet.
     *
     * @param registries know the groups
     */
    public KnownGroups(ClientRules rules, ObjectProvider<HttpServiceProxyRegistry> registries) {
        this.rules = rules;
        this.registries = registries;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (rules.groups().isEmpty()) {
            return;
        }
        List<String> known = registries.stream()
                .flatMap(registry -> registry.getGroupNames().stream())
                .toList();
        for (String group : rules.groups()) {
            if (!known.contains(group)) {
                throw new InvalidSettingException(
                        "A guard under retrykit.http.guards is for the HTTP service group " + Texts.quoted(group)
                                + ", which there isn't. " + Names.suggestion(group, known),
                        "Correct the group, or declare it with @ImportHttpServices(group = \"" + Texts.line(group, 100)
                                + "\", ...).");
            }
        }
    }
}
