package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.blocking.RestClients;
import dev.retrykit.spring.client.blocking.RestTemplateBuilderPostProcessor;
import org.jspecify.annotations.Nullable;
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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/** Instruments {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces based on them. */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass({RestClientCustomizer.class, RestClientHttpServiceGroupConfigurer.class})
@ConditionalOnBean(ClientRules.class)
@Conditional({OnRetrykitEnabled.class, OnClientsWatched.class})
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class RetrykitRestClientAutoConfiguration {

    private final RestClients clients;

    RetrykitRestClientAutoConfiguration(RestClients clients) {
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
