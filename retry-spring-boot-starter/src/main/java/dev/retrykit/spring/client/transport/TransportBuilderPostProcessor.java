package dev.retrykit.spring.client.transport;

import java.util.Map;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Applies the starter's customizers to transport builders that the application declares. The builders keep their types.
 */
public final class TransportBuilderPostProcessor implements BeanPostProcessor, PriorityOrdered {

    private static final String BOOT = "org.springframework.boot.";

    private static final String PACKAGE = BOOT + "http.client.";

    private static final Map<String, String> CUSTOMIZERS = Map.of(
            PACKAGE + "HttpComponentsClientHttpRequestFactoryBuilder",
            "retrykitHttpComponents",
            PACKAGE + "reactive.HttpComponentsClientHttpConnectorBuilder",
            "retrykitHttpComponentsConnector",
            PACKAGE + "ReactorClientHttpRequestFactoryBuilder",
            "retrykitReactorNetty",
            PACKAGE + "reactive.ReactorClientHttpConnectorBuilder",
            "retrykitReactorNettyConnector",
            PACKAGE + "JettyClientHttpRequestFactoryBuilder",
            "retrykitJetty",
            PACKAGE + "reactive.JettyClientHttpConnectorBuilder",
            "retrykitJettyConnector");

    /** Bean to which Spring Boot has applied the customizers. */
    private static final String BOOTS_OWN = "clientHttpConnectorBuilder";

    private final ConfigurableListableBeanFactory beans;

    /** Created before any builder. */
    public TransportBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        String customizer = CUSTOMIZERS.get(bean.getClass().getName());
        if (customizer == null || isBootsOwn(beanName) || !beans.containsBean(customizer)) {
            return bean;
        }
        return customized(bean, beans.getBean(customizer));
    }

    @SuppressWarnings("unchecked") // the name determines the type of a customizer
    private static Object customized(Object builder, Object customizer) {
        if (customizer instanceof ClientHttpRequestFactoryBuilderCustomizer<?> blocking) {
            return ((ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>>) blocking)
                    .customize((ClientHttpRequestFactoryBuilder<?>) builder);
        }
        return customizer instanceof ClientHttpConnectorBuilderCustomizer<?> reactive
                ? ((ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>>) reactive)
                        .customize((ClientHttpConnectorBuilder<?>) builder)
                : builder;
    }

    private boolean isBootsOwn(String beanName) {
        if (!beans.containsBeanDefinition(beanName)) {
            return false;
        }
        BeanDefinition definition = beans.getMergedBeanDefinition(beanName);
        String factory = definition.getFactoryBeanName();
        // a bean processed ahead of time has no factory
        return factory == null ? beanName.equals(BOOTS_OWN) : factory.startsWith(BOOT);
    }
}
