package dev.retrykit.spring.idempotency.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.ClaimTimings;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.OpenResult;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.StoredState.State;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionTemplate;

/** A transaction of a holder is committed only together with its claim. */
class FenceTests {

    @Nested
    class InH2 extends Contract {

        InH2() {
            super(Servers.h2(), false);
        }
    }

    @Nested
    @Tag("server")
    class InPostgres extends Contract {

        InPostgres() {
            super(Servers.postgres(), true);
        }
    }

    @Nested
    @Tag("server")
    class InMariaDb extends Contract {

        InMariaDb() {
            super(Servers.mariaDb(), false);
        }
    }

    abstract static class Contract {

        private static final Duration LONG = Duration.ofMinutes(5);
        private static final ClaimTimings OVER_AT_ONCE =
                new ClaimTimings(LONG, Duration.ofSeconds(-10), Duration.ZERO, LONG);
        private static final ClaimTimings HELD = new ClaimTimings(LONG, LONG, Duration.ZERO, LONG);

        private final DataSource dataSource;
        private final boolean refusesUnseen;
        private final JdbcTemplate jdbc;
        private final DataSourceTransactionManager manager;
        private final JdbcStore store;
        private final Idempotency idempotency;
        private final String id = Digest.of(UUID.randomUUID().toString());

        /**
         * In a database.
         *
         * @param refusesUnseen whether, above READ COMMITTED, it lets nobody update what changed since he began
         */
        Contract(DataSource dataSource, boolean refusesUnseen) {
            this.refusesUnseen = refusesUnseen;
            this.dataSource = dataSource;
            this.jdbc = new JdbcTemplate(dataSource);
            this.manager = new JdbcTransactionManager(dataSource);
            new FencePostProcessor().postProcessAfterInitialization(manager, "manager");
            this.store = new JdbcStore(dataSource, () -> true, () -> {});
            this.idempotency = new Idempotency(store, new ManualTime());
        }

        @BeforeEach
        void begin() {
            jdbc.execute("create table if not exists effects (name varchar(100))");
            jdbc.update("delete from effects");
        }

        @AfterEach
        void end() {
            idempotency.close();
        }

        private ActiveClaim claim(ClaimTimings terms) {
            OpenResult opened = idempotency.open(id, "print", terms);
            assertThat(opened.decision()).isEqualTo(IdempotencyDecision.EXECUTE);
            return opened.claim();
        }

        private OpenResult repeat() {
            return idempotency.open(id, "print", HELD);
        }

        private TransactionTemplate transaction() {
            return new TransactionTemplate(manager);
        }

        private TransactionTemplate transaction(int propagation, int isolation) {
            TransactionTemplate template = transaction();
            template.setPropagationBehavior(propagation);
            template.setIsolationLevel(isolation);
            return template;
        }

        private TransactionTemplate isolated(int isolation) {
            return transaction(TransactionDefinition.PROPAGATION_REQUIRED, isolation);
        }

        private TransactionTemplate own(int isolation) {
            return transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, isolation);
        }

        private void effect(String name) {
            jdbc.update("insert into effects (name) values (?)", name);
        }

        private long effects() {
            return jdbc.queryForObject("select count(*) from effects", Long.class);
        }

