package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.endpoint.CompletionMode;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Field;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Finds the endpoints at startup, so that an invalid endpoint fails startup and not a request. Startup also fails if
 * another adapter would call a handler without checking its key.
 */
public final class MvcEndpoints implements EndpointSource {

    static final Set<CompletionMode> POSSIBLE = EnumSet.complementOf(EnumSet.of(CompletionMode.STREAMING));

    private final Endpoints endpoints;
    private final ListableBeanFactory beans;

    /** Creates a finder for all mappings of an application. */
    public MvcEndpoints(Endpoints endpoints, ListableBeanFactory beans) {
        this.endpoints = endpoints;
        this.beans = beans;
    }

    @Override
    public void find() {
        List<HandlerAdapter> adapters = HandlerAdapters.of(beans);
        beans.getBeanProvider(RequestMappingInfoHandlerMapping.class)
                .forEach(mapping -> mapping.getHandlerMethods().forEach((info, handler) -> {
                    endpoints.add(mapping(info, handler), POSSIBLE);
                    if (endpoints.find(handler, POSSIBLE) != null) {
                        check(handler, adapters);
                        beans.getBeanProvider(DispatcherServlet.class).forEach(MvcEndpoints::check);
                    }
                }));
        endpoints.report();
    }

    private static Endpoints.Mapping mapping(RequestMappingInfo info, HandlerMethod handler) {
        return new Endpoints.Mapping(
                handler, info.getMethodsCondition().getMethods(), info.getPatternValues(), info.toString());
    }

    private static void check(HandlerMethod handler, List<HandlerAdapter> adapters) {
        adapters.stream()
                .filter(adapter -> adapter.supports(handler))
                .findFirst()
                .filter(first -> !(first instanceof EndpointAdapter))
                .ifPresent(first -> {
                    throw new InvalidSettingException(
                            "@Idempotent on " + handler.getShortLogMessage() + ": requests for it are handled by "
                                    + first.getClass().getName() + " before their keys are checked.",
                            "Give that bean an order other than PriorityOrdered with HIGHEST_PRECEDENCE.");
                });
    }

    private static void check(DispatcherServlet servlet) {
        Field all = ReflectionUtils.findField(DispatcherServlet.class, "detectAllHandlerAdapters");
        if (all != null) {
            ReflectionUtils.makeAccessible(all);
            if (Boolean.FALSE.equals(ReflectionUtils.getField(all, servlet))) {
                throw new InvalidSettingException(
                        "A DispatcherServlet does not detect HandlerAdapter beans, so the keys of @Idempotent"
                                + " methods would not be checked.",
                        "Do not call setDetectAllHandlerAdapters(false).");
            }
        }
    }
}
