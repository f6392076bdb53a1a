package dev.retrykit.spring.idempotency.jdbc;

import java.util.Locale;

/** What databases say differently: the time on their clock, in milliseconds since 1970, and how to insert a row or nothing. */
enum Dialect {
    POSTGRESQL("cast(extract(epoch from clock_timestamp()) * 1000 as bigint)", " on conflict (id) do nothing", false),

    /** Also MariaDB. A second insert would wait for whoever holds the first one's row. UTC, since local time repeats. */
    MYSQL("timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000", "", true),

    H2("cast(extract(epoch from current_timestamp) * 1000 as bigint)", "", true);

    final String now;
    final String orNothing;
    final boolean looksBeforeInserting;

    Dialect(String now, String orNothing, boolean looksBeforeInserting) {
        this.now = now;
        this.orNothing = orNothing;
        this.looksBeforeInserting = looksBeforeInserting;
    }

    /**
     * By the name that a database gives itself.
     *
     * @throws IllegalArgumentException for any other database
     */
    static Dialect of(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mysql", "mariadb" -> MYSQL;
            case "h2" -> H2;
            default ->
                throw new IllegalArgumentException(
                        "idempotency keys can be kept in PostgreSQL, MariaDB, MySQL and H2, not in '" + product + "'");
        };
    }
}
