package dev.retrykit.spring.transaction;

import dev.retrykit.RetryContext;
import dev.retrykit.event.SideEffect;
import dev.retrykit.spring.failure.DataFailures;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Records the commits of an attempt: those of its own transactions that have written. A commit counts from before it
 * starts until it is certain that it did not happen.
 *
 * <p>If the attempt was abandoned at its timeout, its transaction is rolled back, because another attempt may be
 * running.
 */
public final class CommitListener implements TransactionExecutionListener {

    /** Transaction managers that commit nothing themselves. */
    private static final Set<String> WITHOUT_RESOURCE =
            Set.of("ResourcelessTransactionManager", "PseudoTransactionManager");

    private final @Nullable WriteDetector writes;
    private final boolean reactive;
    private final Map<TransactionExecution, Known> known = new ConcurrentHashMap<>();

    private CommitListener(ConfigurableTransactionManager manager) {
        this.reactive = manager instanceof ReactiveTransactionManager;
        this.writes = reactive ? null : WriteDetector.of(manager);
    }

    /** The information about a transaction that has not ended. */
    private static final class Known {

        /** The attempt of a reactive transaction, which changes threads. Otherwise the thread's attempt applies. */
        private volatile @Nullable RetryContext attempt;

        private volatile long atBegin = WriteDetector.UNKNOWN;
        private volatile @Nullable Boolean written;
        private volatile @Nullable SideEffect commit;
    }

    /**
     * Returns the listener of a manager, and adds it if there is none. It runs before other listeners, which may write.
     */
    public static CommitListener of(ConfigurableTransactionManager manager) {
        List<TransactionExecutionListener> listeners = new ArrayList<>(manager.getTransactionExecutionListeners());
        for (TransactionExecutionListener listener : listeners) {
            if (listener instanceof CommitListener found) {
                return found;
            }
        }
        CommitListener made = new CommitListener(manager);
        listeners.add(0, made);
        manager.setTransactionExecutionListeners(List.copyOf(listeners));
        return made;
    }

    /** Whether a commit of the manager commits anything. */
    static boolean commitsSomething(ConfigurableTransactionManager manager) {
        return !WITHOUT_RESOURCE.contains(manager.getClass().getSimpleName());
    }

    /** Prepares for {@link #hasWritten}: some databases must be queried at the start of the transaction too. */
    public void began(TransactionExecution transaction) {
        if (writes != null && isOwnWriter(transaction) && !known.containsKey(transaction)) {
            long atBegin = writes.atBegin();
            if (atBegin != WriteDetector.UNKNOWN) {
                known(transaction).atBegin = atBegin;
            }
        }
    }

    /**
     * Whether a transaction that is about to be committed has written anything. Queries the database once.
     *
     * @throws RuntimeException if pending JPA changes are rejected; then nothing is committed
     */
    public boolean hasWritten(TransactionExecution transaction) {
        if (writes == null) {
            return true;
        }
        Known about = known(transaction);
        Boolean written = about.written;
        if (written == null) {
            written = writes.hasWritten(about.atBegin);
            about.written = written;
        }
        return written;
    }

    /**
     * Executes an SQL statement in a transaction that is about to be committed, if it has written anything.
     *
     * @param statement executes the statement with the given suffix; returns whether it changed a row
     * @return whether the statement changed a row. If not, either the transaction has written nothing, or there was no
     *     matching row
     * @throws RuntimeException like {@link #hasWritten}
     */
    public boolean changesIfWritten(TransactionExecution transaction, Predicate<String> statement) {
        Known about = known(transaction);
        String condition = writes == null || about.written != null ? null : writes.condition();
        if (condition == null) {
            return hasWritten(transaction) && statement.test("");
        }
        boolean changed = statement.test(" and " + condition);
        if (changed) {
            about.written = true;
        }
        return changed;
    }

    /** Whether an earlier statement of the transaction has failed, so that it can only be rolled back. */
    public static boolean isDoomed(SQLException failed) {
        return WriteQuery.isDoomed(failed);
    }

    private Known known(TransactionExecution transaction) {
        return known.computeIfAbsent(transaction, key -> new Known());
    }

    /** Excludes transactions that participate in another one, and read-only ones. */
    private static boolean isOwnWriter(TransactionExecution transaction) {
        return transaction.isNewTransaction() && !transaction.isReadOnly();
    }

    @Override
    public void beforeBegin(TransactionExecution transaction) {
        if (reactive && RetryContext.tracksCommits()) {
            known(transaction).attempt = RetryContext.current().orElse(null);
        }
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure != null) {
            known.remove(transaction);
        } else if (RetryContext.tracksCommits()) {
            began(transaction);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        if (!isOwnWriter(transaction)) {
            return;
        }
        RetryContext attempt = attempt(transaction);
        if (attempt != null && hasWritten(transaction)) {
            known(transaction).commit = attempt.commit(describe(transaction));
        }
        // checked after the commit is recorded, so that either this check or the engine sees the other's mark
        if (RetryContext.isGivenUp()) {
            throw new AttemptOverException();
        }
    }

    private @Nullable RetryContext attempt(TransactionExecution transaction) {
        if (reactive) {
            Known begun = known.get(transaction);
            RetryContext attempt = begun == null ? null : begun.attempt;
            if (attempt != null) {
                return attempt;
            }
        }
        return RetryContext.tracksCommits() ? RetryContext.current().orElse(null) : null;
    }

    private static String describe(TransactionExecution transaction) {
        String name = transaction.getTransactionName();
        return name.isEmpty() ? "a transaction" : "the transaction " + name;
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        ended(transaction, failure != null && DataFailures.isUndone(failure));
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        ended(transaction, failure == null || DataFailures.isBeforeCommit(failure));
    }

    private void ended(TransactionExecution transaction, boolean undone) {
        if (known.isEmpty()) {
            return;
        }
        Known ended = known.remove(transaction);
        SideEffect commit = ended == null ? null : ended.commit;
        if (commit != null && undone) {
            commit.didNotHappen();
        }
    }
}
