package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.http.ClientRules;
import dev.retrykit.spring.http.HttpComponentsTransport;
import dev.retrykit.spring.http.JettyCommits;
import dev.retrykit.spring.http.ReactorRedirects;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
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
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What transports do by themselves: in an attempt they make one request. What an application sets comes after it. */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass(ClientHttpRequestFactoryBuilderCustomizer.class)
@ConditionalOnBean(ClientRules.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitTransportAutoConfiguration {

    RetrykitTransportAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DefaultHttpRequestRetryStrategy.class)
    static class HttpComponents {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitHttpComponents")
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> retrykitHttpComponents(
                ObjectProvider<ClientRules> rules) {
            return builder -> {
                if (!rules.getObject().watch()) {
                    return builder;
                }
                HttpComponentsTransport transport = new HttpComponentsTransport();
                return builder.withConnectionManagerCustomizer(transport::customize)
                        .withHttpClientCustomizer(transport::customize);
            };
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitHttpComponentsConnector")
        ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> retrykitHttpComponentsConnector(
                ObjectProvider<ClientRules> rules) {
            return builder -> {
                if (!rules.getObject().watch()) {
                    return builder;
                }
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
        ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> retrykitReactorNetty(
                ObjectProvider<ClientRules> rules) {
            return builder ->
                    rules.getObject().watch() ? builder.withHttpClientCustomizer(ReactorRedirects::customize) : builder;
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitReactorNettyConnector")
        ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> retrykitReactorNettyConnector(
                ObjectProvider<ClientRules> rules) {
            return builder ->
                    rules.getObject().watch() ? builder.withHttpClientCustomizer(ReactorRedirects::customize) : builder;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(org.eclipse.jetty.client.HttpClient.class)
    static class Jetty {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitJetty")
        ClientHttpRequestFactoryBuilderCustomizer<JettyClientHttpRequestFactoryBuilder> retrykitJetty(
                ObjectProvider<ClientRules> rules) {
            return builder ->
                    rules.getObject().watch() ? builder.withHttpClientCustomizer(JettyCommits::customize) : builder;
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "retrykitJettyConnector")
        ClientHttpConnectorBuilderCustomizer<JettyClientHttpConnectorBuilder> retrykitJettyConnector(
                ObjectProvider<ClientRules> rules) {
            return builder ->
                    rules.getObject().watch() ? builder.withHttpClientCustomizer(JettyCommits::customize) : builder;
        }
    }
}
