package dev.retrykit.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.EnableTransactionManagement;

@ExtendWith(OutputCaptureExtension.class)
class WovenNeighboursTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RetrykitAutoConfiguration.class,
                    TaskExecutionAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    JdbcClientAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class))
            .withPropertyValues(
                    "retrykit.policies.quick.backoff.delay=1ms",
                    "retrykit.policies.quick.budget.unlimited=true",
                    "retrykit.circuits.shards.consecutive-failures=2",
                    "retrykit.aspect.mode=aspectj");

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(mode = AdviceMode.ASPECTJ)
    static class WovenTransactions {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class ProxiedTransactions {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(mode = AdviceMode.ASPECTJ)
    static class WovenAsync {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class ProxiedAsync {}

    interface Contract {

        @Retryable("quick")
        String answer() throws ConnectException;
    }

    static class Implementation implements Contract {

        @Override
        public String answer() {
            return "never";
        }
    }

    @BeforeEach
    void noAttempts() {
        Shop.ATTEMPTS.set(0);
    }

    @Test
    void eachAttemptHasATransactionOfItsOwn() {
        application
                .withUserConfiguration(WovenTransactions.class)
                .withBean(Ledger.class)
                .run(context -> {
                    Ledger ledger = context.getBean(Ledger.class);
                    ledger.bookWithin(7);
                    assertThat(ledger.transactions).hasSize(3).doesNotHaveDuplicates();
                    assertThat(ledger.entries()).isEqualTo(1);
                });
    }

    @Test
    void aTransactionByAProxyWouldBeAroundAllAttempts() {
        application
                .withUserConfiguration(ProxiedTransactions.class)
                .withBean(Ledger.Sums.class)
                .run(
                        context -> assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessage(
                                        "Sums.sum() is woven for retries, but its @Transactional is applied by a proxy: they"
                                                + " would run in the wrong order, and self-invocations would be retried without it."));
    }

    @Test
    void attemptsAreMadeWhereAsyncTakesTheCall() {
        application
                .withUserConfiguration(WovenAsync.class)
                .withBean(Ledger.Mail.class)
                .run(context -> {
                    Ledger.Mail mail = context.getBean(Ledger.Mail.class);
                    assertThat(mail.send().join()).isEqualTo("sent");
                    assertThat(mail.threads).hasSize(3).allMatch(thread -> thread.startsWith("task-"));
                });
    }

    @Test
    void asyncByAProxyIsRefused() {
        application
                .withUserConfiguration(ProxiedAsync.class)
                .withBean(Ledger.Mail.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith(
                                "Mail.send() is woven for retries, but its @Async is applied by a proxy: "));
    }

    @Test
    void whatAspectJDoesntSeeIsRefused() {
        application
                .withBean(Implementation.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("Implementation.answer() is annotated and retrykit.aspect.mode is 'aspectj', but "
                                + Implementation.class.getName()
                                + " is not woven, so the method would be neither retried nor guarded."));
    }

    @Test
    void anInterfaceWithoutAClassHasAProxyAsEver() {
        AtomicInteger attempts = new AtomicInteger();
        Object made = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Contract.class}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(attempts, arguments);
                    }
                    if (attempts.incrementAndGet() < 3) {
                        throw new ConnectException("refused");
                    }
                    return "third";
                });
        application.withBean(Contract.class, () -> (Contract) made).run(context -> {
            assertThat(context.getBean(Contract.class).answer()).isEqualTo("third");
            assertThat(attempts).hasValue(3);
        });
    }

    @Test
    void ofTwoApplicationsTheOneThatStartedLastDrives(CapturedOutput output) {
        application.run(first -> {
            application
                    .withPropertyValues("retrykit.policies.quick.max-attempts=4")
                    .withBean(Shop.class, () -> new Shop("second"))
                    .run(second -> {
                        assertThat(output).containsOnlyOnce("Two applications of one class loader have");
                        assertThat(second.getBean(Shop.class).plain()).isEqualTo("second");
                    });
            assertThat(new Shop("first").plain()).isEqualTo("first");
            assertThat(Shop.ATTEMPTS).hasValue(6);
        });
    }
}
