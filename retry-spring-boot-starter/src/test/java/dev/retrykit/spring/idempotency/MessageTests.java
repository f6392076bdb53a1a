package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Idempotent methods without HTTP. */
class MessageTests {

    record Message(String id, String text) {}

    static class Ledger {

        private final JdbcTemplate jdbc;
        private int failures;

        Ledger(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("create table ledger (text varchar(100))");
        }

        @Retryable
        @Transactional(rollbackFor = ConnectException.class)
        public void book(String text) throws ConnectException {
            jdbc.update("insert into ledger (text) values (?)", text);
            if (failures-- > 0) {
                throw new ConnectException("down");
            }
        }

        public void fail(int times) {
            failures = times;
        }

        public List<String> rows() {
            return jdbc.queryForList("select text from ledger", String.class);
        }
    }

    static class Taker {

        final List<String> taken = new ArrayList<>();
        private final Ledger ledger;
        Runnable within = () -> {};
        RuntimeException failure;

        Taker(Ledger ledger) {
            this.ledger = ledger;
        }

        @Idempotent(key = "#message.id")
        public void take(Message message) throws ConnectException {
            taken().add(message.text());
            ledger().book(message.text());
            within().run();
            if (failure() != null) {
                throw failure();
            }
        }

        public List<String> taken() {
            return taken;
        }

        Ledger ledger() {
            return ledger;
        }

        public Runnable within() {
            return within;
        }

        public void within(Runnable task) {
            within = task;
        }

        public RuntimeException failure() {
            return failure;
        }

        public void failWith(RuntimeException thrown) {
            failure = thrown;
        }
    }

    private static void run(Consumer<AssertableApplicationContext> test) {
        Apps.plain()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        TransactionAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID())
                .withBean(Ledger.class)
                .withBean(Taker.class)
                .run(context -> test.accept(context));
    }

    private static Taker taker(ApplicationContext context) {
        return context.getBean(Taker.class);
    }

    private static void take(ApplicationContext context, String id, String text) {
        try {
            taker(context).take(new Message(id, text));
        } catch (ConnectException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void skipsARedeliveryOfWhatIsDone() {
        run(context -> {
            take(context, "1", "one");
            take(context, "1", "one");
            take(context, "2", "two");
            assertThat(taker(context).taken()).containsExactly("one", "two");
            assertThat(context.getBean(Ledger.class).rows()).containsExactly("one", "two");
        });
    }

    @Test
    void standsOutsideOfRetriesAndTransactions() {
        run(context -> {
            context.getBean(Ledger.class).fail(2);
            take(context, "1", "one");
            assertThat(taker(context).taken()).containsExactly("one");
            assertThat(context.getBean(Ledger.class).rows()).containsExactly("one");
            IdempotentMethodInfo method =
                    context.getBean(Idempotency.class).methods().get(0);
            assertThat(method.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
            assertThat(method.executed()).isOne();
            assertThat(method.unfenced()).isZero();
        });
    }

    @Test
    void deliversAgainWhatFailedBeforeItsCommit() {
        run(context -> {
            context.getBean(Ledger.class).fail(10);
            assertThatIllegalStateException()
                    .isThrownBy(() -> take(context, "1", "one"))
                    .withCauseInstanceOf(ConnectException.class);
            assertThat(context.getBean(Ledger.class).rows()).isEmpty();
            context.getBean(Ledger.class).fail(0);
            take(context, "1", "one");
            assertThat(taker(context).taken()).containsExactly("one", "one");
            assertThat(context.getBean(Ledger.class).rows()).containsExactly("one");
        });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void skipsWhatFailedAfterItsCommitAndWarns(CapturedOutput output) {
        run(context -> {
            taker(context).failWith(new IllegalStateException("after"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> take(context, "1", "one"))
                    .withMessage("after");
            take(context, "1", "one");
            assertThat(context.getBean(Ledger.class).rows()).containsExactly("one");
            assertThat(output)
                    .containsOnlyOnce("Taker.take(Message) is skipped, because it may have been executed in part")
                    .contains("DELETE /actuator/retry/idempotency/");
        });
    }

    @Test
    void failsWhileTheFirstDeliveryRuns() throws Exception {
        run(context -> {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            taker(context).within(() -> {
                running.countDown();
                await(goOn);
            });
            CompletableFuture<Void> first = AtOnce.run(() -> take(context, "1", "one"));
            await(running);
            assertThatExceptionOfType(KeyInUseException.class)
                    .isThrownBy(() -> take(context, "1", "one"))
                    .withMessageContaining("Taker.take(Message) is currently running with the same key")
                    .satisfies(inUse -> assertThat(inUse.retryable()).isTrue());
            goOn.countDown();
            first.join();
            take(context, "1", "one");
            assertThat(taker(context).taken()).containsExactly("one");
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void wantsAKey() {
        run(context -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> take(context, null, "one"))
                    .withMessageContaining("is null, so the method was not called");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> take(context, " ", "one"))
                    .withMessageContaining("is blank, so the method was not called");
            assertThat(taker(context).taken()).isEmpty();
        });
    }

    @Test
    void isNotCalledWithinATransactionOfData() {
        run(context -> {
            TransactionTemplate transaction =
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            assertThatIllegalStateException()
                    .isThrownBy(() -> transaction.executeWithoutResult(status -> take(context, "1", "one")))
                    .withMessageContaining("Call it outside a transaction");
            assertThat(taker(context).taken()).isEmpty();
        });
    }
}
