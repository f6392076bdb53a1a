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
 * Notes on attempts what they commit: a transaction of their own that has written. A commit counts from before it is begun
 * until it is certain that it didn't happen.
 *
 * <p>A transaction of an attempt whose stage was given up at its time limit is rolled back: another attempt may be running.
 */
public final class CommitListener implements TransactionExecutionListener {

    /** Managers that commit nothing by themselves. */
    private static final Set<String> WITHOUT_RESOURCE =
            Set.of("ResourcelessTransactionManager", "PseudoTransactionManager");

    private final @Nullable WriteDetector writes;
    private final boolean reactive;
    private final Map<TransactionExecution, Known> known = new ConcurrentHashMap<>();

    private CommitListener(ConfigurableTransactionManager manager) {
        this.reactive = manager instanceof ReactiveTransactionManager;
        this.writes = reactive ? null : WriteDetector.of(manager);
    }

    /** What is known of a transaction before its end. */
    private static final class Known {

        /** Of a reactive one, whose thread changes; else that of the thread. */
        private volatile @Nullable RetryContext attempt;

        private volatile long atBegin = WriteDetector.UNKNOWN;
        private volatile @Nullable Boolean written;
        private volatile @Nullable SideEffect commit;
    }

    /** The one of a manager, which gets it if it has none: before its other listeners, which may write something. */
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

    /** Whether a commit of the manager is one of anything. */
    static boolean commitsSomething(ConfigurableTransactionManager manager) {
        return !WITHOUT_RESOURCE.contains(manager.getClass().getSimpleName());
    }

    /** A transaction begins about which somebody will ask: some databases must be asked now, too. */
    public void began(TransactionExecution transaction) {
        if (writes != null && isOwnWriter(transaction) && !known.containsKey(transaction)) {
            long atBegin = writes.atBegin();
            if (atBegin != WriteDetector.UNKNOWN) {
                known(transaction).atBegin = atBegin;
            }
        }
    }

    /**
     * Whether a transaction that is about to be committed has written anything. The database is asked once.
     *
     * @throws RuntimeException if what JPA has yet to write is refused; then nothing is committed
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
     * Executes an SQL statement in a transaction that is about to be committed, if that has written anything.
     *
     * @param statement executes it, with more at its end if that is given; tells whether it changed a row
     * @return whether it changed a row. If it didn't, either the transaction has written nothing, or there was no such row
     * @throws RuntimeException as {@link #hasWritten} does
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

    /** Whether a statement of the transaction has failed before, so that it can only be rolled back. */
    public static boolean isDoomed(SQLException failed) {
        return WriteQuery.isDoomed(failed);
    }

    private Known known(TransactionExecution transaction) {
        return known.computeIfAbsent(transaction, key -> new Known());
    }

    /** Not one that takes part in another, nor one that only reads. */
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
        // asked after the commit was noted, so that either this or who judges the attempt knows of the other
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
        ended(transaction, failure == null);
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
