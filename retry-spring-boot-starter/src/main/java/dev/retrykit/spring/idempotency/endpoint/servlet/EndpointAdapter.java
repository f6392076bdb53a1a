package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.ObservedHandlers;
import dev.retrykit.spring.idempotency.endpoint.Refusals;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.server.ExhaustedFailureResolver;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.ModelAndView;

/**
 * Decides about requests with keys right before their handler is called: after all filters and interceptors, and before
 * arguments are resolved and any advice of the controller's bean runs. A servlet consults all adapters, so this applies
 * to every mapping.
 */
public final class EndpointAdapter implements HandlerAdapter, PriorityOrdered {

    private final Endpoints endpoints;
    private final CallerTransaction transaction;
    private final HandlerAdapters others = new HandlerAdapters(this);
    private final ObservedHandlers observed = new ObservedHandlers();

    /**
     * Creates an adapter for the endpoints.
     *
     * @param transaction the transaction of the thread that handles a request
     */
    public EndpointAdapter(Endpoints endpoints, CallerTransaction transaction) {
        this.endpoints = endpoints;
        this.transaction = transaction;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && endpoints.find(method, MvcEndpoints.POSSIBLE) != null;
    }

    @Override
    public @Nullable ModelAndView handle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws Exception {
        HandlerMethod method = (HandlerMethod) handler;
        Endpoint endpoint = endpoints.find(method, MvcEndpoints.POSSIBLE);
        HandlerAdapter next = others.next(request, handler);
        ServletExchange exchange = ServletExchange.of(request);
        if (endpoint == null) {
            return next.handle(request, response, handler);
        }
        try {
            if (exchange != null && exchange.isKeyed()) {
                exchange.resumed(request); // before Spring clears the result
                return next.handle(request, response, handler);
            }
            String key = endpoint.key(Collections.list(request.getHeaders(endpoints.header())));
            if (key == null) {
                return next.handle(request, response, handler);
            }
            if (exchange == null) {
                throw unfiltered();
            }
            check(endpoint, request);
            return new KeyedCall(endpoints, endpoint, new KeyedCall.Callee(method, next, observed), exchange)
                    .handle(key, request, response);
        } catch (RefusedException refused) {
            refuse(refused, endpoint, exchange, request, response);
            return null;
        } catch (AsyncRequestTimeoutException | AsyncRequestNotUsableException unfinished) {
            if (exchange != null) {
                exchange.call().ifPresent(ClaimedCall::timedOut);
            }
            throw unfinished;
        } catch (Exception failure) {
            return lost(failure, exchange, response);
        }
    }

    private static void refuse(
            RefusedException refused,
            Endpoint endpoint,
            @Nullable ServletExchange exchange,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (exchange == null) {
            ResponseWriter.write(refused, response);
        } else {
            exchange.answer(refused, endpoint.rules(), request, response);
        }
    }

    private static IllegalStateException unfiltered() {
        return new IllegalStateException(
                "A request with an idempotency key reached its endpoint without passing the filter"
                        + " 'retrykitIdempotencyFilter', so it was not executed. The filter is mapped to the names"
                        + " of the DispatcherServlets that are beans: declare this DispatcherServlet as a bean, or"
                        + " map the filter to its name.");
    }

    private void check(Endpoint endpoint, HttpServletRequest request) {
        if (request.getDispatcherType() == DispatcherType.INCLUDE) {
            throw new IllegalStateException("A request with an idempotency key reached " + endpoint.name()
                    + " through an include, so its response is only a part of another one. Call the endpoint's"
                    + " service instead.");
        }
        if (transaction.isOfData()) {
            throw new IllegalStateException("A request with an idempotency key reached " + endpoint.name()
                    + " inside a transaction, so its changes would be committed or rolled back after its"
                    + " response was stored. Start transactions in the controller or in the beans that it"
                    + " calls, not in a filter or an interceptor.");
        }
    }

    /** Responds to a request whose claim was taken over: the response of the other request is the one that counts. */
    private static @Nullable ModelAndView lost(
            Exception failure, @Nullable ServletExchange exchange, HttpServletResponse response) throws Exception {
        if (exchange == null) {
            throw failure;
        }
        exchange.call().ifPresent(ClaimedCall::failedLater);
        if (!ClaimedCall.isLost(failure)) {
            throw failure;
        }
        exchange.response().restart();
        ExhaustedFailureResolver.write(Refusals.lost(), response);
        return null;
    }
}
