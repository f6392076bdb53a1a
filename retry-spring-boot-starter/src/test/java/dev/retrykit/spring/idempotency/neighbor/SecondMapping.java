package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import reactor.core.publisher.Mono;

/** An application's own mapping and adapter beside Spring Boot's, without Spring Boot's interceptors. */
@Configuration(proxyBeanMethods = false)
class SecondMapping {

    @Bean
    static RequestMappingHandlerMapping ownMapping() {
        RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping() {
            @Override
            protected boolean isHandler(Class<?> type) {
                return Mapped.class.isAssignableFrom(type);
            }
        };
        mapping.setPathPrefixes(Map.of("/second", type -> true));
        mapping.setOrder(-1);
        return mapping;
    }

    @Bean
    static RequestMappingHandlerAdapter ownAdapter() {
        RequestMappingHandlerAdapter adapter = new RequestMappingHandlerAdapter() {
            @Override
            protected boolean supportsInternal(HandlerMethod handler) {
                return Mapped.class.isAssignableFrom(handler.getBeanType());
            }
        };
        adapter.setMessageConverters(List.of(new JacksonJsonHttpMessageConverter()));
        adapter.setOrder(-1);
        return adapter;
    }

    @RestController
    @RequestMapping("/own")
    static class Mapped {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }
}
