package dev.retrykit.spring.idempotency.endpoint.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Finds the other handler adapters of a servlet in the same way as {@code DispatcherServlet}. */
final class HandlerAdapters {

    private final HandlerAdapter own;
    private final Map<WebApplicationContext, List<HandlerAdapter>> byContext = new ConcurrentHashMap<>();

    HandlerAdapters(HandlerAdapter own) {
        this.own = own;
    }

    /** Returns the adapter that would handle the request without idempotency. */
    HandlerAdapter next(HttpServletRequest request, Object handler) {
        WebApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
        if (context == null) {
            throw new IllegalStateException("a request is handled outside a DispatcherServlet");
        }
        return byContext.computeIfAbsent(context, HandlerAdapters.this::find).stream()
                .filter(adapter -> adapter.supports(handler))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("no HandlerAdapter other than that of retrykit supports " + handler));
    }

    private List<HandlerAdapter> find(WebApplicationContext context) {
        List<HandlerAdapter> all = of(context);
        all.remove(own);
        return all;
    }

    /** Returns all adapters of a context, in their order. */
    static List<HandlerAdapter> of(ListableBeanFactory context) {
        List<HandlerAdapter> all = new ArrayList<>(
                BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerAdapter.class, true, false)
                        .values());
        AnnotationAwareOrderComparator.sort(all);
        return all;
    }
}
