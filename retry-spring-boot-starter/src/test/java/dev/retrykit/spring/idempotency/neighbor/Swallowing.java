package dev.retrykit.spring.idempotency.neighbor;

import java.util.concurrent.CompletableFuture;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;
import reactor.core.publisher.Mono;

/** An application's aspect around everything else, which answers for what controllers throw. */
@Configuration(proxyBeanMethods = false)
class Swallowing {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE) // without AspectJ's weaver no other is looked at
    static Advisor outermost() {
        MethodInterceptor advice = invocation -> {
            try {
                return later(invocation.proceed());
            } catch (RuntimeException failure) {
                return sorry(invocation.getMethod().getReturnType());
            }
        };
        DefaultPointcutAdvisor advisor =
                new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(Advised.class, true), advice);
        advisor.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return advisor;
    }

    private static @Nullable Object later(@Nullable Object returned) {
        if (returned instanceof Mono<?> mono) {
            return mono.cast(Object.class).onErrorReturn(RuntimeException.class, sorry());
        }
        if (returned instanceof CompletableFuture<?> stage) {
            return stage.thenApply(Object.class::cast).exceptionally(failure -> sorry());
        }
        return returned;
    }

    private static ResponseEntity<Object> sorry() {
        return ResponseEntity.status(503).body("sorry");
    }

    private static Object sorry(Class<?> type) {
        ResponseEntity<Object> sorry = sorry();
        if (type == CompletableFuture.class) {
            return CompletableFuture.completedFuture(sorry);
        }
        if (type == DeferredResult.class) {
            return Ledger.deferred(CompletableFuture.completedFuture(sorry));
        }
        return type == Mono.class ? Mono.just(sorry) : sorry;
    }
}
