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
 * Stores keys in a relational database, in the tables of {@code schema-*.sql} next to this class. A holder's
 * transaction on the same {@link DataSource} commits only together with its claim: see {@link TransactionFence}.
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
     * Creates a store in a database.
     *
     * @param isFenced whether a transaction manager with a fence begins the application's transactions on the same data
     *     source; called once all beans have been created
     * @param makeTables creates the tables, if configured
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
     * Creates a store in a database, fenced by the transaction managers that begin transactions on the same data
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

    /** Whether the store uses the data source. */
    boolean uses(DataSource other) {
        return other == dataSource;
    }

    /**
     * Creates the tables, if configured, and checks that they exist.
     *
     * @throws InvalidSettingException if they do not exist, or if the database is not supported
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
                LOG.debug("The database of idempotency keys is not reachable yet; it is tried again", failed);
                return;
            }
            throw new InvalidSettingException(
                    "The application has @Idempotent methods, but the tables of idempotency keys cannot be read: "
                            + MessageText.line(String.valueOf(refused.getMessage()), 300),
                    "Create them with schema-postgresql.sql, schema-mysql.sql (for MariaDB too) or schema-h2.sql in"
                            + " dev/retrykit/spring/idempotency/store/jdbc of the starter's jar, or set"
                            + " retrykit.idempotency.initialize-schema=always.");
        }
        if (!fencesTransactions()) {
            LOG.warn("No transaction manager of the application uses the data source of idempotency keys."
                    + " Transactions of @Idempotent methods are not tied to their claims, so a crash may lose"
                    + " or repeat an effect. Use one data source for both, or accept the behavior of"
                    + " retrykit.idempotency.on-crash");
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

        /** The row has changed in the meantime. */
        CHANGED,

        /** The holder's transaction has locked the row: it is committing, or hangs during the commit. */
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

    /** Returns the connection to the pool after each batch, so that other callers get it in between. */
    @Override
    public void purge() {
        while (steps.runInBackground(session -> session.update(Sql.PURGE)) > 0) {
            // continues until no expired rows remain
        }
        steps.runInBackground(session -> session.update(Sql.ORPHANS));
    }

    StatementRunner steps() {
        return steps;
    }
}
