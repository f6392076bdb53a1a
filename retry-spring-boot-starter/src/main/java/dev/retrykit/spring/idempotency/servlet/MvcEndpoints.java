package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.ReturnKind;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Finds the endpoints at start, so that a wrong one stops the start and not a request. */
public final class MvcEndpoints implements EndpointSource {

    private static final Set<ReturnKind> POSSIBLE = EnumSet.complementOf(EnumSet.of(ReturnKind.STREAMING));

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    /** Of all mappings of an application. */
    public MvcEndpoints(Endpoints endpoints, ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.endpoints = endpoints;
        this.mappings = mappings;
    }

    @Override
    public void find() {
        mappings.forEach(mapping -> mapping.getHandlerMethods()
                .forEach((info, handler) ->
                        endpoints.add(handler, info.getMethodsCondition().getMethods(), POSSIBLE)));
        endpoints.warn();
    }
}
