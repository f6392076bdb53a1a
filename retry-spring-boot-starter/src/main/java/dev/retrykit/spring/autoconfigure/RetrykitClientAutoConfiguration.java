package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.HttpServiceGroupCheck;
import dev.retrykit.spring.client.blocking.RestClientPostProcessor;
import dev.retrykit.spring.client.blocking.RestClients;
import dev.retrykit.spring.client.reactive.WebClientPostProcessor;
import dev.retrykit.spring.client.reactive.WebClients;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/** Configures what all of Spring's HTTP clients share. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnClass(HttpServiceProxyRegistry.class)
@ConditionalOnBean(Retries.class)
@Conditional(OnRetrykitEnabled.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class RetrykitClientAutoConfiguration {

    RetrykitClientAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ClientRules retrykitClientRules(ConfiguredSettings settings, Retries retries) {
        return new ClientRules(settings, retries);
    }

    @Bean
    @ConditionalOnMissingBean
    HttpServiceGroupCheck retrykitKnownGroups(ClientRules rules, ObjectProvider<HttpServiceProxyRegistry> registries) {
        return new HttpServiceGroupCheck(rules, registries);
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ClientRulesSource retrykitClientRulesSource(ObjectProvider<ClientRules> rules) {
        return new ClientRulesSource(rules::getObject);
    }

    /** For blocking clients that are beans. Nothing is looked up or created until there is one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RestClient.class)
    @Conditional(OnClientsWatched.class)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static class Blocking {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static RestClients retrykitRestClients(ClientRulesSource rules) {
            return new RestClients(rules);
        }

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static RestClientPostProcessor retrykitRestClientPostProcessor(RestClients clients) {
            return new RestClientPostProcessor(clients);
        }
    }

    /** For reactive clients that are beans. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClient.class)
    @Conditional(OnClientsWatched.class)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static class Reactive {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebClients retrykitWebClients(ClientRulesSource rules) {
            return new WebClients(rules);
        }

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebClientPostProcessor retrykitWebClientPostProcessor(WebClients clients) {
            return new WebClientPostProcessor(clients);
        }
    }
}
