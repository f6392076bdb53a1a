package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.ReturnKind;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Finds the endpoints at start, so that a wrong one stops the start and not a request. */
public final class WebFluxEndpoints implements EndpointSource {

    static final Set<ReturnKind> POSSIBLE = EnumSet.of(ReturnKind.DEFERRED);

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    /** Of all mappings of an application. */
    public WebFluxEndpoints(Endpoints endpoints, ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.endpoints = endpoints;
        this.mappings = mappings;
    }

    @Override
    public void find() {
        mappings.forEach(mapping -> mapping.getHandlerMethods()
                .forEach((info, handler) -> endpoints.add(
                        new Endpoints.Mapping(
                                handler, info.getMethodsCondition().getMethods(), ""),
                        POSSIBLE)));
        endpoints.report();
    }
}
