package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
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
 * The parts of every key's scope in addition to the caller: {@code retrykit.idempotency.scope}. Each part is {@code
 * authority}, {@code header:NAME}, or an expression over {@code principal}, {@code authority}, {@code header('NAME')}
 * and beans.
 */
public final class ScopeComponents {

    private static final String KEY = "retrykit.idempotency.scope";
    private static final String HEADER = "header:";
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    private final List<Component> parts = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    /**
     * Parses the setting.
     *
     * @throws dev.retrykit.spring.settings.InvalidSettingException for an invalid part
     */
    public ScopeComponents(ConfiguredSettings settings, BeanFactory beans) {
        List<String> scope = settings.idempotency().scope();
        for (int i = 0; i < scope.size(); i++) {
            String key = KEY + "[" + i + "]";
            parts.add(part(scope.get(i), key, settings, beans));
            texts.add(String.valueOf(settings.written(key, scope.get(i))));
        }
    }

    /**
     * A part of the scope.
     *
     * @param missing names the part in the response to the caller if it has no value
     * @param value reads the value; null if there is none
     */
    private record Component(String missing, Function<EndpointRequest, @Nullable String> value) {}

    /** The root object of expressions. */
    private record Root(@Nullable Principal principal, String authority, Function<String, List<String>> headers) {

        /** Called by expressions. */
        @SuppressWarnings("unused")
        public @Nullable String header(String name) {
            List<String> values = headers.apply(name);
            return values.isEmpty() ? null : String.join(",", values);
        }
    }

    private static Component part(String text, String key, ConfiguredSettings settings, BeanFactory beans) {
        if (text.equals("authority")) {
            return new Component("The authority", EndpointRequest::authority);
        }
        if (text.startsWith(HEADER)) {
            String name = text.substring(HEADER.length()).strip();
            if (!HttpSettings.isHeaderName(name)) {
                throw settings.wrong(key, text, "it must name a header, for example 'header:X-Tenant'");
            }
            return new Component("The header " + name, request -> root(request).header(name));
        }
        Expression expression;
        try {
            expression = PARSER.parseExpression(text);
        } catch (ParseException | IllegalStateException unreadable) {
            throw settings.wrong(
                    key, text, "it must be 'authority', 'header:NAME' or an expression such as \"principal.name\"");
        }
        return new Component("A value", request -> {
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
     * Returns the values for a request, in order.
     *
     * @throws RefusedException if a part has no value
     */
    List<String> of(EndpointRequest request) {
        List<String> values = new ArrayList<>();
        for (Component part : parts) {
            String value = part.value().apply(request);
            if (value == null || value.isBlank()) {
                throw RefusedException.with(Refusals.noScope(part.missing()));
            }
            values.add(value);
        }
        return values;
    }

    /** Describes the scope, for the log. */
    String describe() {
        return texts.isEmpty() ? "the caller alone" : "the caller and " + String.join(", ", texts);
    }
}
