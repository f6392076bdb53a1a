package dev.retrykit.spring.actuate.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/** Spring MVC: passes the JSON of a write request to the endpoint unchanged. Other requests are not affected. */
@ControllerAdvice
public final class JsonBodyAdvice extends RequestBodyAdviceAdapter {

    private static final String ENDPOINTS = "org.springframework.boot.webmvc.actuate.endpoint.web.";
    private static final String CHANGE = "/{kind}/{name}";

    private final Supplier<@Nullable String> path;

    /**
     * Creates the advice for the {@code retry} endpoint.
     *
     * @param path the endpoint's path within the application; null if it has none
     */
    public JsonBodyAdvice(Supplier<@Nullable String> path) {
        this.path = path;
    }

    @Override
    public boolean supports(
            MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
        return parameter.getContainingClass().getName().startsWith(ENDPOINTS) && isChange();
    }

    private boolean isChange() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        Object pattern = request == null
                ? null
                : request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        return pattern != null && String.valueOf(pattern).endsWith(path.get() + CHANGE);
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage message,
            MethodParameter parameter,
            Type target,
            Class<? extends HttpMessageConverter<?>> converter)
            throws IOException {
        byte[] body = message.getBody().readNBytes(JsonBody.LONGEST + 1);
        return new Wrapped(message.getHeaders(), JsonBody.wrapped(body));
    }

    private record Wrapped(HttpHeaders headers, byte[] content) implements HttpInputMessage {

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public InputStream getBody() {
            return new ByteArrayInputStream(content);
        }
    }
}
