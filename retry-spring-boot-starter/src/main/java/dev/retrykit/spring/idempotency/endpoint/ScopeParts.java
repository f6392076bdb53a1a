package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.settings.ConfiguredSettings;
import dev.retrykit.spring.settings.HttpSettings;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * What belongs to the scope of every key in addition to the caller: {@code retrykit.idempotency.scope}. Each part is
 * {@code authority}, {@code header:NAME}, or an expression over {@code principal}, {@code authority},
 * {@code header('NAME')} and beans.
 */
public final class ScopeParts {

    private static final String KEY = "retrykit.idempotency.scope";
    private static final String HEADER = "header:";
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    private final List<Part> parts = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    /**
     * Reads the setting.
     *
     * @throws dev.retrykit.spring.settings.InvalidSettingException for a part that can't be read
     */
    public ScopeParts(ConfiguredSettings settings, BeanFactory beans) {
        List<String> scope = settings.idempotency().scope();
        for (int i = 0; i < scope.size(); i++) {
            String key = KEY + "[" + i + "]";
            parts.add(part(scope.get(i), key, settings, beans));
            texts.add(String.valueOf(settings.written(key, scope.get(i))));
        }
    }

    /**
     * One of them.
     *
     * @param missing what is missing if there is no value, for the caller
     * @param value reads the value; null if there is none
     */
    private record Part(String missing, Function<EndpointRequest, @Nullable String> value) {}

    /** What an expression is about. */
    private record Root(@Nullable Principal principal, String authority, Function<String, List<String>> headers) {

        /** Read by expressions. */
        @SuppressWarnings("unused")
        public @Nullable String header(String name) {
            List<String> values = headers.apply(name);
            return values.isEmpty() ? null : String.join(",", values);
        }
    }

    private static Part part(String text, String key, ConfiguredSettings settings, BeanFactory beans) {
        if (text.equals("authority")) {
            return new Part("The authority", EndpointRequest::authority);
        }
        if (text.startsWith(HEADER)) {
            String name = text.substring(HEADER.length()).strip();
            if (!HttpSettings.isHeaderName(name)) {
                throw settings.wrong(key, text, "it must name a header, as in 'header:X-Tenant'");
            }
            return new Part("The header " + name, request -> root(request).header(name));
        }
        Expression expression;
        try {
            expression = PARSER.parseExpression(text);
        } catch (ParseException | IllegalStateException unreadable) {
            throw settings.wrong(
                    key, text, "it must be 'authority', 'header:NAME' or an expression such as \"principal.name\"");
        }
        return new Part("A value", request -> {
            StandardEvaluationContext context = new StandardEvaluationContext(root(request));
            context.setBeanResolver(new BeanFactoryResolver(beans));
            Object value = expression.getValue(context);
            return value == null ? null : value.toString();
        });
    }

    private static Root root(EndpointRequest request) {
        return new Root(request.caller(), request.authority(), request.headers());
    }

    /**
     * The values of a request, in order.
     *
     * @throws RefusedException if there is none for a part
     */
    List<String> of(EndpointRequest request) {
        List<String> values = new ArrayList<>();
        for (Part part : parts) {
            String value = part.value().apply(request);
            if (value == null || value.isBlank()) {
                throw RefusedException.with(Refusals.noScope(part.missing()));
            }
            values.add(value);
        }
        return values;
    }

    /** For people. */
    String describe() {
        return texts.isEmpty() ? "the caller alone" : "the caller and " + String.join(", ", texts);
    }
}
