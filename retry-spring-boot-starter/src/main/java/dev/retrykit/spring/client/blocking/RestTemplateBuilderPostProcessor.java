package dev.retrykit.spring.client.blocking;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/** Instruments the templates of Spring Boot's template builders, including builders that the application declares. */
public final class RestTemplateBuilderPostProcessor implements BeanPostProcessor, PriorityOrdered {

    private static final String TYPE = "org.springframework.boot.restclient.RestTemplateBuilder";

    private final RestClients clients;

    /** Creates the post-processor before any builder. */
    public RestTemplateBuilderPostProcessor(RestClients clients) {
        this.clients = clients;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return bean.getClass().getName().equals(TYPE) && bean instanceof RestTemplateBuilder builder
                ? builder.additionalCustomizers(clients::watch)
                : bean;
    }
}
