package dev.retrykit.weaving;

import dev.retrykit.annotation.Retryable;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** Neighbours of a retry on one method. */
class Ledger {

    final List<Object> transactions = new CopyOnWriteArrayList<>();
    private final JdbcClient database;

    Ledger(JdbcClient database) {
        this.database = database;
        database.sql("create table if not exists entry (amount int)").update();
        database.sql("delete from entry").update();
    }

    void bookWithin(int amount) throws ConnectException {
        book(amount);
    }

    @Retryable("quick")
    @Transactional(rollbackFor = Exception.class)
    private void book(int amount) throws ConnectException {
        transactions.add(TransactionAspectSupport.currentTransactionStatus());
        database.sql("insert into entry values (?)").param(amount).update();
        if (transactions.size() < 3) {
            throw new ConnectException("refused");
        }
    }

    int entries() {
        return database.sql("select count(*) from entry").query(Integer.class).single();
    }

    /** Only looked at, by applications that should not start. */
    static class Sums {

        @Retryable("quick")
        @Transactional
        void sum() {}
    }

    /** Attempts are made where the whole call is. */
    static class Mail {

        final List<String> threads = new CopyOnWriteArrayList<>();

        @Async
        @Retryable("quick")
        CompletableFuture<String> send() throws ConnectException {
            threads.add(Thread.currentThread().getName());
            if (threads.size() < 3) {
                throw new ConnectException("refused");
            }
            return CompletableFuture.completedFuture("sent");
        }
    }
}
