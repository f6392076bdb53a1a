package dev.retrykit.spring.idempotency.store.jdbc;

import java.util.Locale;

/**
 * The differences between databases: the time of their clock, in milliseconds since 1970, and the insertion of a row if
 * it does not exist.
 *
 * <p>An insert waits for a transaction that has locked the row with the same ID: one that is just committing, or whose
 * process hangs during the commit. Therefore the row is read first, without a lock.
 */
enum Dialect {
    POSTGRESQL(
            "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
            " select n.id, n.owner, 'CLAIMED', n.print, {now} + n.lease, {now} + n.keep"
                    + " from (select ? as id, ? as owner, ? as print, ? as lease, ? as keep) n"
                    + " where not exists (select 1 from retrykit_idempotency r where r.id = n.id)"
                    + " on conflict (id) do nothing",
            "delete from retrykit_idempotency where id in (select id from retrykit_idempotency"
                    + " where expires_at < {now} and {over} limit 500 for update skip locked)",
            false,
            true,
            false),

    /** Also MariaDB. Uses UTC, because local time is ambiguous when daylight saving time ends. */
    MYSQL(
            "timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000",
            Dialect.ROW,
            "delete from retrykit_idempotency where expires_at < {now} and {over} order by expires_at limit 500",
            true,
            true,
            false),

    H2(
            "cast(extract(epoch from current_timestamp) * 1000 as bigint)",
            Dialect.ROW,
            "delete from retrykit_idempotency where expires_at < {now} and {over} fetch first 500 rows only",
            true,
            false,
            true);

    private static final String ROW = " values (?, ?, 'CLAIMED', ?, {now} + ?, {now} + ?)";

    final String now;
    final String newRow;

    /** Removes a batch of expired rows. */
    final String purge;

    final boolean looksBeforeInserting;

    /** Whether reads from the network can be bounded at no cost. */
    final boolean hasNetworkTimeout;

    /**
     * Whether the query timeout of a statement applies to the whole connection afterwards, and does not limit how long
     * a statement waits for a lock.
     */
    final boolean keepsQueryTimeout;

    Dialect(
            String now,
            String newRow,
            String purge,
            boolean looksBeforeInserting,
            boolean hasNetworkTimeout,
            boolean keepsQueryTimeout) {
        this.now = now;
        this.newRow = newRow;
        this.purge = purge;
        this.looksBeforeInserting = looksBeforeInserting;
        this.hasNetworkTimeout = hasNetworkTimeout;
        this.keepsQueryTimeout = keepsQueryTimeout;
    }

    /**
     * Returns the dialect for the product name of a database.
     *
     * @throws IllegalArgumentException for an unsupported database
     */
    static Dialect of(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mysql", "mariadb" -> MYSQL;
            case "h2" -> H2;
            default ->
                throw new IllegalArgumentException(
                        "idempotency keys can be stored in PostgreSQL, MariaDB, MySQL and H2, not in '" + product
                                + "'");
        };
    }
}
