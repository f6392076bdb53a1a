package dev.retrykit.spring.client.blocking;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** Instruments each {@code RestClient}, builder and {@code RestTemplate} bean. Runs before proxies are created. */
public final class RestClientPostProcessor implements BeanPostProcessor, PriorityOrdered, SmartLifecycle {

    private static final String PACKAGE = "org.springframework.web.client.";

    private final RestClients clients;

    private final Set<RestTemplate> templates =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile boolean running;

    /** Creates the post-processor before any client. */
    public RestClientPostProcessor(RestClients clients) {
        this.clients = clients;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        // by name, so that an application without clients loads none of their classes
        return isSpringsOwn(bean.getClass()) ? watched(bean) : bean;
    }

    private static boolean isSpringsOwn(Class<?> bean) {
        for (Class<?> type = bean; type != null && type != Object.class; type = type.getSuperclass()) {
            if (type.getName().startsWith(PACKAGE)) {
                return true;
            }
        }
        return false;
    }

    private Object watched(Object bean) {
        if (bean instanceof RestTemplate template) {
            clients.watch(template);
            templates.add(template);
            return bean;
        }
        if (bean instanceof RestClient client) {
            return clients.watched(client);
        }
        return bean instanceof RestClient.Builder builder ? clients.watched(builder) : bean;
    }

    /** Moves the guard in front of interceptors that templates have received since their creation. */
    @Override
    public void start() {
        running = true;
        synchronized (templates) {
            templates.forEach(clients::watch);
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
