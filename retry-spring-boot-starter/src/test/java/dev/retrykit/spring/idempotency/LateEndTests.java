package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.jdbc.FencePostProcessor;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import dev.retrykit.spring.idempotency.store.redis.RedisStore;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores that are gone when a call ends, for longer than its lease, and come back. The lease is over on the store's own clock;
 * when the store is told again stands on one that the test moves. Of two applications each is a process.
 */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class LateEndTests {

    private static final Duration LEASE = Duration.ofMillis(60);
    private static final Duration HOUR = Duration.ofHours(1);

    private final String id = Digest.of(UUID.randomUUID().toString());
    private final ManualTime time = new ManualTime();
    private Outage outage;
    private Idempotency first;
    private Idempotency second;

    /** Stores, of which the first application's can be gone. */
    private enum Stores {
        MEMORY {
            @Override
            Outage outage() {
                return Outage.of(new MemoryStore(TimeSource.system(), 100, 10_000));
            }
        },
        H2 {
            @Override
            Outage outage() {
                return Outage.of(Servers.h2());
            }
        },
        POSTGRESQL {
            @Override
            Outage outage() {
                return Outage.of(Servers.postgres());
            }
        },
        REDIS {
            @Override
            Outage outage() {
                return Outage.of(new RedisStore(Servers.redis()));
            }
        };

        abstract Outage outage();
    }

    /** The store as two applications see it. */
    private record Outage(IdempotencyStore near, IdempotencyStore far, DataSource pool, Runnable begin, Runnable end) {

        static Outage of(IdempotencyStore store) {
            FaultyStore faulty = new FaultyStore(store);
            return new Outage(faulty, store, null, faulty::down, faulty::up);
        }

        static Outage of(DataSource dataSource) {
            Pool pool = new Pool(dataSource);
            return new Outage(
                    new JdbcStore(pool, () -> true, () -> {}),
                    new JdbcStore(dataSource, () -> true, () -> {}),
                    pool,
                    () -> pool.down = true,
                    () -> pool.down = false);
        }
    }

    private static final class Pool extends DelegatingDataSource {

        private volatile boolean down;

        Pool(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (down) {
                throw new SQLException("down", "08001");
            }
            return super.getConnection();
        }
    }

    private void start(Stores stores) {
        outage = stores.outage();
        outage.far().free(id); // a client connects with its first step
        first = new Idempotency(outage.near(), time);
        second = new Idempotency(outage.far(), time);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private OpenResult open(Idempotency application, Duration grace) {
        return application.open(id, "print", new ClaimTimings(HOUR, LEASE, grace, HOUR));
    }

    private static Answer answer(String body) {
        return new Answer(200, false, List.of(), body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The first application's call ends while the store is gone, which comes back when the lease is over. */
    private void endWhileTheStoreIsGone(ActiveClaim held) {
        outage.begin().run();
        held.complete(answer("first"));
        Waiting.nanos(LEASE.multipliedBy(2).toNanos());
        outage.end().run();
    }

    /** Time for another try passes until it was taken. */
    private void awaitReplay(Duration grace) {
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(2));
            return open(second, grace).decision() == IdempotencyDecision.REPLAY;
        });
        assertThat(open(second, grace).found().answer().body()).asString().isEqualTo("first");
        Waiting.until(() -> open(first, grace).decision() == IdempotencyDecision.REPLAY);
    }

    @ParameterizedTest
    @EnumSource
    void areNeverRunAgainWhereUnknownOutcomesAreHeld(Stores stores) {
        start(stores);
        endWhileTheStoreIsGone(open(first, HOUR).claim());
        assertThat(open(first, HOUR).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
        assertThat(open(second, HOUR).decision()).isEqualTo(IdempotencyDecision.UNKNOWN);
        awaitReplay(HOUR);
        assertThat(first.counters().count(Result.LOST)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void areNotRunAgainInTheirProcessWhereTheyMayBe(Stores stores) {
        start(stores);
        endWhileTheStoreIsGone(open(first, Duration.ZERO).claim());
        assertThat(open(first, Duration.ZERO).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
        assertThat(open(first, Duration.ZERO).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(2));
            return open(first, Duration.ZERO).decision() == IdempotencyDecision.REPLAY;
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void areCarriedOutInPartForOthersIfTheyCommittedATransaction(Stores stores) {
        start(stores);
        JdbcTransactionManager manager = new JdbcTransactionManager(outage.pool());
        new FencePostProcessor().postProcessAfterInitialization(manager, "manager");
        JdbcTemplate jdbc = new JdbcTemplate(outage.pool());
        jdbc.execute("create table if not exists late (id varchar(64))");
        ActiveClaim held = open(first, Duration.ZERO).claim();
        try (ActiveClaim.Binding bound = held.bind()) {
            new TransactionTemplate(manager)
                    .executeWithoutResult(status -> jdbc.update("insert into late values (?)", id));
        }
        endWhileTheStoreIsGone(held);
        assertThat(open(first, Duration.ZERO).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
        assertThat(open(second, Duration.ZERO).decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        awaitReplay(Duration.ZERO);
        assertThat(first.counters().count(Result.LOST)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void tellWhatWasLostToAnotherProcess(Stores stores, CapturedOutput output) {
        start(stores);
        endWhileTheStoreIsGone(open(first, Duration.ZERO).claim());
        ActiveClaim another = open(second, Duration.ZERO).claim();
        assertThat(another).isNotNull();
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(2));
            return first.counters().count(Result.LOST) == 1;
        });
        assertThat(output)
                .containsOnlyOnce("The claim on the idempotency key " + id + " was not completed: it was taken over")
                .contains("retrykit.idempotency.lease");
        another.complete(answer("second"));
        assertThat(open(first, Duration.ZERO).found().answer().body())
                .asString()
                .isEqualTo("second");
    }

    /** Nothing is lost, so nothing is said. */
    @Test
    void sayNothingOfKeysThatWereFreedTwice(CapturedOutput output) {
        MemoryStore memory = new MemoryStore(TimeSource.system(), 100, 10_000);
        FaultyStore faulty = new FaultyStore(memory);
        first = new Idempotency(faulty, time);
        second = new Idempotency(memory, time);
        ActiveClaim held = open(first, HOUR).claim();
        faulty.before(() -> {
            memory.release(held.claim(), HOUR);
            throw new IllegalStateException("its answer is lost");
        });
        held.release();
        assertThat(open(first, HOUR).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
        faulty.up();
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(2));
            return open(first, HOUR).decision() == IdempotencyDecision.EXECUTE;
        });
        assertThat(first.counters().count(Result.LOST)).isZero();
        assertThat(output).doesNotContain("taken over");
    }

    @Test
    void areToldWhenTheApplicationEnds(CapturedOutput output) {
        start(Stores.H2);
        endWhileTheStoreIsGone(open(first, HOUR).claim());
        assertThat(open(second, HOUR).decision()).isEqualTo(IdempotencyDecision.UNKNOWN);
        first.close();
        assertThat(open(second, HOUR).decision()).isEqualTo(IdempotencyDecision.REPLAY);
        assertThat(output).doesNotContain("The application is shutting down");
    }

    @Test
    void areCountedWhenTheApplicationEndsBeforeTheStoreIsBack(CapturedOutput output) {
        start(Stores.H2);
        ActiveClaim held = open(first, HOUR).claim();
        outage.begin().run();
        held.complete(answer("first"));
        first.close();
        assertThat(output)
                .containsOnlyOnce("The application is shutting down, and the store did not record the outcomes of 1"
                        + " idempotency keys")
                .contains(id)
                .contains("DELETE /actuator/retry/idempotency/{hash}");
    }

    /** What is measured is the bound itself. */
    @Test
    @Timeout(10)
    void holdTheEndOfTheApplicationUpForTwoSecondsAtMost(CapturedOutput output) {
        CountDownLatch goOn = new CountDownLatch(1);
        FaultyStore faulty = new FaultyStore(new MemoryStore(TimeSource.system(), 100, 10_000));
        first = new Idempotency(faulty, time);
        second = first;
        ActiveClaim held = open(first, HOUR).claim();
        faulty.before(() -> {
            try {
                goOn.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        time.advance(Duration.ofSeconds(1)); // what isn't short is told by another thread
        held.complete(answer("first"));
        first.close();
        goOn.countDown();
        assertThat(output)
                .contains("The application is shutting down, and the store did not record the outcomes of 1"
                        + " idempotency keys");
    }

    @Test
    void areNotDroppedWithoutAWordAfterTheApplicationHasEnded(CapturedOutput output) {
        start(Stores.H2);
        ActiveClaim held = open(first, HOUR).claim();
        outage.begin().run();
        first.close();
        held.complete(answer("first"));
        assertThat(output)
                .containsOnlyOnce("The store does not record the outcome for the idempotency key " + id
                        + ": the application is shutting down. Repeats get 409");
    }
}
