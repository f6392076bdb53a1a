package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.spring.idempotency.store.jdbc.StatementRunner.Session;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * Keeps keys in a relational database, in the tables of {@code schema-*.sql} beside this class. A transaction of a holder
 * that uses the same {@link DataSource} is committed only together with its claim: see {@link TransactionFence}.
 */
public final class JdbcStore implements IdempotencyStore {

    private static final Log LOG = LogFactory.getLog(JdbcStore.class);

    private static final int TRIES = 5;
    private static final Duration COMMITTING = Duration.ofSeconds(1);

    private final DataSource dataSource;
    private final BooleanSupplier isFenced;
    private final Runnable makeTables;
    private final StatementRunner steps;

    /**
     * In a database.
     *
     * @param isFenced whether the application's transactions are begun on the same data source by a manager that has a
     *     fence; asked once all beans are there
     * @param makeTables makes the tables, where that is wanted
     */
    public JdbcStore(DataSource dataSource, BooleanSupplier isFenced, Runnable makeTables) {
        this.dataSource = dataSource;
        this.isFenced = isFenced;
        this.makeTables = makeTables;
        this.steps = new StatementRunner(dataSource);
    }

    @Override
    public String name() {
        return "jdbc";
    }

    /**
     * In a database, fenced by those of an application's transaction managers that begin transactions on the same data
     * source.
     */
    public static JdbcStore fencedBy(
            Supplier<Collection<ConfigurableTransactionManager>> managers, DataSource dataSource, Runnable makeTables) {
        DataSource plain = FencePostProcessor.plain(dataSource);
        return new JdbcStore(
                plain,
                () -> managers.get().stream().anyMatch(manager -> FencePostProcessor.dataSource(manager) == plain),
                makeTables);
    }

    @Override
    public boolean fencesTransactions() {
        return isFenced.getAsBoolean();
    }

    @Override
    public boolean boundsItself() {
        return true;
    }

    @Override
    public boolean isThreadBound() {
        return steps.connections().isThreadBound();
    }

    /** Whether transactions on this data source are the store's. */
    boolean uses(DataSource other) {
        return other == dataSource;
    }

    /**
     * Makes the tables, where that is wanted, and looks whether they are there.
     *
     * @throws InvalidSettingException if they aren't, or if the database is one that can't be used
     */
    @Override
    public void prepare() {
        try {
            makeTables.run();
            steps.run(session -> session.first(Sql.CHECK, row -> row.getInt(1)) != null);
        } catch (IllegalArgumentException unknown) {
            throw new InvalidSettingException(
                    "The application has @Idempotent methods, but " + unknown.getMessage() + ".",
                    "Set retrykit.idempotency.store to redis or memory, or define an IdempotencyStore bean.");
        } catch (RuntimeException failed) {
            SQLException refused = JdbcFailures.in(failed);
            if (refused == null || JdbcFailures.isDisconnect(refused) || failed instanceof AttemptTimeoutException) {
                LOG.debug("The database of idempotency keys can't be reached yet; it is tried once more", failed);
                return;
            }
            throw new InvalidSettingException(
                    "The application has @Idempotent methods, but the tables of idempotency keys can't be read: "
                            + MessageText.line(String.valueOf(refused.getMessage()), 300),
                    "Make them with schema-postgresql.sql, schema-mysql.sql (for MariaDB too) or schema-h2.sql in"
                            + " dev/retrykit/spring/idempotency/store/jdbc of the starter's jar, or set"
                            + " retrykit.idempotency.initialize-schema=always.");
        }
        if (!fencesTransactions()) {
            LOG.warn(
                    "No transaction manager of the application uses the data source of idempotency keys: transactions of"
                            + " @Idempotent methods aren't tied to their claims, so a crash may lose an effect or repeat it."
                            + " Let both use one data source, or accept what retrykit.idempotency.on-crash says");
        }
    }

