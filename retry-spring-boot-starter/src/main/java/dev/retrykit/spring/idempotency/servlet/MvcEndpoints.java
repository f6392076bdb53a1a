package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.ReturnKind;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.RequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Finds the endpoints at startup, so that a wrong one stops the start and not a request. */
public final class MvcEndpoints implements EndpointSource {

    static final Set<ReturnKind> POSSIBLE = EnumSet.complementOf(EnumSet.of(ReturnKind.STREAMING));

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

    /** Of all mappings of an application. */
    public MvcEndpoints(Endpoints endpoints, ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
        this.endpoints = endpoints;
        this.mappings = mappings;
    }

    @Override
    public void find() {
        mappings.forEach(mapping -> mapping.getHandlerMethods()
                .forEach((info, handler) -> endpoints.add(mapping(info, handler), POSSIBLE)));
        endpoints.report();
    }

    private static Endpoints.Mapping mapping(RequestMappingInfo info, HandlerMethod handler) {
        return new Endpoints.Mapping(handler, info.getMethodsCondition().getMethods(), conditions(info));
    }

    /** In which two handlers of one path and HTTP method can differ. */
    private static String conditions(RequestMappingInfo info) {
        RequestCondition<?> custom = info.getCustomCondition();
        return Stream.of(
                                info.getParamsCondition(),
                                info.getHeadersCondition(),
                                info.getConsumesCondition(),
                                info.getProducesCondition(),
                                info.getVersionCondition())
                        .map(String::valueOf)
                        .collect(Collectors.joining())
                + (custom == null ? "" : custom.getClass().getName());
    }
}
