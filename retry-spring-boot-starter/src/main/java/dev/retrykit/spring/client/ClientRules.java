package dev.retrykit.spring.client;

import dev.retrykit.Retry;
import dev.retrykit.circuit.FailureSelector;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.HttpSettings.Clients;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.resolution.RetryPolicyFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The rules that apply to the requests of HTTP clients. Immutable. */
public final class ClientRules {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String GUARDS = "retrykit.http.guards";

    private final ConfiguredSettings written;

    private final HttpSettings settings;
    private final List<Guard> guards = new ArrayList<>();
    private final List<HostPattern> propagate = new ArrayList<>();
    private final KeyHeaders keyHeaders;

    /**
     * Creates the rules from the configured settings.
     *
     * @throws InvalidSettingException for the first invalid setting
     */
    public ClientRules(ConfiguredSettings written, Retries retries) {
        this.written = written;
        this.settings = written.http();
        for (int i = 0; i < settings.propagate().size(); i++) {
            propagate.add(HostPattern.of(
                    written,
                    "retrykit.http.propagate[" + i + "]",
                    settings.propagate().get(i)));
        }
        for (int i = 0; i < settings.guards().size(); i++) {
            guards.add(guard(GUARDS + "[" + i + "]", settings.guards().get(i), retries));
        }
        if (!guards.isEmpty() && settings.clients() == Clients.NONE) {
            throw new InvalidSettingException(
                    "retrykit.http.clients (" + written.origin("retrykit.http.clients")
                            + ") is none, so no request would use the guards configured under " + GUARDS + ".",
                    "Remove one of the two.");
        }
        this.keyHeaders = new KeyHeaders(written);
    }

    /** Whether clients are instrumented at all. */
    public boolean watch() {
        return settings.clients() != Clients.NONE;
    }

    /**
     * Returns the largest request body that is held in memory for a guard, in bytes; negative if the request is never
     * sent again.
     */
    public long maxHeldBody(Guard guard, URI uri) {
        return guard.retries(uri) ? settings.maxHeldBody().toBytes() : -1;
    }

    /** Returns the HTTP service groups that guards are configured for. */
    public List<String> groups() {
        return settings.guards().stream()
                .map(HttpSettings.Guard::group)
                .filter(group -> group != null)
                .toList();
    }

    /** Returns the first guard that matches a request; null if none does. */
    public @Nullable Guard guard(URI uri, @Nullable String group) {
        for (Guard guard : guards) {
            if (guard.fits().test(uri, group)) {
                return guard;
            }
        }
        return null;
    }

    /** Whether requests to the host carry the attempt number and the remaining time. */
    boolean tells(URI uri) {
        return propagate.stream().anyMatch(pattern -> pattern.matches(uri));
    }

    /** Returns the header for idempotency keys. */
    KeyHeader keyHeader(URI uri) {
        return keyHeaders.of(uri);
    }

    private Guard guard(String key, HttpSettings.Guard guard, Retries retries) {
        if ((guard.host() == null) == (guard.group() == null)) {
            throw wrong(key, "must have either a host or a group", "Set one of the two.");
        }
        if (guard.policy() == null && guard.circuit() == null) {
            throw wrong(key, "has neither a policy nor a circuit", "Set one of the two, or both.");
        }
        HostPattern host = guard.host() == null ? null : HostPattern.of(written, key + ".host", guard.host());
        String what = host == null
                ? "HTTP guard of group " + written.written(key + ".group", String.valueOf(guard.group()))
                : "HTTP guard of host " + written.written(key + ".host", host.text());
        PolicyEntry policy = policy(key, guard, retries);
        CircuitEntry circuit = guard.circuit() == null
                ? null
                : retries.circuitEntry(guard.circuit(), key + ".circuit (" + written.origin(key + ".circuit") + ")");
        boolean byHost = host != null && host.isWildcard();
        if (policy != null) {
            policy.addMethod(what);
        }
        if (circuit != null) {
            circuit.addMethod(what, byHost);
            warnOfDeafCircuit(what, circuit);
        }
        return new Guard(
                (uri, group) -> host == null ? Objects.equals(group, guard.group()) : host.matches(uri),
                () -> policy != null && policy.policy().sendsKeys(),
                engines(policy, circuit, byHost, retries));
    }

    private static void warnOfDeafCircuit(String what, CircuitEntry circuit) {
        FailureSelector recorded = circuit.circuit().policy().recorded();
        if (!recorded.isEmpty() && recorded.statuses().isEmpty()) {
            LOG.warn("The circuit " + MessageText.quoted(circuit.name()) + " of the " + what
                    + " records no HTTP status, so no response opens it, not even a 503: a response is not an"
                    + " exception. Add the statuses that count as failures to "
                    + new EntryKey("retrykit.circuits", circuit.name()).text("record")
                    + ", for example 500, 502, 503, 504.");
        }
    }

    /** Returns the engine for each host. A wildcard pattern has a separate circuit and budget for each host. */
    private static Function<String, Retry> engines(
            @Nullable PolicyEntry policy, @Nullable CircuitEntry circuit, boolean byHost, Retries retries) {
        if (byHost) {
            return retries.engines().byKey(policy, circuit);
        }
        Retry one = retries.engines().engine(policy, circuit);
        return host -> one;
    }

    private @Nullable PolicyEntry policy(String key, HttpSettings.Guard guard, Retries retries) {
        if (guard.policy() == null) {
            return null;
        }
        String user = key + ".policy (" + written.origin(key + ".policy") + ")";
        PolicyEntry policy = retries.policyEntry(guard.policy(), user);
        String idempotencyKey = policy.idempotencyKey();
        if (idempotencyKey != null && !idempotencyKey.equals(RetryPolicyFactory.AUTO)) {
            throw new InvalidSettingException(
                    user + " names the policy " + MessageText.quoted(guard.policy()) + ", whose idempotency-key "
                            + MessageText.quoted(policy.shownIdempotencyKey())
                            + " is an expression over method arguments; a request has no arguments.",
                    "Use a policy with idempotency-key: auto, or without an idempotency key.");
        }
        return policy;
    }

    private InvalidSettingException wrong(String key, String what, String action) {
        return new InvalidSettingException("'" + key + "' " + what + ".", action);
    }
}
