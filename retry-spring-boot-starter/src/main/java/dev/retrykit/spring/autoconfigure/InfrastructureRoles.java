package dev.retrykit.spring.autoconfigure;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/**
 * Marks the starter's beans as infrastructure, so that Spring does not warn about those that post-processors need
 * early.
 */
final class InfrastructureRoles implements BeanFactoryPostProcessor {

    private static final String CLASSES = InfrastructureRoles.class.getPackageName() + ".Retrykit";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanDefinitionNames()) {
            if (beans.getBeanDefinition(name) instanceof AbstractBeanDefinition definition && isOurs(definition)) {
                definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
            }
        }
    }

    private static boolean isOurs(AbstractBeanDefinition definition) {
        String owner = definition.getFactoryBeanName() == null
                ? definition.getBeanClassName()
                : definition.getFactoryBeanName();
        return owner != null && owner.startsWith(CLASSES);
    }
}
