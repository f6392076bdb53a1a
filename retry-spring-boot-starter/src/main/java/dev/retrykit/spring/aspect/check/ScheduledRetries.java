package dev.retrykit.spring.aspect.check;

import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.settings.Durations;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;

/** Warns of scheduled methods whose delays block the only thread of the scheduler, so that all other jobs wait. */
public final class ScheduledRetries {

    private static final Log LOG = LogFactory.getLog(ScheduledRetries.class);

    private static final Duration LONG = Duration.ofSeconds(1);

    private ScheduledRetries() {}

    public static void warn(Method method, String readable, PolicyEntry policy, BeanFactory beans) {
        Duration waits = waits(policy.policy());
        if (waits.compareTo(LONG) > 0 && holdsItsThread(method) && hasOneThread(beans)) {
            LOG.warn(readable + " is @Scheduled, and the delays of its policy '" + policy.name()
                    + "' block its thread for up to "
                    + Durations.text(waits) + ". The scheduler has one thread, so all other jobs wait that long. Set"
                    + " spring.task.scheduling.pool.size to the number of jobs, use virtual threads (JDK 21), or"
                    + " shorten the delays.");
        }
    }

    /** The total delay of a call whose attempts all fail at once, without any Retry-After. */
    private static Duration waits(RetryPolicy policy) {
        long most = policy.timeBudget().compareTo(Duration.ofDays(1)) > 0
                ? Duration.ofDays(1).toNanos()
                : policy.timeBudget().toNanos();
        long sum = 0;
        long delay = 0;
        Random random = new Random(0);
        for (int retry = 1; retry < policy.maxAttempts() && sum < most && retry < 1000; retry++) {
            delay = policy.backoff().delayNanos(retry, Jitter.NONE, delay, random);
            sum += Math.min(delay, most);
        }
        return Duration.ofNanos(Math.min(sum, most));
    }

    private static boolean holdsItsThread(Method method) {
        Scheduled scheduled = AnnotatedElementUtils.findMergedAnnotation(method, Scheduled.class);
        Class<?> returned = method.getReturnType();
        return scheduled != null
                && scheduled.scheduler().isEmpty()
                && !AnnotatedElementUtils.hasAnnotation(method, Async.class)
                && !Future.class.isAssignableFrom(returned)
                && ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned) == null;
    }

    /**
     * Whether the scheduler has one thread. True for Spring's default, and for Spring Boot's unless configured
     * otherwise; unknown for the application's own.
     */
    private static boolean hasOneThread(BeanFactory beans) {
        BeanFactory all = beans instanceof ApplicationContext context ? context.getAutowireCapableBeanFactory() : beans;
        if (!(all instanceof ConfigurableListableBeanFactory factory)) {
            return false;
        }
        Environment environment = beans.getBean(Environment.class);
        for (String scheduler : factory.getBeanNamesForType(TaskScheduler.class, true, false)) {
            String owner = factory.containsBeanDefinition(scheduler)
                    ? factory.getBeanDefinition(scheduler).getFactoryBeanName()
                    : null;
            if (owner == null || !owner.startsWith("org.springframework.boot.")) {
                return false;
            }
        }
        return !Threading.VIRTUAL.isActive(environment)
                && environment.getProperty("spring.task.scheduling.pool.size", Integer.class, 1) == 1;
    }
}
