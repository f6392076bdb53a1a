package dev.retrykit.spring.autoconfigure;

import dev.retrykit.Retry;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.spring.registry.Retries;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a {@link Retry} bean for each configured policy and a {@link Circuit} bean for each configured circuit, for
 * injection with {@code @Qualifier("name")}. They are not candidates for injection without the qualifier.
 */
final class NamedBeansRegistrar implements ImportBeanDefinitionRegistrar {

    private static final String SOURCE = "retrykitNamedBeans";

    private static final Bindable<Map<String, Object>> BY_NAME = Bindable.mapOf(String.class, Object.class);

    /** An invalid value is ignored here and reported when the settings are bound, with its origin and the rule. */
    private static final BindHandler LEFT_TO_THE_SETTINGS = new IgnoreErrorsBindHandler();

    private final Environment environment;

    NamedBeansRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        RootBeanDefinition source = new RootBeanDefinition(Source.class);
        source.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
        source.setLazyInit(true);
        registry.registerBeanDefinition(SOURCE, source);
        register(registry, "policies", Retry.class, "retry");
        register(registry, "circuits", Circuit.class, "circuit");
    }

    private void register(BeanDefinitionRegistry registry, String section, Class<?> type, String factoryMethod) {
        Map<String, Object> named = Binder.get(environment)
                .bind("retrykit." + section, BY_NAME, LEFT_TO_THE_SETTINGS)
                .orElse(Map.of());
        for (String name : named.keySet()) {
            if (name.contains(".")) {
                continue;
            }
            RootBeanDefinition definition = new RootBeanDefinition(type);
            definition.setFactoryBeanName(SOURCE);
            definition.setFactoryMethodName(factoryMethod);
            definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
            definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
            definition.setDefaultCandidate(false);
            definition.setLazyInit(true);
            registry.registerBeanDefinition("retrykit." + section + "." + name, definition);
        }
    }

    /** The source of the beans: the application's {@link Retries}, regardless of its bean name. */
    record Source(Retries retries) {

        Retry retry(String name) {
            return retries.get(name);
        }

        Circuit circuit(String name) {
            return retries.circuit(name);
        }
    }
}
