package dev.retrykit.spring.expression;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Finds beans that no post-processor has seen although they have annotated methods, once all singletons are made. */
final class RawBeans {

    private static final Log LOG = LogFactory.getLog(RawBeans.class);

    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean done;

    /** A bean has been seen. */
    void see(String beanName) {
        if (!done) {
            seen.add(beanName);
        }
    }

    /**
     * Warns of each bean that hasn't been seen.
     *
     * @param needsProxy whether the class of an object has annotated methods that only a proxy can serve
     */
    void warn(ConfigurableListableBeanFactory beans, String annotations, Predicate<Object> needsProxy) {
        done = true;
        for (String name : beans.getSingletonNames()) {
            Object bean = seen.contains(name) ? null : beans.getSingleton(name);
            if (bean != null && needsProxy.test(bean)) {
                LOG.warn("Bean '" + name + "' has methods with " + annotations
                        + ", but no proxy, so they are just called: "
                        + MethodNames.simpleName(ClassUtils.getUserClass(bean)) + " "
                        + (beans.containsBeanDefinition(name)
                                ? "was made for a BeanPostProcessor or a BeanFactoryPostProcessor, before beans get"
                                        + " proxies. Inject it there as an ObjectProvider or with @Lazy, and ask for it"
                                        + " when it is needed."
                                : "was registered as a finished object. Register a bean definition in its place, as with"
                                        + " @Bean or registerBean(name, type, supplier)."));
            }
        }
        seen.clear();
    }
}
