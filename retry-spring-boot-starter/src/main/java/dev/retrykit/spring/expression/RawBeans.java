package dev.retrykit.spring.expression;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Finds beans with annotated methods that were not post-processed, after all singletons have been created. */
final class RawBeans {

    private static final Log LOG = LogFactory.getLog(RawBeans.class);

    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean done;

    /** Records a bean that was post-processed. */
    void see(String beanName) {
        if (!done) {
            seen.add(beanName);
        }
    }

    /**
     * Warns of each bean that was not post-processed.
     *
     * @param needsProxy whether an object's class has annotated methods that require a proxy
     */
    void warn(ConfigurableListableBeanFactory beans, String annotations, Predicate<Object> needsProxy) {
        done = true;
        for (String name : beans.getSingletonNames()) {
            Object bean = seen.contains(name) ? null : beans.getSingleton(name);
            if (bean != null && needsProxy.test(bean)) {
                LOG.warn("Bean '" + name + "' has methods with " + annotations
                        + ", but no proxy, so the annotations have no effect: "
                        + MethodNames.simpleName(ClassUtils.getUserClass(bean)) + " "
                        + (beans.containsBeanDefinition(name)
                                ? "was created for a BeanPostProcessor or a BeanFactoryPostProcessor, before beans get"
                                        + " proxies. Inject it there as an ObjectProvider or with @Lazy, and access it"
                                        + " only when it is needed."
                                : "was registered as an existing object. Register a bean definition instead, such as"
                                        + " with @Bean or registerBean(name, type, supplier)."));
            }
        }
        seen.clear();
    }
}
