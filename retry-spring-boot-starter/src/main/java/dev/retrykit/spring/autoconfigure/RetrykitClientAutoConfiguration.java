package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.HttpServiceGroupCheck;
import dev.retrykit.spring.client.blocking.RestClientPostProcessor;
import dev.retrykit.spring.client.blocking.RestClients;
import dev.retrykit.spring.client.blocking.RestTemplateBuilderPostProcessor;
import dev.retrykit.spring.client.reactive.WebClientPostProcessor;
import dev.retrykit.spring.client.reactive.WebClients;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/**
 * Instruments Spring's HTTP clients, and HTTP service interfaces based on them. First the clients that are beans, then
 * the builders of Spring Boot.
 */
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

    /** For reactive clients that are beans. Nothing is looked up or created until there is one. */
    @Configuration(proxyBeanMethods = false)
    @Order(1)
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

    /** For blocking clients that are beans. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
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

    /** For {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces based on them. */
    @Configuration(proxyBeanMethods = false)
    @Order(3)
    @ConditionalOnClass({RestClientCustomizer.class, RestClientHttpServiceGroupConfigurer.class})
    @Conditional(OnClientsWatched.class)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static class BlockingBuilders {

        private final RestClients clients;

        BlockingBuilders(RestClients clients) {
            this.clients = clients;
        }

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static RestTemplateBuilderPostProcessor retrykitRestTemplateBuilderPostProcessor(RestClients clients) {
            return new RestTemplateBuilderPostProcessor(clients);
        }

        /** Last, so that it instruments the result of all other customizers. */
        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitRequestWatch")
        ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> retrykitRequestWatch() {
            return this::watched;
        }

        private ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> watched(
                ClientHttpRequestFactoryBuilder<?> builder) {
            return settings -> clients.watched(builder.build(settings), mayRedirect(settings));
        }

        private static boolean mayRedirect(@Nullable HttpClientSettings settings) {
            return settings == null || settings.redirects() != HttpRedirects.DONT_FOLLOW;
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitRestClientGuard")
        RestClientCustomizer retrykitRestClientGuard() {
            return builder -> clients.watch(builder, null);
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitRestTemplateGuard")
        RestTemplateCustomizer retrykitRestTemplateGuard() {
            return clients::watch;
        }

        /**
         * After Spring Boot's own configurer, through which the customizer above has instrumented the client without its
         * group.
         */
        @Bean
        @ConditionalOnMissingBean(name = "retrykitRestClientGroups")
        RestClientHttpServiceGroupConfigurer retrykitRestClientGroups() {
            return groups -> groups.forEachClient((group, builder) -> clients.watch(builder, group.name()));
        }
    }

    /** For {@code WebClient}, and HTTP service interfaces based on it. */
    @Configuration(proxyBeanMethods = false)
    @Order(4)
    @ConditionalOnClass({WebClientCustomizer.class, WebClientHttpServiceGroupConfigurer.class})
    @Conditional(OnClientsWatched.class)
    static class ReactiveBuilders {

        private final WebClients clients;

        ReactiveBuilders(WebClients clients) {
            this.clients = clients;
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitWebClientGuard")
        WebClientCustomizer retrykitWebClientGuard() {
            return builder -> clients.watch(builder, null);
        }

        /**
         * After Spring Boot's own configurer, through which the customizer above has instrumented the client without
         * its group.
         */
        @Bean
        @ConditionalOnMissingBean(name = "retrykitWebClientGroups")
        WebClientHttpServiceGroupConfigurer retrykitWebClientGroups() {
            return groups -> groups.forEachClient((group, builder) -> clients.watch(builder, group.name()));
        }
    }
}
