package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.ReturnKind;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Finds the endpoints at start, so that a wrong one stops the start and not a request. */
public final class WebFluxEndpoints implements EndpointSource {

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private final ApplicationContext context;

    /** Of all mappings of an application. */
    public WebFluxEndpoints(
            Endpoints endpoints, ObjectProvider<RequestMappingHandlerMapping> mappings, ApplicationContext context) {
        this.endpoints = endpoints;
        this.mappings = mappings;
        this.context = context;
    }

    @Override
    public void find() {
        mappings.forEach(mapping -> mapping.getHandlerMethods()
                .forEach((info, handler) -> endpoints.add(
                        handler.getMethod(),
                        handler.getBeanType(),
                        () -> bean(handler),
                        info.getMethodsCondition().getMethods().stream()
                                .map(Enum::name)
                                .toList(),
                        WebFluxEndpoints::complaint)));
        endpoints.warn();
    }

    private static @Nullable String complaint(ReturnKind kind) {
        return switch (kind) {
            case DEFERRED -> null;
            case STREAMING -> "a streamed answer is never there as a whole, so it can't be kept.";
            case PLAIN, ASYNCHRONOUS -> "in WebFlux which request it is called for is known to a Mono alone.";
        };
    }

    private Object bean(HandlerMethod handler) {
        return handler.getBean() instanceof String name ? context.getBean(name) : handler.getBean();
    }
}
