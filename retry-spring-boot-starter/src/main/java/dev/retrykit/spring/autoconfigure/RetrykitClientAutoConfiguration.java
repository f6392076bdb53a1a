package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.http.ClientRules;
import dev.retrykit.spring.http.KnownGroups;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.WrittenSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/** What all of Spring's HTTP clients share. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnClass(HttpServiceProxyRegistry.class)
@ConditionalOnBean(Retries.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitClientAutoConfiguration {

    RetrykitClientAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ClientRules retrykitClientRules(WrittenSettings settings, Retries retries) {
        return new ClientRules(settings, retries);
    }

    @Bean
    @ConditionalOnMissingBean
    KnownGroups retrykitKnownGroups(ClientRules rules, ObjectProvider<HttpServiceProxyRegistry> registries) {
        return new KnownGroups(rules, registries);
    }
}