        @Test
        void commitsBoth() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction().executeWithoutResult(status -> effect("paid"));
            }
            assertThat(effects()).isOne();
            assertThat(held.isFenced()).isTrue();
            held.complete(Answer.none());
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.REPLAY);
        }

        @Test
        void rollsBackWhatWasTakenOver() {
            ActiveClaim held = claim(OVER_AT_ONCE);
            ActiveClaim successor = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                assertThatExceptionOfType(ClaimLostException.class)
                        .isThrownBy(() -> transaction().executeWithoutResult(status -> effect("paid")));
            }
            assertThat(effects()).isZero();
            held.complete(Answer.none());
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.CONFLICT);
            try (ActiveClaim.Binding binding = successor.bind()) {
                transaction().executeWithoutResult(status -> effect("paid"));
            }
            assertThat(effects()).isOne();
        }

        @Test
        void commitsAfterTheLeaseIfNobodyTookOver() {
            ActiveClaim held = claim(OVER_AT_ONCE);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction().executeWithoutResult(status -> effect("paid"));
            }
            assertThat(effects()).isOne();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        }

        @Test
        void letsARepeatRunIfTheHolderIsGoneBeforeItsCommit() {
            claim(OVER_AT_ONCE);
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.EXECUTE);
        }

        @Test
        void buriesAKeyThatIsGivenUpAfterACommit() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction().executeWithoutResult(status -> effect("paid"));
            }
            held.release();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        }

        @Test
        void freesAKeyThatIsGivenUpAfterTransactionsThatWroteNothing() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction()
                        .executeWithoutResult(status -> assertThat(effects()).isZero());
                transaction().executeWithoutResult(status -> jdbc.update("delete from effects where name = 'nobody'"));
            }
            assertThat(held.isFenced()).isFalse();
            held.release();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.EXECUTE);
        }

        @Test
        void freesAKeyThatIsGivenUpAfterARollback() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction().executeWithoutResult(status -> {
                    effect("paid");
                    status.setRollbackOnly();
                });
            }
            assertThat(held.isFenced()).isFalse();
            held.release();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.EXECUTE);
        }

        @Test
        void fencesEachOfSeveralTransactions() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                transaction().executeWithoutResult(status -> effect("first"));
                transaction().executeWithoutResult(status -> effect("second"));
                assertThat(store.free(id)).isFalse();
            }
            assertThat(effects()).isEqualTo(2);
        }

        @Test
        void fencesATransactionWithinATransaction() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                isolated(TransactionDefinition.ISOLATION_READ_COMMITTED).executeWithoutResult(outer -> {
                    effect("outer");
                    own(TransactionDefinition.ISOLATION_READ_COMMITTED).executeWithoutResult(inner -> effect("inner"));
                });
            }
            assertThat(effects()).isEqualTo(2);
            held.complete(Answer.none());
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.REPLAY);
        }

        @Test
        void leavesSavepointsAndReadOnlyTransactionsAlone() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                TransactionTemplate readOnly = transaction();
                readOnly.setReadOnly(true);
                assertThat(readOnly.<Long>execute(status -> effects())).isZero();
                assertThat(held.isFenced()).isFalse();
                transaction().executeWithoutResult(outer -> {
                    effect("outer");
                    transaction(TransactionDefinition.PROPAGATION_NESTED, TransactionDefinition.ISOLATION_DEFAULT)
                            .executeWithoutResult(inner -> effect("inner"));
                    assertThat(held.isFenced()).isFalse();
                });
            }
            assertThat(held.isFenced()).isTrue();
        }

        @Test
        void renewsALeaseWithinATransactionThatSeesOnlyItsBeginning() {
            ActiveClaim held = claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                for (int level : new int[] {
                    TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE
                }) {
                    isolated(level).executeWithoutResult(status -> {
                        effects();
                        effect("paid");
                        assertThat(AtOnce.start(() -> store.renew(held.claim(), LONG))
                                        .join())
                                .isTrue();
                    });
                }
            }
            assertThat(effects()).isEqualTo(2);
        }

        @Test
        void rollsBackWhatWasTakenOverInATransactionThatSeesOnlyItsBeginning() {
            ActiveClaim held = claim(OVER_AT_ONCE);
            try (ActiveClaim.Binding binding = held.bind()) {
                assertThatExceptionOfType(ClaimLostException.class)
                        .isThrownBy(() -> isolated(TransactionDefinition.ISOLATION_REPEATABLE_READ)
                                .executeWithoutResult(status -> {
                                    effects();
                                    effect("paid");
                                    AtOnce.run(() -> claim(HELD)).join();
                                }));
            }
            assertThat(effects()).isZero();
        }

        /** A database that lets it update what it can't see commits it: then both are there. */
        @Test
        void commitsASecondTransactionThatCannotSeeTheFirstOnlyIfTheDatabaseDoes() {
            ActiveClaim held = claim(HELD);
            int level = TransactionDefinition.ISOLATION_REPEATABLE_READ;
            ThrowingCallable both = () -> isolated(level).executeWithoutResult(outer -> {
                effects();
                effect("outer");
                own(level).executeWithoutResult(inner -> effect("inner"));
            });
            try (ActiveClaim.Binding binding = held.bind()) {
                if (refusesUnseen) {
                    assertThatExceptionOfType(CommitRefusedException.class)
                            .isThrownBy(both)
                            .withMessageContaining("above READ COMMITTED")
                            .satisfies(
                                    refused -> assertThat(refused.retryable()).isFalse());
                } else {
                    assertThatNoException().isThrownBy(both);
                }
            }
            assertThat(effects()).isEqualTo(refusesUnseen ? 1 : 2);
            held.release();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        }

        /** It stands between its update of the claim and its commit, and its lease is over. */
        @Test
        void isNotTakenOverWhileItCommits() throws Exception {
            CountDownLatch committing = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            DataSourceTransactionManager slow = new JdbcTransactionManager(dataSource);
            new FencePostProcessor().postProcessAfterInitialization(slow, "slow");
            var listeners = new java.util.ArrayList<>(slow.getTransactionExecutionListeners());
            listeners.add(new TransactionExecutionListener() {
                @Override
                public void beforeCommit(TransactionExecution execution) {
                    committing.countDown();
                    awaitUninterruptibly(goOn);
                }
            });
            slow.setTransactionExecutionListeners(listeners);
            ActiveClaim held = claim(OVER_AT_ONCE);
            CompletableFuture<Void> holder = AtOnce.run(() -> {
                try (ActiveClaim.Binding binding = held.bind()) {
                    new TransactionTemplate(slow).executeWithoutResult(status -> effect("paid"));
                }
            });
            committing.await();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.CONFLICT);
            goOn.countDown();
            holder.get();
            assertThat(effects()).isOne();
            assertThat(repeat().decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        }

        @Test
        void leavesOtherThreadsAndCallsAlone() {
            ActiveClaim held = claim(OVER_AT_ONCE);
            claim(HELD);
            try (ActiveClaim.Binding binding = held.bind()) {
                AtOnce.run(() -> transaction().executeWithoutResult(status -> effect("other")))
                        .join();
            }
            transaction().executeWithoutResult(status -> effect("another"));
            assertThat(effects()).isEqualTo(2);
            assertThat(store.claim(new dev.retrykit.spring.idempotency.store.ClaimRequest(
                                    held.claim(), "print", LONG, LONG, LONG))
                            .state())
                    .isEqualTo(State.IN_FLIGHT);
        }

        @Test
        void fencesTheClaimsOfACallWithinACall() {
            ActiveClaim outer = claim(OVER_AT_ONCE);
            ActiveClaim successor = claim(HELD);
            ActiveClaim inner = idempotency
                    .open(Digest.of(UUID.randomUUID().toString()), "print", HELD)
                    .claim();
            try (ActiveClaim.Binding one = outer.bind();
                    ActiveClaim.Binding two = inner.bind()) {
                assertThatThrownBy(() -> transaction().executeWithoutResult(status -> effect("paid")))
                        .isInstanceOf(ClaimLostException.class);
            }
            assertThat(effects()).isZero();
            successor.release();
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }
}
