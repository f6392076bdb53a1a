package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.endpoint.CompletionMode;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Finds the endpoints at startup, so that an invalid endpoint fails startup and not a request. Startup also fails if
 * another adapter precedes that of retrykit, because it would call handlers without checking their keys.
 */
public final class WebFluxEndpoints implements EndpointSource {

    static final Set<CompletionMode> POSSIBLE = EnumSet.complementOf(EnumSet.of(CompletionMode.STREAMING));

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;
    private final ListableBeanFactory beans;

    /** Creates a finder for all mappings of an application. */
    public WebFluxEndpoints(
            Endpoints endpoints, ObjectProvider<RequestMappingInfoHandlerMapping> mappings, ListableBeanFactory beans) {
        this.endpoints = endpoints;
        this.mappings = mappings;
        this.beans = beans;
    }

    @Override
    public void find() {
        Dispatch dispatch = Dispatch.of(beans);
        mappings.forEach(mapping -> mapping.getHandlerMethods().forEach((info, handler) -> {
            endpoints.add(mapping(info, handler), POSSIBLE);
            if (endpoints.find(handler, POSSIBLE) != null) {
                check(handler, dispatch);
            }
        }));
        endpoints.report();
    }

    private static void check(HandlerMethod handler, Dispatch dispatch) {
        first(dispatch.adapterOf(handler), EndpointAdapter.class, handler);
        first(
                dispatch.handlerOf(new EndpointResultHandler.Result(handler, Mono.empty())),
                EndpointResultHandler.class,
                handler);
    }

    private static void first(Optional<?> found, Class<?> own, HandlerMethod handler) {
        if (!found.filter(own::isInstance).isPresent()) {
            throw new InvalidSettingException(
                    "@Idempotent on " + handler.getShortLogMessage() + ": requests for it are handled by "
                            + found.map(other -> other.getClass().getName()).orElse("no bean")
                            + " before the " + own.getSimpleName() + " of retrykit checks their keys.",
                    "Give that bean an order other than PriorityOrdered with HIGHEST_PRECEDENCE.");
        }
    }

    private static Endpoints.Mapping mapping(RequestMappingInfo info, HandlerMethod handler) {
        List<String> patterns = info.getPatternsCondition().getPatterns().stream()
                .map(PathPattern::getPatternString)
                .toList();
        return new Endpoints.Mapping(handler, info.getMethodsCondition().getMethods(), patterns, info.toString());
    }
}
