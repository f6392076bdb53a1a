package dev.retrykit.spring.client.reactive;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.reactive.function.client.WebClient;

/** Instruments each {@code WebClient} and builder bean. Runs before proxies are created. */
public final class WebClientPostProcessor implements BeanPostProcessor, PriorityOrdered {

    private static final String PACKAGE = "org.springframework.web.reactive.function.client.";

    private final WebClients clients;

    /** Creates the post-processor before any client. */
    public WebClientPostProcessor(WebClients clients) {
        this.clients = clients;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        // by name, so that an application without clients loads none of their classes
        if (!bean.getClass().getName().startsWith(PACKAGE)) {
            return bean;
        }
        if (bean instanceof WebClient client) {
            return clients.watched(client);
        }
        return bean instanceof WebClient.Builder builder ? clients.watched(builder) : bean;
    }
}
