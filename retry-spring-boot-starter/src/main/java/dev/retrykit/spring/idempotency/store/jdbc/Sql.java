package dev.retrykit.spring.idempotency.store.jdbc;

/**
 * The statements. All times are the database's, in milliseconds.
 *
 * <p>A lease that was renewed stands in a table of its own: a renewal must not change the row that a transaction above READ
 * COMMITTED is going to update, or that transaction could never commit. Nearly always that table is empty.
 */
enum Sql {
    CHECK("select count(*) from retrykit_idempotency r, retrykit_idempotency_lease l where r.id = '' and l.id = ''"),

    /** Without a lock. */
    LOOK("select owner, state, fingerprint, answer, expires_at - {now}, lease_until - {now},"
            + " (select l.lease_until from retrykit_idempotency_lease l where l.id = retrykit_idempotency.id"
            + " and l.owner = retrykit_idempotency.owner) - {now}"
            + " from retrykit_idempotency where id = ?"),

    INSERT("insert into retrykit_idempotency (id, owner, state, fingerprint, lease_until, expires_at){new-row}"),

    /** A holder that is just committing has the row; its commit changes the state. */
    TAKE_OVER("update retrykit_idempotency set owner = ?, state = 'CLAIMED', fingerprint = ?, answer = null,"
            + " lease_until = {now} + ?, expires_at = {now} + ?"
            + " where id = ? and owner = ? and state = ? and {over}"),

    /** Fails at once if a transaction has the row. */
    LOCK("select id from retrykit_idempotency where id = ? for update nowait"),

    RENEW("update retrykit_idempotency_lease set lease_until = {now} + ? where id = ? and owner = ?"
            + " and exists (select 1 from retrykit_idempotency r where r.id = retrykit_idempotency_lease.id"
            + " and r.owner = retrykit_idempotency_lease.owner and r.{unfinished})"),

    RENEW_FIRST("insert into retrykit_idempotency_lease (id, owner, lease_until)"
            + " select id, owner, {now} + ? from retrykit_idempotency where id = ? and owner = ? and {unfinished}"),

    COMPLETE("update retrykit_idempotency set state = ?, answer = ?, lease_until = 0, expires_at = {now} + ?"
            + " where id = ? and owner = ? and {unfinished}"),

    /** By this holder, which wasn't answered. */
    COMPLETED("select id from retrykit_idempotency where id = ? and owner = ? and state in ('DONE', 'GONE')"),

    ABANDON("update retrykit_idempotency set lease_until = {now} - 1 where id = ? and owner = ? and {unfinished}"),

    ABANDON_RENEWED("delete from retrykit_idempotency_lease where id = ? and owner = ?"),

    /** Only what had no effect: a transaction that committed made it COMMITTED. */
    RELEASE("delete from retrykit_idempotency where id = ? and owner = ? and state = 'CLAIMED'"),

    BURY("update retrykit_idempotency set state = 'PART', lease_until = 0, expires_at = {now} + ?"
            + " where id = ? and owner = ? and state = 'COMMITTED'"),

    /** Within the transaction that commits next. */
    FENCE("update retrykit_idempotency set state = 'COMMITTED' where id = ? and owner = ? and {unfinished}"),

    FREE("delete from retrykit_idempotency where id = ? and {over}"),

    /** Some of what has expired. */
    PURGE("{purge}"),

    ORPHANS("delete from retrykit_idempotency_lease where lease_until < {now} - 86400000");

    private static final String OVER = "lease_until < {now} and not exists (select 1 from retrykit_idempotency_lease l"
            + " where l.id = retrykit_idempotency.id and l.owner = retrykit_idempotency.owner and l.lease_until >= {now})";

    private final String text;

    Sql(String text) {
        this.text = text;
    }

    /** In a database's words. */
    String in(Dialect dialect) {
        return text.replace("{purge}", dialect.purge)
                .replace("{over}", OVER)
                .replace("{unfinished}", "state in ('CLAIMED', 'COMMITTED')")
                .replace("{new-row}", dialect.newRow)
                .replace("{now}", dialect.now);
    }

    /** After how many seconds it is given up, since somebody else's transaction may have the row; 0 if it never waits. */
    int longestWaitSeconds() {
        return switch (this) {
            case TAKE_OVER, COMPLETE, ABANDON, RELEASE, BURY, FREE -> 1; // less than a caller of the store waits
            case PURGE -> 10;
            default -> 0;
        };
    }
}
