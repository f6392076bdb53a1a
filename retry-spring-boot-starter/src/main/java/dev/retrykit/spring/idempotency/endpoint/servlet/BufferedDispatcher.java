package dev.retrykit.spring.idempotency.endpoint.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Forwards without closing the container's response. After a forward, Tomcat finishes the response under any {@code
 * HttpServletResponseWrapper}, so a buffered body would never be sent. Therefore it gets a proxy that is not a wrapper.
 */
record BufferedDispatcher(RequestDispatcher dispatcher) implements RequestDispatcher {

    @Override
    public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        ServletExchange exchange = ServletExchange.of(request);
        if (exchange != null) {
            exchange.forwards();
        }
        dispatcher.forward(request, response instanceof HttpServletResponse held ? shell(held) : response);
    }

    @Override
    public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        dispatcher.include(request, response);
    }

    private static HttpServletResponse shell(HttpServletResponse held) {
        return (HttpServletResponse) Proxy.newProxyInstance(
                BufferedDispatcher.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(held, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                });
    }
}
