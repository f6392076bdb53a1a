package dev.retrykit.spring.idempotency.store.jdbc;

/**
 * The SQL statements. All times are those of the database, in milliseconds.
 *
 * <p>A renewed lease is stored in a separate table: a renewal must not change the row that a transaction above READ
 * COMMITTED is going to update, or that transaction could never commit. Nearly always that table is empty.
 */
enum Sql {
    CHECK("select count(*) from retrykit_idempotency r, retrykit_idempotency_lease l where r.id = '' and l.id = ''"),

    /** Reads without a lock. */
    LOOK("select owner, state, fingerprint, answer, expires_at - {now}, lease_until - {now},"
            + " (select l.lease_until from retrykit_idempotency_lease l where l.id = retrykit_idempotency.id"
            + " and l.owner = retrykit_idempotency.owner) - {now}"
            + " from retrykit_idempotency where id = ?"),

    INSERT("insert into retrykit_idempotency (id, owner, state, fingerprint, lease_until, expires_at){new-row}"),

    /** Does not match a row whose holder has just committed, because the commit changes the state. */
    TAKE_OVER("update retrykit_idempotency set owner = ?, state = 'CLAIMED', fingerprint = ?, answer = null,"
            + " lease_until = {now} + ?, expires_at = {now} + ?"
            + " where id = ? and owner = ? and state = ? and {over}"),

    /** Fails immediately if a transaction has locked the row. */
    LOCK("select id from retrykit_idempotency where id = ? for update nowait"),

    RENEW("update retrykit_idempotency_lease set lease_until = {now} + ? where id = ? and owner = ?"
            + " and exists (select 1 from retrykit_idempotency r where r.id = retrykit_idempotency_lease.id"
            + " and r.owner = retrykit_idempotency_lease.owner and r.{unfinished})"),

    RENEW_FIRST("insert into retrykit_idempotency_lease (id, owner, lease_until)"
            + " select id, owner, {now} + ? from retrykit_idempotency where id = ? and owner = ? and {unfinished}"),

    COMPLETE("update retrykit_idempotency set state = ?, answer = ?, lease_until = 0, expires_at = {now} + ?"
            + " where id = ? and owner = ? and {unfinished}"),

    /** Whether this holder has completed the claim before and did not get the response of the store. */
    COMPLETED("select id from retrykit_idempotency where id = ? and owner = ? and state in ('DONE', 'GONE')"),

    ABANDON("update retrykit_idempotency set lease_until = {now} - 1 where id = ? and owner = ? and {unfinished}"),

    ABANDON_RENEWED("delete from retrykit_idempotency_lease where id = ? and owner = ?"),

    /** Deletes only a claim without an effect: a committed transaction changes the state to COMMITTED. */
    RELEASE("delete from retrykit_idempotency where id = ? and owner = ? and state = 'CLAIMED'"),

    BURY("update retrykit_idempotency set state = 'PART', lease_until = 0, expires_at = {now} + ?"
            + " where id = ? and owner = ? and state = 'COMMITTED'"),

    /** Runs in the transaction that commits next. */
    FENCE("update retrykit_idempotency set state = 'COMMITTED' where id = ? and owner = ? and {unfinished}"),

    FREE("delete from retrykit_idempotency where id = ? and {over}"),

    /** Deletes a batch of expired rows. */
    PURGE("{purge}"),

    ORPHANS("delete from retrykit_idempotency_lease where lease_until < {now} - 86400000");

    private static final String OVER = "lease_until < {now} and not exists (select 1 from retrykit_idempotency_lease l"
            + " where l.id = retrykit_idempotency.id and l.owner = retrykit_idempotency.owner and l.lease_until >= {now})";

    private final String text;

    Sql(String text) {
        this.text = text;
    }

    /** Returns the statement for a database. */
    String in(Dialect dialect) {
        return text.replace("{purge}", dialect.purge)
                .replace("{over}", OVER)
                .replace("{unfinished}", "state in ('CLAIMED', 'COMMITTED')")
                .replace("{new-row}", dialect.newRow)
                .replace("{now}", dialect.now);
    }

    /**
     * Returns the time limit in seconds, because another transaction may have locked the row; 0 if the statement never
     * waits.
     */
    int longestWaitSeconds() {
        return switch (this) {
            case TAKE_OVER, COMPLETE, ABANDON, RELEASE, BURY, FREE ->
                1; // less than the time that a caller of the store waits
            case PURGE -> 10;
            default -> 0;
        };
    }
}
