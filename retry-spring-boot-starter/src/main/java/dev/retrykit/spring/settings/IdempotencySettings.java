package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configured settings of idempotent methods.
 *
 * @param store Store of idempotency keys: jdbc, redis or memory. By default, jdbc if there is one DataSource, otherwise
 *     redis if there is a connection factory, otherwise memory.
 * @param ttl How long a response is stored, from 1s to 366 days. Within this time, a repeated request has no effect.
 *     Default 24h.
 * @param lease How long a claim is held unless it is renewed, from 1s to 366 days. It is renewed while the method runs.
 *     Default 30s.
 * @param maxBody Maximum size of a response body that is stored, and of a request body that is read, from 0B to 64MB.
 *     Default 1MB.
 * @param header Name of the request header that contains the idempotency key. Default Idempotency-Key.
 * @param onCrash Handling of a key whose holder has crashed, if its effect is not fenced: hold rejects repeats
 *     until hold-for expires, rerun runs the next repeat. Default hold.
 * @param holdFor How long repeats are rejected after the holder of a key has crashed, up to 366 days. After that, the
 *     next repeat runs. Default 1h.
 * @param onStoreDown Handling of requests with an optional key while the store is unavailable: reject responds with
 *     503, run runs them and their repeats. Default reject.
 * @param headers Response headers to store and replay, in addition to those that describe the body or refer to a
 *     location.
 * @param scope Components of the scope of every key, in addition to the caller: authority, header:NAME, or an
 *     expression over principal, authority, header('NAME') and beans.
 * @param initializeSchema When to create the tables of the JDBC store: always, embedded (only in an embedded database
 *     such as in-memory H2) or never. Default embedded.
 * @param memory Limits of the memory store.
 */
public record IdempotencySettings(
        @Nullable Store store,
        @DefaultValue("24h") Duration ttl,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("1MB") DataSize maxBody,
        @DefaultValue("Idempotency-Key") String header,
        @DefaultValue("hold") OnCrash onCrash,
        @DefaultValue("1h") Duration holdFor,
        @DefaultValue("reject") OnStoreDown onStoreDown,
        @DefaultValue List<String> headers,
        @DefaultValue List<String> scope,
        @DefaultValue("embedded") InitializeSchema initializeSchema,
        @DefaultValue Memory memory) {

    /** No settings: all defaults. */
    public static final IdempotencySettings EMPTY = new IdempotencySettings(
            null,
            Duration.ofHours(24),
            Duration.ofSeconds(30),
            DataSize.ofMegabytes(1),
            "Idempotency-Key",
            OnCrash.HOLD,
            Duration.ofHours(1),
            OnStoreDown.REJECT,
            List.of(),
            List.of(),
            InitializeSchema.EMBEDDED,
            new Memory(100_000, DataSize.ofMegabytes(64)));

    /** The store of idempotency keys. */
    public enum Store {
        JDBC,
        REDIS,
        MEMORY
    }

    /** The handling of a key whose holder has crashed. */
    public enum OnCrash {

        /** Repeats are rejected for a time, or until an operator releases the key. */
        HOLD,

        /** The next repeat runs the method again. */
        RERUN
    }

    /** The handling of requests while the store is unavailable. */
    public enum OnStoreDown {

        /** Requests are rejected with 503. */
        REJECT,

        /** Requests and their repeats run. */
        RUN
    }

    /** The databases in which startup creates the tables of the JDBC store. */
    public enum InitializeSchema {
        ALWAYS,
        EMBEDDED,
        NEVER
    }

    /**
     * Limits of the memory store.
     *
     * @param maxKeys Maximum number of keys in the memory store. A scope can use at most as many keys as are still
     *     free; further requests are rejected with 503. Default 100000.
     * @param maxSize Maximum total size of the responses in the memory store. Responses beyond it are not stored.
     *     Default 64MB.
     */
    public record Memory(
            @DefaultValue("100000") int maxKeys,
            @DefaultValue("64MB") DataSize maxSize) {}
}
