package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is written about idempotent methods.
 *
 * @param store where it is kept what became of keys. Default: jdbc if there is one DataSource, else redis if there is a
 *     connection, else memory
 * @param ttl how long an answer is kept; within that time a repeat has no effect
 * @param lease how long a claim holds without being renewed; it is renewed while the method runs
 * @param maxBody the largest body of an answer that is kept, and the largest of a request that is read
 * @param header the header that keys are sent in
 * @param onCrash what becomes of a key whose holder is gone, where its effect isn't fenced: hold or rerun
 * @param holdFor how long such a key is held; then a repeat runs
 * @param onStoreDown what becomes of requests whose key isn't required while the store can't be asked: reject or run
 * @param headers headers that are given again in addition to those that describe a body or name a place
 * @param scope what belongs to the scope of every key in addition to the caller: authority, header:NAME, or an expression
 *     over principal, authority, header('NAME') and beans
 * @param initializeSchema when the tables are made: always, embedded (in H2 in memory and the like) or never
 * @param memory how much is kept in memory
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

    /** Nothing is written. */
    static final IdempotencySettings EMPTY = new IdempotencySettings(
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

    /** Where keys are kept. */
    public enum Store {
        JDBC,
        REDIS,
        MEMORY
    }

    /** What becomes of a key whose holder is gone. */
    public enum OnCrash {

        /** Nobody runs it again until somebody frees it, or for a while. */
        HOLD,

        /** The next repeat runs it again. */
        RERUN
    }

    /** What becomes of requests while the store can't be asked. */
    public enum OnStoreDown {

        /** They are refused with 503. */
        REJECT,

        /** They run, and so do their repeats. */
        RUN
    }

    /** When the tables are made. */
    public enum InitializeSchema {
        ALWAYS,
        EMBEDDED,
        NEVER
    }

    /**
     * How much is kept in memory.
     *
     * @param maxKeys how many keys; a scope holds at most as many as are free, and further ones are refused with 503
     * @param maxSize how large all kept answers are together; a further one isn't kept
     */
    public record Memory(
            @DefaultValue("100000") int maxKeys,
            @DefaultValue("64MB") DataSize maxSize) {}
}
