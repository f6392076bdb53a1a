package dev.retrykit.spring.autoconfigure;

import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.RetryListener;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.spring.aspect.MethodPlans;
import dev.retrykit.spring.aspect.RetryPostProcessor;
import dev.retrykit.spring.aspect.adapter.CallAdapters;
import dev.retrykit.spring.customize.CircuitCustomizer;
import dev.retrykit.spring.customize.PolicyCustomizer;
import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.failure.ClassifierBeans;
import dev.retrykit.spring.failure.http.StatusReader;
import dev.retrykit.spring.failure.http.StatusRules;
import dev.retrykit.spring.observe.ContextCarriers;
import dev.retrykit.spring.observe.RetryLog;
import dev.retrykit.spring.observe.StartupReport;
import dev.retrykit.spring.observe.layers.RetryingLayers;
import dev.retrykit.spring.registry.ClosingExecutor;
import dev.retrykit.spring.registry.PredicateBeans;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.registry.shutdown.RetryShutdown;
import dev.retrykit.spring.settings.AspectMode;
import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.FailureLines;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/** Configures the retry engine and its annotations. */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class)
@Conditional(OnRetrykitEnabled.class)
@Import(NamedBeansRegistrar.class)
public final class RetrykitAutoConfiguration {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String TASK_EXECUTOR = "applicationTaskExecutor";

    /**
     * After the auto-proxy creators, and before the post-processors for idempotency keys and for {@code @Async}, which
     * is last.
     */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 2;

    RetrykitAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    static InfrastructureRoles retrykitInfrastructureRoles() {
        return new InfrastructureRoles();
    }

