package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.reactive.WebClients;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/** Instruments {@code WebClient}, and HTTP service interfaces based on it. */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass({WebClientCustomizer.class, WebClientHttpServiceGroupConfigurer.class})
@ConditionalOnBean(ClientRules.class)
@Conditional({OnRetrykitEnabled.class, OnClientsWatched.class})
public final class RetrykitWebClientAutoConfiguration {

    private final WebClients clients;

    RetrykitWebClientAutoConfiguration(WebClients clients) {
        this.clients = clients;
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "retrykitWebClientGuard")
    WebClientCustomizer retrykitWebClientGuard() {
        return builder -> clients.watch(builder, null);
    }

    /**
     * After Spring Boot's own configurer, through which the customizer above has instrumented the client without its
     * group.
     */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitWebClientGroups")
    WebClientHttpServiceGroupConfigurer retrykitWebClientGroups() {
        return groups -> groups.forEachClient((group, builder) -> clients.watch(builder, group.name()));
    }
}
