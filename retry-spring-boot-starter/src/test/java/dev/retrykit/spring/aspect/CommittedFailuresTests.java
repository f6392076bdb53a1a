package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Servers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.RollbackOn;
import org.springframework.transaction.annotation.Transactional;

/** The start warns of methods whose transactions are committed by failures that their policies retry. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class CommittedFailuresTests {

    private static final String RETRIED = "() is retried on ";

    private final ApplicationContextRunner app = Apps.with("""
                    retrykit.policies:
                      shop: { max-attempts: 3 }
                      cut: { max-attempts: 3, attempt-timeout: 1s }
                      once: { max-attempts: 1 }
                      harmless: { idempotent: true }
                      runtime: { retry-on: java.lang.IllegalStateException, known-failures: false }
                    """)
            .withConfiguration(AutoConfigurations.of(
                    DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
            .withBean(DataSource.class, () -> new DelegatingDataSource(Servers.h2()));

    static class Warned {

        @Retryable("shop")
        @Transactional
        public void declares() throws IOException {}

        @Retryable("shop")
        @Transactional
        public void declaresAll() throws Exception {}

        @Retryable
        @Transactional
        public void unnamed() throws Exception {}

        @Retryable("shop")
        @Transactional
        public CompletableFuture<String> stage() {
            return CompletableFuture.completedFuture("");
        }

        @Retryable("shop")
        @Transactional(noRollbackFor = TransientDataAccessException.class)
        public void spares() {}

        @Retryable("shop")
        @Transactional(rollbackFor = Exception.class, noRollbackFor = IOException.class)
        public void sparesSome() throws Exception {}
    }

    static class Silent {

        @Retryable("shop")
        @Transactional
        public void declaresNothing() {}

        @Retryable("cut")
        @Transactional
        public void isInterrupted() throws InterruptedException {}

        @Retryable("shop")
        @Transactional(rollbackFor = Exception.class)
        public void rollsBack() throws Exception {}

        @Retryable("shop")
        @Transactional(readOnly = true)
        public void reads() throws Exception {}

        @Retryable("harmless")
        @Transactional
        public void isHarmless() throws Exception {}

        @Retryable("once")
        @Transactional
        public void runsOnce() throws Exception {}

        @Retryable("runtime")
        @Transactional
        public void retriesOthers() throws Exception {}

        @Retryable("shop")
        @Transactional(propagation = Propagation.MANDATORY)
        public void joins() throws Exception {}

        @Retryable("shop")
        public void hasNone() throws Exception {}
    }

    record Message(String id) {}

    static class Listener {

        @Idempotent(key = "#message.id")
        @Transactional
        public void take(Message message) throws IOException {}

        @Idempotent(key = "#message.id")
        @Transactional(rollbackFor = Exception.class)
        public void takeOrRollBack(Message message) throws IOException {}

        @Idempotent(key = "#message.id")
        @Transactional
        public void takeUnchecked(Message message) {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(rollbackOn = RollbackOn.ALL_EXCEPTIONS)
    static class AllExceptions {}

    @Test
    void onceForEachWithTheRemedies(CapturedOutput output) {
        app.withBean(Warned.class).run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce("Warned.declares" + RETRIED + "SocketTimeoutException")
                .containsOnlyOnce("Warned.declaresAll" + RETRIED + "SocketTimeoutException, TimeoutException")
                .containsOnlyOnce("Warned.stage" + RETRIED + "SocketTimeoutException, TimeoutException")
                .containsOnlyOnce("Warned.spares" + RETRIED + "QueryTimeoutException")
                .containsOnlyOnce("Warned.sparesSome" + RETRIED + "SocketTimeoutException")
                .contains(
                        "@Transactional(rollbackFor = Exception.class)",
                        "RollbackOn.ALL_EXCEPTIONS",
                        "retrykit.policies.shop.idempotent: true",
                        "retrykit.policies.[Warned.unnamed].idempotent: true");
    }

    @Test
    void notWhereNothingIsCommitted(CapturedOutput output) {
        app.withBean(Silent.class).run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain(RETRIED);
    }

    @Test
    void notWhereTheApplicationRollsBackOnAllExceptions(CapturedOutput output) {
        app.withUserConfiguration(AllExceptions.class)
                .withBean(Warned.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .doesNotContain("Warned.declares" + RETRIED)
                .doesNotContain("Warned.stage" + RETRIED)
                .containsOnlyOnce("Warned.spares" + RETRIED)
                .containsOnlyOnce("Warned.sparesSome" + RETRIED);
    }

    @Test
    void ofMessagesThatWouldBeHalfDone(CapturedOutput output) {
        app.withBean(Listener.class).run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .containsOnlyOnce(
                        "Listener.take(Message) is @Idempotent, and its @Transactional commits on SocketTimeoutException,")
                .contains("a redelivery is skipped", "@Transactional(rollbackFor = Exception.class)")
                .doesNotContain("takeOrRollBack(Message) is @Idempotent")
                .doesNotContain("takeUnchecked(Message) is @Idempotent");
    }
}
