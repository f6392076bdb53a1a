package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.http.ClientRules;
import dev.retrykit.spring.http.blocking.GuardInterceptor;
import dev.retrykit.spring.http.blocking.WatchedRequestFactory;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/** {@code RestClient}, {@code RestTemplate}, and HTTP service interfaces over them. */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass({RestClientCustomizer.class, RestClientHttpServiceGroupConfigurer.class})
@ConditionalOnBean(ClientRules.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitRestClientAutoConfiguration {

    private final ObjectProvider<ClientRules> rules;
    private final Executor executor;

    RetrykitRestClientAutoConfiguration(ObjectProvider<ClientRules> rules, ApplicationContext context) {
        this.rules = rules;
        this.executor = RetrykitAutoConfiguration.executor(context);
    }

    /** The last: what is watched must be what all others have made of it. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "retrykitRequestWatch")
    ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> retrykitRequestWatch() {
        return builder -> rules.getObject().watch() ? watched(builder) : builder;
    }

    private ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> watched(
            ClientHttpRequestFactoryBuilder<?> builder) {
        return settings -> new WatchedRequestFactory(builder.build(settings), mayRedirect(settings), rules.getObject());
    }

    private static boolean mayRedirect(@Nullable HttpClientSettings settings) {
        return settings == null || settings.redirects() != HttpRedirects.DONT_FOLLOW;
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "retrykitRestClientGuard")
    RestClientCustomizer retrykitRestClientGuard() {
        return builder -> guard(builder, null);
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "retrykitRestTemplateGuard")
    RestTemplateCustomizer retrykitRestTemplateGuard() {
        return template -> {
            if (rules.getObject().hold()) {
                template.getInterceptors().add(0, new GuardInterceptor(rules.getObject(), null, executor));
            }
        };
    }

    /** After Spring Boot's own, by which the customizer above has guarded the client as one of no group. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitRestClientGroups")
    RestClientHttpServiceGroupConfigurer retrykitRestClientGroups() {
        return groups -> groups.forEachClient((group, builder) -> guard(builder, group.name()));
    }

    private void guard(RestClient.Builder builder, @Nullable String group) {
        if (rules.getObject().hold()) {
            builder.requestInterceptors(interceptors -> {
                interceptors.removeIf(RetrykitRestClientAutoConfiguration::isGuard);
                interceptors.add(0, new GuardInterceptor(rules.getObject(), group, executor));
            });
        }
    }

    private static boolean isGuard(ClientHttpRequestInterceptor interceptor) {
        return interceptor instanceof GuardInterceptor;
    }
}
