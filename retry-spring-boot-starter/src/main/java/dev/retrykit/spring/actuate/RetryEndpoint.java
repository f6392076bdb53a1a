package dev.retrykit.spring.actuate;

import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** {@code /actuator/retry}: read-only until {@code management.endpoint.retry.access=unrestricted}. */
@Endpoint(id = "retry", defaultAccess = Access.READ_ONLY)
public final class RetryEndpoint {

    private static final Log LOG = LogFactory.getLog(RetryEndpoint.class);

    private static final Set<String> STATES = Set.of("FORCED_OPEN", "CLOSED", "DISABLED", "HALF_OPEN");

    private final Retries retries;

    /** Over all policies, circuits and budgets. */
    public RetryEndpoint(Retries retries) {
        this.retries = retries;
    }

    /** All policies, circuits and budgets. */
    @ReadOperation
    public RetryReport report() {
        return Reporter.report(retries);
    }

    /** One of them by kind (policies, circuits, budgets) and name, in any spelling; 404 if there is none. */
    @ReadOperation
    public WebEndpointResponse<Object> one(@Selector String kind, @Selector String name) {
        Object found = find(kind, name);
        return found == null
                ? problem(WebEndpointResponse.STATUS_NOT_FOUND, "There is no such entry.")
                : new WebEndpointResponse<>(found);
    }

    /**
     * Sets the state of a circuit: FORCED_OPEN, CLOSED, DISABLED or HALF_OPEN. 404 for an unknown circuit, 400 for
     * another state; neither makes or changes anything.
     */
    @WriteOperation
    public WebEndpointResponse<Object> change(@Selector String kind, @Selector String name, @Nullable String state) {
        if (!kind.equals("circuits")) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "Only circuits can be changed here.");
        }
        KeyedCircuits<?> circuits =
                retries.findCircuit(name).map(CircuitEntry::circuits).orElse(null);
        if (circuits == null) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "There is no such circuit.");
        }
        String wanted = state == null ? "" : state.toUpperCase(Locale.ROOT).replace('-', '_');
        if (!STATES.contains(wanted)) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'state' must be one of CLOSED, DISABLED, FORCED_OPEN, HALF_OPEN.");
        }
        LOG.info("Circuit '" + circuits.name() + "' is set to " + wanted + " by the endpoint");
        set(circuits, wanted);
        return one(kind, name);
    }

    private static void set(KeyedCircuits<?> circuits, String state) {
        switch (state) {
            case "FORCED_OPEN" -> circuits.forceOpen();
            case "DISABLED" -> circuits.disable();
            case "HALF_OPEN" -> circuits.halfOpen();
            default -> circuits.reset();
        }
    }

    private @Nullable Object find(String kind, String name) {
        return switch (kind) {
            case "policies" -> retries.findPolicy(name).map(Reporter::report).orElse(null);
            case "circuits" -> retries.findCircuit(name).map(Reporter::report).orElse(null);
            case "budgets" -> retries.findBudget(name).map(Reporter::report).orElse(null);
            default -> null;
        };
    }

    private static WebEndpointResponse<Object> problem(int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", status);
        body.put("detail", detail);
        return new WebEndpointResponse<>(body, status);
    }
}
