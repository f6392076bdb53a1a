package dev.retrykit.spring.actuate;

import dev.retrykit.spring.actuate.web.JsonBody;
import dev.retrykit.spring.actuate.web.ReportMediaType;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.registry.BudgetEntry;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** The endpoint {@code /actuator/retry}: read-only unless {@code management.endpoint.retry.access=unrestricted}. */
@Endpoint(id = RetryEndpoint.ID, defaultAccess = Access.READ_ONLY)
public final class RetryEndpoint {

    /** The endpoint ID. */
    public static final String ID = "retry";

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Retries retries;
    private final @Nullable Idempotency idempotency;
    private final ShownValues values;
    private final FailureCounts failures;

    /**
     * Creates the endpoint without values that contain resolved placeholders.
     *
     * @param idempotency the idempotent methods; null if there cannot be any
     */
    public RetryEndpoint(Retries retries, @Nullable Idempotency idempotency) {
        this(retries, idempotency, ShownValues.WITHOUT_PLACEHOLDERS, new FailureCounts());
    }

    /**
     * Creates the endpoint.
     *
     * @param idempotency the idempotent methods; null if there cannot be any
     * @param values which values are visible to which callers
     * @param failures counts the failures of attempts
     */
    public RetryEndpoint(
            Retries retries, @Nullable Idempotency idempotency, ShownValues values, FailureCounts failures) {
        this.retries = retries;
        this.idempotency = idempotency;
        this.values = values;
        this.failures = failures;
    }

    /**
     * Returns all policies, circuits and budgets. Over HTTP, an extension for the web stack replaces this operation and
     * also provides the page.
     *
     * @param settings whether each entry includes its settings, which are most of the report. Default true
     */
    @ReadOperation(producesFrom = ReportMediaType.class)
    public RetryReport report(@Nullable Boolean settings) {
        return report(settings, values.areForOthers());
    }

    RetryReport report(@Nullable Boolean settings, SecurityContext caller) {
        return report(settings, values.areFor(caller));
    }

    private RetryReport report(@Nullable Boolean settings, boolean all) {
        return new Reporter(settings == null || settings, values, all).report(retries, idempotency);
    }

    /**
     * Returns the failures of attempts with their classification and the deciding rule; 404 for any other list than
     * failures. Native images do not see the type of the list.
     */
    @ReadOperation
    @RegisterReflectionForBinding(FailureReport.class)
    public WebEndpointResponse<Object> list(@Selector String kind) {
        return kind.equals("failures") ? new WebEndpointResponse<>(failures.report()) : notFound();
    }

    /** Returns one entry by kind (policies, circuits, budgets) and name, in any spelling; 404 if it does not exist. */
    @ReadOperation
    public WebEndpointResponse<Object> one(@Selector String kind, @Selector String name) {
        return one(kind, name, values.areForOthers());
    }

    WebEndpointResponse<Object> one(String kind, String name, SecurityContext caller) {
        return one(kind, name, values.areFor(caller));
    }

    private WebEndpointResponse<Object> one(String kind, String name, boolean all) {
        Object found = find(kind, name);
        return found == null ? notFound() : new WebEndpointResponse<>(new Reporter(true, values, all).one(found));
    }

    /**
     * Sets the state of a circuit, or overrides settings of a policy, a circuit or a budget until the application ends.
     * 404 for an unknown name, 400 for an invalid state, key or value; neither changes anything.
     *
     * @param body for a circuit's state {@code state} (FORCED_OPEN, CLOSED, DISABLED or HALF_OPEN) and optionally
     *     {@code for}, a duration; otherwise settings by key, where null removes an earlier override
     */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            @Selector String kind,
            @Selector String name,
            @Nullable Map<String, @Nullable Object> body,
            SecurityContext security) {
        Object found = find(kind, name);
        if (found == null) {
            return notFound();
        }
        Map<String, @Nullable Object> given = body == null ? Map.of() : body;
        String by = caller(security);
        try {
            if (given.get(JsonBody.REFUSED) instanceof InvalidSettingException refused) {
                throw refused;
            }
            if (found instanceof CircuitEntry circuit && given.containsKey(CircuitSwitch.STATE)) {
                CircuitSwitch.of(given).set(circuit.circuits(), by);
            } else {
                give(found, SettingsRequest.of(given, settingsOf(found)), by);
            }
        } catch (InvalidSettingException refused) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, refused.getMessage() + " " + refused.action());
        }
        return new WebEndpointResponse<>(new Reporter(true, values, values.areFor(security)).one(found));
    }

    /**
     * Frees an idempotency key whose outcome is unknown, or whose response should be discarded: a repeat runs again.
     * 404 for a key that does not exist or is in use, 400 for an invalid hash.
     *
     * @param kind idempotency
     * @param hash the hash of the key, as in the response or the log
     */
    @DeleteOperation
    public WebEndpointResponse<Object> free(@Selector String kind, @Selector String hash, SecurityContext security) {
        if (!kind.equals("idempotency") || idempotency == null) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "Only idempotency keys can be freed here.");
        }
        if (!HASH.matcher(hash).matches()) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST, "The hash of a key must have 64 hexadecimal digits.");
        }
        try {
            if (!idempotency.store().free(hash)) {
                return problem(WebEndpointResponse.STATUS_NOT_FOUND, "The key does not exist, or is in use.");
            }
        } catch (RuntimeException down) {
            LOG.warn("The idempotency key " + hash + " could not be freed", down);
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, "The store is unavailable.");
        }
        LOG.info("The idempotency key " + hash + " was freed by " + caller(security));
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
    }

    private void give(Object found, Map<String, @Nullable String> given, String by) {
        if (found instanceof PolicyEntry policy) {
            log("Policy", policy.name(), retries.runtimeSettings().give(policy, given, by), by);
        } else if (found instanceof CircuitEntry circuit) {
            log("Circuit", circuit.name(), retries.runtimeSettings().give(circuit, given, by), by);
        } else if (found instanceof BudgetEntry budget) {
            log("Budget", budget.name(), retries.runtimeSettings().give(budget, given, by), by);
        }
    }

    private static Class<? extends Record> settingsOf(Object found) {
        return found instanceof PolicyEntry
                ? PolicySettings.class
                : found instanceof CircuitEntry ? CircuitSettings.class : BudgetSettings.class;
    }

    private static void log(String what, String name, List<String> differences, String by) {
        LOG.info(what + " " + MessageText.quoted(name) + " was changed by " + by + ": "
                + (differences.isEmpty() ? "no differences" : String.join(", ", differences)));
    }

    /** Describes the caller for the log and for the origin of settings. */
    private static String caller(SecurityContext security) {
        return "the endpoint, "
                + (security.getPrincipal() == null
                        ? "caller unknown"
                        : "caller " + MessageText.quoted(security.getPrincipal().getName()));
    }

    private @Nullable Object find(String kind, String name) {
        return switch (kind) {
            case "policies" -> retries.findPolicy(name).orElse(null);
            case "circuits" -> retries.findCircuit(name).orElse(null);
            case "budgets" -> retries.findBudget(name).orElse(null);
            default -> null;
        };
    }

    private static WebEndpointResponse<Object> notFound() {
        return problem(WebEndpointResponse.STATUS_NOT_FOUND, "The entry does not exist.");
    }

    static WebEndpointResponse<Object> problem(int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", status);
        body.put("detail", detail);
        return new WebEndpointResponse<>(body, status);
    }
}
