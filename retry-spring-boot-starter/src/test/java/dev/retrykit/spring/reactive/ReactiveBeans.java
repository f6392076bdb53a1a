package dev.retrykit.spring.reactive;

import dev.retrykit.RetryContext;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.util.AopTestUtils;

/** Beans whose methods return publishers, on a clock that stands still. */
abstract class ReactiveBeans {

    static final Duration LONG = Duration.ofMinutes(1);

    final ApplicationContextRunner app = Apps.with("""
            retrykit:
              policies:
                pending: { retry-on-result: unready }
                partial: { retry-partial: true }
              circuits:
                inventory: { consecutive-failures: 2 }
            """)
            .withBean(
                    "unready",
                    ResultClassifier.class,
                    () -> result -> "pending".equals(result) ? Verdict.retryable() : null);

    /** Fails so often as it is told, and then works. */
    static class Dependency {

        final List<Integer> attempts = new ArrayList<>();
        final List<Throwable> thrown = new ArrayList<>();
        int failures = 2;
        int calls;

        String answer() throws ConnectException {
            attempts.add(RetryContext.current().map(RetryContext::attempt).orElse(0));
            if (attempts.size() <= failures) {
                ConnectException failure = new ConnectException("attempt " + attempts.size());
                thrown.add(failure);
                throw failure;
            }
            return "answer " + attempts.size();
        }
    }

    final <T> void with(Class<T> type, Use<T> use) {
        with(app, type, use);
    }

    static <T> void with(ApplicationContextRunner runner, Class<T> type, Use<T> use) {
        runner.withBean(type).run(context -> {
            T bean = context.getBean(type);
            use.of(bean, AopTestUtils.getTargetObject(bean), context.getBean(ManualTime.class));
        });
    }

    /** What a test does with a bean, what is behind its proxy, and its clock. */
    interface Use<T> {

        void of(T bean, T target, ManualTime time) throws Throwable;
    }

    static StopReason reasonOf(Throwable failure) {
        return List.of(failure.getSuppressed()).stream()
                .filter(RetryStopped.class::isInstance)
                .map(stopped -> ((RetryStopped) stopped).reason())
                .findFirst()
                .orElseThrow();
    }
}
