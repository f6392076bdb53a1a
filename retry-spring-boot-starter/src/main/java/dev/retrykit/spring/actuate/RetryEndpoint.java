package dev.retrykit.spring.actuate;

import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
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

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Retries retries;
    private final @Nullable Idempotency idempotency;

    /**
     * Over all policies, circuits and budgets.
     *
     * @param idempotency idempotent methods; null if there can't be any
     */
    public RetryEndpoint(Retries retries, @Nullable Idempotency idempotency) {
        this.retries = retries;
        this.idempotency = idempotency;
    }

    /** All policies, circuits and budgets. */
    @ReadOperation
    public RetryReport report() {
        return Reporter.report(retries, idempotency);
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

    /**
     * Frees an idempotency key whose outcome isn't known, or whose answer should be forgotten: a repeat is carried out
     * again. 404 for a key that there isn't or that somebody holds, 400 for what is no hash of one.
     *
     * @param kind idempotency
     * @param hash the hash of the key, as it was answered or logged
     */
    @DeleteOperation
    public WebEndpointResponse<Object> free(@Selector String kind, @Selector String hash) {
        if (!kind.equals("idempotency") || idempotency == null) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "Only idempotency keys can be freed here.");
        }
        if (!HASH.matcher(hash).matches()) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "The hash of a key is 64 hexadecimal digits.");
        }
        try {
            if (!idempotency.store().free(hash)) {
                return problem(WebEndpointResponse.STATUS_NOT_FOUND, "There is no such key, or somebody holds it.");
            }
        } catch (RuntimeException down) {
            LOG.warn("The idempotency key " + hash + " couldn't be freed", down);
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, "The store can't be asked.");
        }
        LOG.info("The idempotency key " + hash + " is freed by the endpoint");
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
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
