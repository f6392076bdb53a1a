package dev.retrykit.spring.settings;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configured HTTP settings, for clients and servers.
 *
 * @param clients Whether to instrument HTTP clients: guarded and all instrument every client and hold the bodies of
 *     guarded requests in memory; none leaves clients unchanged. Default guarded.
 * @param maxHeldBody Maximum size of a guarded request's body that is held in memory for another attempt. A request
 *     with a larger body makes one attempt. Default 1MB.
 * @param guards Guards: a policy, a circuit, or both, for all requests to a host or of an HTTP service group. The first
 *     matching guard applies.
 * @param propagate Hosts to which the attempt number and the remaining time are sent as headers, such as *.internal.
 *     None by default.
 * @param trust Address ranges of callers whose request deadlines are honored, such as 10.0.0.0/8. None by default.
 * @param idempotencyKey The header that sends idempotency keys.
 * @param server The response to failures that a controller does not handle.
 */
public record HttpSettings(
        @DefaultValue("guarded") Clients clients,
        @DefaultValue("1MB") DataSize maxHeldBody,
        @DefaultValue List<Guard> guards,
        @DefaultValue List<String> propagate,
        @DefaultValue List<String> trust,
        @DefaultValue IdempotencyKey idempotencyKey,
        @DefaultValue Server server) {

    /** A token as defined by RFC 9110. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    /** Whether a text is a valid header name. */
    public static boolean isHeaderName(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Whether HTTP clients have the same settings. */
    public boolean hasSameClients(HttpSettings other) {
        return clients == other.clients
                && maxHeldBody.equals(other.maxHeldBody)
                && guards.equals(other.guards)
                && propagate.equals(other.propagate)
                && idempotencyKey.equals(other.idempotencyKey);
    }

    /** No settings: all defaults. */
    public static final HttpSettings EMPTY = new HttpSettings(
            Clients.GUARDED,
            DataSize.ofMegabytes(1),
            List.of(),
            List.of(),
            List.of(),
            new IdempotencyKey("Idempotency-Key", false, List.of()),
            new Server(true));

    /** Which HTTP clients are instrumented. */
    public enum Clients {

        /** All clients are instrumented; the bodies of guarded requests are held in memory. */
        GUARDED,

        /** The same as guarded. */
        ALL,

        /** No client is instrumented. */
        NONE
    }

    /**
     * A policy, a circuit, or both, for requests. Has either a host or a group.
     *
     * @param host Host name, or *. and the end of host names. With a wildcard, each host has its own circuit and
     *     budget.
     * @param group Name of an HTTP service group.
     * @param policy Name of a policy under retrykit.policies.
     * @param circuit Name of a circuit under retrykit.circuits.
     */
    public record Guard(
            @Nullable String host,
            @Nullable String group,
            @Nullable String policy,
            @Nullable String circuit) {}

    /**
     * The header that sends idempotency keys.
     *
     * @param name Name of the header that sends idempotency keys to servers. Default Idempotency-Key.
     * @param quoted Whether to send idempotency keys in double quotes, as the IETF draft specifies. Default false.
     * @param hosts Exceptions for some hosts: the header name, the quotes, or both. The first matching entry applies.
     */
    public record IdempotencyKey(
            @DefaultValue("Idempotency-Key") String name,
            @DefaultValue("false") boolean quoted,
            @DefaultValue List<KeyOfHost> hosts) {}

    /**
     * The header that sends idempotency keys to some hosts. Has a name, quotes, or both.
     *
     * @param host Host name, or *. and the end of host names, such as *.paypal.com.
     * @param name Name of the header, such as PayPal-Request-Id. By default, the name for all other hosts.
     * @param quoted Whether to send the key in double quotes. By default, the setting for all other hosts.
     */
    public record KeyOfHost(
            @Nullable String host,
            @Nullable String name,
            @Nullable Boolean quoted) {}

    /**
     * The response to failures that a controller does not handle.
     *
     * @param enabled Whether to send a problem+json response when a call fails for good and the controller does not
     *     handle the failure. Default true.
     */
    public record Server(@DefaultValue("true") boolean enabled) {}
}
