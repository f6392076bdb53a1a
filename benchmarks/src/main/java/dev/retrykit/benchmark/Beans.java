package dev.retrykit.benchmark;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.retry.annotation.Retry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.retry.annotation.EnableRetry;

/** Applications with one annotated bean each, and no library in them but the one that it is for. */
final class Beans {

    private static final List<String> LIBRARIES = List.of("dev.retrykit.", "io.github.resilience4j.");

    private Beans() {}

    static Guarded retrykit() {
        return bean(Ours.class, Guarded.class, "dev.retrykit.", false);
    }

    static Guarded retrykitWithPrometheus() {
        return bean(Ours.class, Guarded.class, "dev.retrykit.", true);
    }

    static Resilient springFramework() {
        return bean(SpringFramework.class, Resilient.class, "none", false);
    }

    static Retried springRetry() {
        return bean(SpringRetry.class, Retried.class, "none", false);
    }

    static Resilience4j resilience4j() {
        return bean(Resilience4js.class, Resilience4j.class, "io.github.resilience4j.", false);
    }

    private static <T> T bean(Class<?> application, Class<T> bean, String library, boolean prometheus) {
        List<String> settings = new ArrayList<>(List.of(
                "--spring.main.web-application-type=none",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--management.defaults.metrics.export.enabled=" + prometheus,
                "--spring.autoconfigure.exclude=" + String.join(",", othersThan(library))));
        return new SpringApplication(application)
                .run(settings.toArray(new String[0]))
                .getBean(bean);
    }

    private static List<String> othersThan(String library) {
        return StreamSupport.stream(
                        ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
                .filter(name -> LIBRARIES.stream().anyMatch(name::startsWith))
                .filter(name -> !name.startsWith(library))
                .toList();
    }

    /** What a proxy costs that does nothing. */
    static Plain proxied() {
        ProxyFactory factory = new ProxyFactory(new Plain());
        factory.setProxyTargetClass(true);
        factory.addAdvice((MethodInterceptor) MethodInvocation::proceed);
        return (Plain) factory.getProxy();
    }

    /** Without any annotation. */
    static class Plain {

        private String result = "result";

        public String call() {
            return result;
        }
    }

    /** Ours, with both. */
    static class Guarded extends Plain {

        @Override
        @Retryable
        @CircuitGuarded
        public String call() {
            return super.call();
        }

        @Retryable
        public String retried() {
            return super.call();
        }
    }

    /** Spring Framework 7. */
    static class Resilient extends Plain {

        @Override
        @org.springframework.resilience.annotation.Retryable
        public String call() {
            return super.call();
        }
    }

    /** spring-retry. */
    static class Retried extends Plain {

        @Override
        @org.springframework.retry.annotation.Retryable
        public String call() {
            return super.call();
        }
    }

    /** Resilience4j, with both. */
    static class Resilience4j extends Plain {

        @Override
        @Retry(name = "call")
        @CircuitBreaker(name = "call")
        public String call() {
            return super.call();
        }
    }

    @EnableAutoConfiguration
    @Import(Guarded.class)
    static class Ours {}

    @EnableAutoConfiguration
    @EnableResilientMethods
    @Import(Resilient.class)
    static class SpringFramework {}

    @EnableAutoConfiguration
    @EnableRetry
    @Import(Retried.class)
    static class SpringRetry {}

    @EnableAutoConfiguration
    @Import(Resilience4j.class)
    static class Resilience4js {}
}