    @Bean
    @ConditionalOnMissingBean
    TimeSource retrykitTimeSource() {
        return TimeSource.system();
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Primary
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    ConfiguredSettings retrykitSettings(ApplicationContext context) {
        return SettingsBinder.bind(context.getEnvironment(), context.getClassLoader(), LOG::warn);
    }

    @Bean
    @ConditionalOnMissingBean(name = "retrykitLog")
    RetryLog retrykitLog(TimeSource time, ApplicationContext context, ObjectProvider<Retries> retries) {
        return new RetryLog(time, executor(context), () -> retries.stream().anyMatch(Retries::isAnyShutDown));
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    StartupReport retrykitStartReport(Retries retries) {
        return new StartupReport(retries);
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    RetryingLayers retrykitRetryingLayers(Retries retries, ConfigurableApplicationContext context) {
        return new RetryingLayers(retries, context.getBeanFactory());
    }

    /** With several contexts, {@code @Primary} selects the bean of the closest one. */
    @Bean
    @Primary
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    Retries retrykitRetries(
            ConfiguredSettings settings,
            TimeSource time,
            ConfigurableApplicationContext context,
            ObjectProvider<ContextCarrier> carriers,
            ObjectProvider<AttemptObserver> observer,
            ObjectProvider<RetryListener> retryListeners,
            ObjectProvider<CircuitListener> circuitListeners,
            ObjectProvider<FailureClassifier> classifiers,
            ObjectProvider<StatusReader> statusReaders,
            ObjectProvider<PolicyCustomizer> policyCustomizers,
            ObjectProvider<CircuitCustomizer> circuitCustomizers) {
        boolean watched = settings.http().clients() != HttpSettings.Clients.NONE;
        PolicyCustomizer requests = (name, policy) -> policy.watchesRequests(watched);
        List<CircuitListener> told = circuitListeners.orderedStream().toList();
        List<FailureClassifier> beans =
                ClassifierBeans.named(classifiers.orderedStream().toList(), context);
        List<StatusReader> readers = statusReaders.orderedStream().toList();
        List<FailureClassifier> ofCauses = inOrder(beans, null);
        ofCauses.add(new StatusRules(readers, null, time::now).failures());
        FailureBook lines = FailureLines.read(settings, context.getClassLoader(), time::now, ofCauses, LOG::warn);
        return new Retries(
                settings,
                new EngineCollaborators(
                        time,
                        new ClosingExecutor(executor(context), context::isClosed, context.getClassLoader()),
                        new ContextCarriers(carriers.orderedStream().toList()),
                        observer.getIfUnique(),
                        retryListeners.orderedStream().toList(),
                        transition -> told.forEach(listener -> tell(listener, transition)),
                        inOrder(beans, lines),
                        readers,
                        BeanFactoryUtils.beansOfTypeIncludingAncestors(context, ResultClassifier.class),
                        BeanFactoryUtils.beansOfTypeIncludingAncestors(context, DelayFunction.class),
                        Stream.concat(Stream.of(requests), policyCustomizers.orderedStream())
                                .toList(),
                        circuitCustomizers.orderedStream().toList(),
                        PredicateBeans.of(context)),
                parent(context));
    }

    /** In this order: the application's classifiers, its lines of the failure book, this library's classifiers. */
    private static List<FailureClassifier> inOrder(List<FailureClassifier> beans, @Nullable FailureBook lines) {
        List<FailureClassifier> all = new ArrayList<>(beans);
        all.removeIf(KnownFailures.class::isInstance);
        if (lines != null) {
            all.add(lines);
        }
        beans.stream().filter(KnownFailures.class::isInstance).forEach(all::add);
        return all;
    }

    private static @Nullable Retries parent(ApplicationContext context) {
        ApplicationContext parent = context.getParent();
        return parent == null ? null : parent.getBeanProvider(Retries.class).getIfAvailable();
    }

    /** Only in the context that has retries of its own: those of a parent go on when its child closes. */
    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @ConditionalOnBean(value = Retries.class, search = SearchStrategy.CURRENT)
    RetryShutdown retrykitShutdown(Retries retries, ConfigurableApplicationContext context) {
        return new RetryShutdown(retries, context);
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    MethodPlans retrykitMethodPlans(
            Retries retries, ApplicationContext context, ObjectProvider<CallerTransaction> transaction) {
        CallAdapters forms =
                new CallAdapters(transaction.getIfUnique(() -> CallerTransaction.NONE), context.getClassLoader());
        return new MethodPlans(retries, text -> filled(text, context), forms, context, mode(context.getEnvironment()));
    }

    /** Resolves placeholders like {@code @Value}. One that remains unresolved is rejected here. */
    private static String filled(String text, ApplicationContext context) {
        String filled = context.getAutowireCapableBeanFactory() instanceof ConfigurableBeanFactory beans
                ? beans.resolveEmbeddedValue(text)
                : text;
        return context.getEnvironment().resolveRequiredPlaceholders(filled == null ? text : filled);
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RetryPostProcessor retrykitPostProcessor(ObjectProvider<MethodPlans> plans, Environment environment) {
        SingletonSupplier<MethodPlans> once = SingletonSupplier.of(plans::getObject);
        RetryPostProcessor processor = new RetryPostProcessor(once::obtain, order(environment), mode(environment));
        processor.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
        return processor;
    }

    static int order(Environment environment) {
        return early(environment, "retrykit.aspect.order", ORDER);
    }

    private static AspectMode mode(Environment environment) {
        return early(environment, "retrykit.aspect.mode", AspectMode.PROXY);
    }

    /**
     * Reads a value that is needed before the settings are bound. An invalid value is reported when they are bound,
     * with its origin and the rule.
     */
    @SuppressWarnings("unchecked")
    private static <T> T early(Environment environment, String key, T unset) {
        if (!environment.containsProperty(key)) {
            return unset;
        }
        return Binder.get(environment)
                .bind(key, Bindable.of((Class<T>) unset.getClass()), new IgnoreErrorsBindHandler())
                .orElse(unset);
    }

    /** Calls a listener. One that throws must not prevent those after it from being called. */
    private static void tell(CircuitListener listener, CircuitListener.Transition transition) {
        try {
            listener.onTransition(transition);
        } catch (RuntimeException failed) {
            LOG.debug("A circuit listener failed: " + listener.getClass().getName(), failed);
        }
    }

    /** Looks the executor up at the first retry, so that it is not created before the beans that customize it. */
    static Executor executor(ApplicationContext context) {
        return task -> {
            Executor executor = context.containsBean(TASK_EXECUTOR) ? taskExecutor(context) : ForkJoinPool.commonPool();
            executor.execute(task);
        };
    }

    /**
     * Rejects the task if the application has closed: the bean factory would create a new executor that nothing would
     * stop.
     */
    private static Executor taskExecutor(ApplicationContext context) {
        try {
            return context.getBean(TASK_EXECUTOR, Executor.class);
        } catch (IllegalStateException | BeanCreationNotAllowedException ended) {
            throw new RejectedExecutionException("the application has ended", ended);
        }
    }
}
