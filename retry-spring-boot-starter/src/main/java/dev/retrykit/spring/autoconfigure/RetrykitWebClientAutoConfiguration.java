package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.http.ClientRules;
import dev.retrykit.spring.http.reactive.GuardFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/** {@code WebClient}, and HTTP service interfaces over it. */
@AutoConfiguration(after = RetrykitClientAutoConfiguration.class)
@ConditionalOnClass({WebClientCustomizer.class, WebClientHttpServiceGroupConfigurer.class})
@ConditionalOnBean(ClientRules.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitWebClientAutoConfiguration {

    private final ObjectProvider<ClientRules> rules;

    RetrykitWebClientAutoConfiguration(ObjectProvider<ClientRules> rules) {
        this.rules = rules;
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "retrykitWebClientGuard")
    WebClientCustomizer retrykitWebClientGuard() {
        return builder -> guard(builder, null);
    }

    /** After Spring Boot's own, by which the customizer above has guarded the client as one of no group. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitWebClientGroups")
    WebClientHttpServiceGroupConfigurer retrykitWebClientGroups() {
        return groups -> groups.forEachClient((group, builder) -> guard(builder, group.name()));
    }

    private void guard(WebClient.Builder builder, @Nullable String group) {
        if (rules.getObject().watch()) {
            builder.filters(filters -> {
                filters.removeIf(GuardFilter.class::isInstance);
                filters.add(0, new GuardFilter(rules.getObject(), group));
            });
        }
    }
}
