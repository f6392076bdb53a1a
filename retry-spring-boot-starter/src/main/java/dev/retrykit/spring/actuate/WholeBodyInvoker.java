package dev.retrykit.spring.actuate;

import dev.retrykit.spring.actuate.web.JsonBody;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Passes the whole body of a write operation as one argument. Otherwise the operation would only see the keys of its
 * parameters, and a misspelled key would be ignored.
 */
public final class WholeBodyInvoker implements OperationInvokerAdvisor {

    private static final EndpointId RETRY = EndpointId.of(RetryEndpoint.ID);
    private static final Set<String> SELECTORS = Set.of("kind", "name");
    private static final String BODY = "body";

    /** Creates the advisor for the {@code retry} endpoint. */
    public WholeBodyInvoker() {}

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return endpoint.equals(RETRY) && type == OperationType.WRITE
                ? context -> invoker.invoke(withBody(context))
                : invoker;
    }

    private static InvocationContext withBody(InvocationContext context) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        split(context.getArguments(), arguments, body);
        if (body.get(BODY) instanceof Map<?, ?> already) {
            arguments.put(BODY, flat(already));
        } else {
            if (body.remove(JsonBody.TEXT) instanceof String json) {
                split(JsonBody.read(json), arguments, body);
            }
            arguments.put(BODY, body);
        }
        SecurityContext security = context.resolveArgument(SecurityContext.class);
        return new InvocationContext(security == null ? SecurityContext.NONE : security, arguments);
    }

    /**
     * Separates the selectors from other values. A body that contradicts the path is detected later, by the values of
     * the selectors.
     */
    private static void split(
            Map<String, ? extends @Nullable Object> all,
            Map<String, Object> selectors,
            Map<String, @Nullable Object> others) {
        all.forEach((name, value) -> {
            if (value != null && SELECTORS.contains(name)) {
                selectors.put(name, value);
            } else {
                others.put(name, value);
            }
        });
    }

    private static Map<String, @Nullable Object> flat(Map<?, ?> nested) {
        try {
            return JsonBody.flat(nested);
        } catch (InvalidSettingException refused) {
            return Map.of(JsonBody.REFUSED, refused);
        }
    }
}
