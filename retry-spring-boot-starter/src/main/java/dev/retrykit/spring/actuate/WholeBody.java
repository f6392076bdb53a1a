package dev.retrykit.spring.actuate;

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
 * Hands the whole body of a write over as one argument. Otherwise an operation would only see the keys that its parameters
 * name, and a misspelt one would be overlooked.
 */
public final class WholeBody implements OperationInvokerAdvisor {

    private static final EndpointId RETRY = EndpointId.of(RetryEndpoint.ID);
    private static final Set<String> SELECTORS = Set.of("kind", "name");
    private static final String BODY = "body";

    /** For the {@code retry} endpoint. */
    public WholeBody() {}

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
        context.getArguments().forEach((name, value) -> {
            if (SELECTORS.contains(name)) {
                arguments.put(name, value);
            } else {
                body.put(name, value);
            }
        });
        if (body.get(BODY) instanceof Map<?, ?> already) {
            arguments.put(BODY, already);
        } else {
            arguments.put(BODY, body);
        }
        SecurityContext security = context.resolveArgument(SecurityContext.class);
        return new InvocationContext(security == null ? SecurityContext.NONE : security, arguments);
    }
}