    @Override
    public StoredState claim(ClaimRequest request) {
        return steps.run(session -> {
            boolean inserts = !session.dialect().looksBeforeInserting;
            for (int i = 0; i < TRIES; i++) {
                if (inserts && insert(session, request)) {
                    return StoredState.claimed(request.fingerprint());
                }
                KeyRow row =
                        session.first(Sql.LOOK, KeyRow::read, request.claim().id());
                inserts = row == null;
                if (row != null && !row.isFree(request)) {
                    return row.found();
                }
                TakeOver takeOver = row == null ? TakeOver.CHANGED : takeOver(session, row, request);
                if (takeOver == TakeOver.TAKEN) {
                    return StoredState.claimed(request.fingerprint());
                } else if (takeOver == TakeOver.COMMITTING) {
                    break;
                }
            }
            return StoredState.inFlight(request.fingerprint(), COMMITTING);
        });
    }

    private static boolean insert(Session session, ClaimRequest request) throws SQLException {
        try {
            return session.update(
                            Sql.INSERT,
                            request.claim().id(),
                            request.claim().owner(),
                            request.fingerprint(),
                            request.lease().toMillis(),
                            request.lease().plus(request.keep()).toMillis())
                    == 1;
        } catch (SQLException failed) {
            if (JdbcFailures.isDuplicate(failed)) {
                return false;
            }
            throw failed;
        }
    }

    private enum TakeOver {
        TAKEN,

        /** The row isn't any more what it was. */
        CHANGED,

        /** The holder's transaction has the row: it is committing, or stands still while it does. */
        COMMITTING
    }

    private static TakeOver takeOver(Session session, KeyRow row, ClaimRequest request) throws SQLException {
        try {
            if (session.dialect().keepsQueryTimeout) {
                session.first(
                        Sql.LOCK, locked -> locked.getString(1), request.claim().id());
            }
            int rows = session.update(
                    Sql.TAKE_OVER,
                    request.claim().owner(),
                    request.fingerprint(),
                    request.lease().toMillis(),
                    request.lease().plus(request.keep()).toMillis(),
                    request.claim().id(),
                    row.owner(),
                    row.state());
            return rows == 1 ? TakeOver.TAKEN : TakeOver.CHANGED;
        } catch (SQLException failed) {
            if (JdbcFailures.isLocked(failed)) {
                return TakeOver.COMMITTING;
            }
            throw failed;
        }
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
        return steps.run(session -> {
            boolean renewed = session.update(Sql.RENEW, lease.toMillis(), claim.id(), claim.owner()) == 1;
            return renewed || session.update(Sql.RENEW_FIRST, lease.toMillis(), claim.id(), claim.owner()) == 1;
        });
    }

    @Override
    public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
        return steps.run(session -> {
            int rows = session.update(
                    Sql.COMPLETE,
                    answer == null ? "GONE" : "DONE",
                    answer == null ? null : answer.toBytes(),
                    keep.toMillis(),
                    claim.id(),
                    claim.owner());
            return rows == 1
                    || session.first(Sql.COMPLETED, row -> row.getString(1), claim.id(), claim.owner()) != null;
        });
    }

    @Override
    public Release release(Claim claim, Duration keep) {
        return steps.run(session -> {
            if (session.update(Sql.RELEASE, claim.id(), claim.owner()) == 1) {
                return Release.FREED;
            }
            boolean buried = session.update(Sql.BURY, keep.toMillis(), claim.id(), claim.owner()) == 1;
            return buried ? Release.EFFECT : Release.LOST;
        });
    }

    @Override
    public void abandon(Claim claim) {
        steps.run(session -> {
            boolean own = session.update(Sql.ABANDON, claim.id(), claim.owner()) == 1;
            return own && session.update(Sql.ABANDON_RENEWED, claim.id(), claim.owner()) == 1;
        });
    }

    @Override
    public boolean free(String id) {
        return steps.run(session -> session.update(Sql.FREE, id) == 1);
    }

    /** Gives the connection back after each batch, so that others get it in between. */
    @Override
    public void purge() {
        while (steps.runInBackground(session -> session.update(Sql.PURGE)) > 0) {
            // there may be more
        }
        steps.runInBackground(session -> session.update(Sql.ORPHANS));
    }

    StatementRunner steps() {
        return steps;
    }
}
