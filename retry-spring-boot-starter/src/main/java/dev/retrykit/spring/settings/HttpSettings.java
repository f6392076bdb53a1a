package dev.retrykit.spring.settings;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is written about HTTP, on both sides.
 *
 * @param clients whether HTTP clients are watched: guarded and all watch every client, and hold the bodies of guarded
 *     requests in memory; none touches no client
 * @param maxHeldBody the largest body of a guarded request that is held in memory to be sent again; a request with a
 *     larger one makes one attempt. Default 1MB
 * @param guards a policy and a circuit for all requests to a host or of an HTTP service group; the first one that fits
 *     a request applies
 * @param propagate hosts that are told the number of the attempt and the time left, such as *.internal
 * @param trust addresses of peers whose deadlines are believed, such as 10.0.0.0/8. Default none
 * @param idempotencyKey how idempotency keys are sent
 * @param server what becomes of failures that leave a controller
 */
public record HttpSettings(
        @DefaultValue("guarded") Clients clients,
        @DefaultValue("1MB") DataSize maxHeldBody,
        @DefaultValue List<Guard> guards,
        @DefaultValue List<String> propagate,
        @DefaultValue List<String> trust,
        @DefaultValue IdempotencyKey idempotencyKey,
        @DefaultValue Server server) {

    /** A token as in RFC 9110. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    /** Whether a header can have such a name. */
    public static boolean isHeaderName(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Whether HTTP clients follow the same settings. */
    public boolean hasSameClients(HttpSettings other) {
        return clients == other.clients
                && maxHeldBody.equals(other.maxHeldBody)
                && guards.equals(other.guards)
                && propagate.equals(other.propagate)
                && idempotencyKey.equals(other.idempotencyKey);
    }

    /** Nothing is written. */
    static final HttpSettings EMPTY = new HttpSettings(
            Clients.GUARDED,
            DataSize.ofMegabytes(1),
            List.of(),
            List.of(),
            List.of(),
            new IdempotencyKey("Idempotency-Key", false, List.of()),
            new Server(true));

    /** Which clients take part. */
    public enum Clients {

        /** All are watched; guarded requests hold their bodies. */
        GUARDED,

        /** The same as guarded. */
        ALL,

        /** None is touched. */
        NONE
    }

    /**
     * A policy and a circuit for requests. One of host and group, and one at least of policy and circuit.
     *
     * @param host a host name, or *. and the end of one, which gives each host a circuit and a budget of its own
     * @param group an HTTP service group
     * @param policy a policy under retrykit.policies
     * @param circuit a circuit under retrykit.circuits
     */
    public record Guard(
            @Nullable String host,
            @Nullable String group,
            @Nullable String policy,
            @Nullable String circuit) {}

    /**
     * How idempotency keys are sent.
     *
     * @param name the header. Default Idempotency-Key
     * @param quoted whether in double quotes, as the IETF's draft has it. Default false
     * @param hosts how they are sent to some hosts; the first one that fits a request applies
     */
    public record IdempotencyKey(
            @DefaultValue("Idempotency-Key") String name,
            @DefaultValue("false") boolean quoted,
            @DefaultValue List<KeyOfHost> hosts) {}

    /**
     * How idempotency keys are sent to a host. One at least of name and quoted.
     *
     * @param host a host name, or *. and the end of one, such as *.paypal.com
     * @param name the header, such as PayPal-Request-Id. Default the name for all hosts
     * @param quoted whether in double quotes. Default what holds for all hosts
     */
    public record KeyOfHost(
            @Nullable String host,
            @Nullable String name,
            @Nullable Boolean quoted) {}

    /**
     * What becomes of failures that leave a controller.
     *
     * @param enabled whether a failure that a policy gave up on is answered for it. Default true
     */
    public record Server(@DefaultValue("true") boolean enabled) {}
}
