package dev.retrykit.spring.client.blocking;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/** Has what Spring Boot's template builders build watched, those that the application declares too. */
public final class RestTemplateBuilderPostProcessor implements BeanPostProcessor, PriorityOrdered {

    private static final String TYPE = "org.springframework.boot.restclient.RestTemplateBuilder";

    private final RestClients clients;

    /** Before any builder is made. */
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
