package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.transport.HttpComponentsTransport;
import dev.retrykit.spring.client.transport.JettyRequestTracker;
import dev.retrykit.spring.client.transport.ReactorRedirects;
import dev.retrykit.spring.client.transport.TransportBuilderPostProcessor;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Switches off the transports' own retries, so that an attempt makes one request. Settings of the application override
 * this.
 */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass(ClientHttpRequestFactoryBuilderCustomizer.class)
@ConditionalOnBean(ClientRules.class)
@Conditional({OnRetrykitEnabled.class, OnClientsWatched.class})
public final class RetrykitTransportAutoConfiguration {

    RetrykitTransportAutoConfiguration() {}

    /** For builders of the application: Spring Boot applies customizers only to its own. */
    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static TransportBuilderPostProcessor retrykitOwnBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
        return new TransportBuilderPostProcessor(beans);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DefaultHttpRequestRetryStrategy.class)
    static class HttpComponents {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitHttpComponents")
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder>
                retrykitHttpComponents() {
            return builder -> {
                HttpComponentsTransport transport = new HttpComponentsTransport();
                return builder.withConnectionManagerCustomizer(transport::customize)
                        .withHttpClientCustomizer(transport::customize);
            };
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitHttpComponentsConnector")
        ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder>
                retrykitHttpComponentsConnector() {
            return builder -> {
                HttpComponentsTransport transport = new HttpComponentsTransport();
                return builder.withConnectionManagerCustomizer(transport::customize)
                        .withHttpClientCustomizer(transport::customize);
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(reactor.netty.http.client.HttpClient.class)
    static class ReactorNetty {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitReactorNetty")
        ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> retrykitReactorNetty() {
            return builder -> builder.withHttpClientCustomizer(ReactorRedirects::customize);
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitReactorNettyConnector")
        ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> retrykitReactorNettyConnector() {
            return builder -> builder.withHttpClientCustomizer(ReactorRedirects::customize);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(org.eclipse.jetty.client.HttpClient.class)
    static class Jetty {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitJetty")
        ClientHttpRequestFactoryBuilderCustomizer<JettyClientHttpRequestFactoryBuilder> retrykitJetty() {
            return builder -> builder.withHttpClientCustomizer(JettyRequestTracker::customize);
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitJettyConnector")
        ClientHttpConnectorBuilderCustomizer<JettyClientHttpConnectorBuilder> retrykitJettyConnector() {
            return builder -> builder.withHttpClientCustomizer(JettyRequestTracker::customize);
        }
    }
}
