package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.Apps;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionTemplate;

/** A retried method that its caller calls within a transaction, on a real database. */
@ExtendWith(OutputCaptureExtension.class)
class CallerTransactionTests {

    private final ApplicationContextRunner app = Apps.with("""
                    retrykit.policies.shop: { max-attempts: 3 }
                    """)
            .withConfiguration(AutoConfigurations.of(
                    JdbcTemplateAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class))
            .withBean(
                    DataSource.class,
                    () -> new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"))
            .withBean(Shop.class)
            .withBean(Counter.class);

    static class Shop {

        private int attempts;

        @Retryable("shop")
        @Transactional
        public void joins() {
            fail();
        }

        @Retryable("shop")
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void beginsItsOwn() {
            fail();
        }

        @Retryable("shop")
        public void hasNone() {
            fail();
        }

        private void fail() {
            attempts++;
            throw new TransientDataAccessResourceException("attempt " + attempts);
        }
    }

    static class Counter {

        private final Shop shop;
        private final JdbcTemplate jdbc;

        Counter(Shop shop, JdbcTemplate jdbc) {
            this.shop = shop;
            this.jdbc = jdbc;
        }

        @Transactional
        public void sell(Runnable what) {
            jdbc.queryForObject("select 1", Integer.class);
            what.run();
        }
    }

    private enum OwnTransaction implements CallerTransaction {
        BROKEN;

        @Override
        public boolean isRollbackOnly() {
            throw new IllegalStateException("broken");
        }
    }

    private Throwable thrown;
    private int attempts;

    private interface Caller {
        void call(Shop shop, Counter counter, TransactionTemplate template);
    }

    private void call(Caller caller) {
        app.run(context -> {
            Shop shop = context.getBean(Shop.class);
            Counter counter = context.getBean(Counter.class);
            TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            thrown = catchThrowable(() -> caller.call(shop, counter, template));
            attempts = AopTestUtils.<Shop>getTargetObject(shop).attempts;
        });
    }

    private StopReason reason() {
        return ((RetryStopped) thrown.getSuppressed()[0]).reason();
    }

    @Test
    void isNotRetriedOnceThatIsRollbackOnly(CapturedOutput output) {
        call((shop, counter, template) -> counter.sell(shop::joins));

        assertThat(thrown).isInstanceOf(TransientDataAccessResourceException.class);
        assertThat(attempts).isEqualTo(1);
        assertThat(reason()).isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(output).containsOnlyOnce("Shop.joins() was called in a transaction that is now rollback-only");
    }

    @Test
    void alsoWhereATemplateBeganIt(CapturedOutput output) {
        call((shop, counter, template) -> template.executeWithoutResult(status -> {
            new JdbcTemplate(
                            ((org.springframework.jdbc.support.JdbcTransactionManager) template.getTransactionManager())
                                    .getDataSource())
                    .queryForObject("select 1", Integer.class);
            shop.joins();
        }));

        assertThat(attempts).isEqualTo(1);
        assertThat(output).containsOnlyOnce("rollback-only");
    }

    @Test
    void isWarnedOfOnce(CapturedOutput output) {
        call((shop, counter, template) -> {
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowable(() -> counter.sell(shop::joins))).isNotNull();
            }
        });

        assertThat(attempts).isEqualTo(3);
        assertThat(output).containsOnlyOnce("rollback-only");
    }

    @Test
    void isRetriedAsLongAsThatMayCommit(CapturedOutput output) {
        call((shop, counter, template) -> counter.sell(shop::hasNone));

        assertThat(attempts).isEqualTo(3);
        assertThat(reason()).isEqualTo(StopReason.EXHAUSTED);
        assertThat(output).doesNotContain("rollback-only");
    }

    @Test
    void isRetriedWithATransactionOfItsOwn(CapturedOutput output) {
        call((shop, counter, template) -> counter.sell(shop::beginsItsOwn));

        assertThat(attempts).isEqualTo(3);
        assertThat(output).doesNotContain("rollback-only");
    }

    @Test
    void isRetriedWithoutOneAround(CapturedOutput output) {
        call((shop, counter, template) -> shop.joins());

        assertThat(attempts).isEqualTo(3);
        assertThat(output).doesNotContain("rollback-only");
    }

    @Test
    void isRetriedInANewTransactionOfATemplateWhoseOuterOneIsRollbackOnly(CapturedOutput output) {
        call((shop, counter, template) -> counter.sell(() -> {
            TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
            template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            template.executeWithoutResult(status -> shop.hasNone());
        }));

        assertThat(attempts).isEqualTo(3);
        assertThat(output).doesNotContain("rollback-only");
    }

    @Test
    void keepsItsFailureWhereNobodyCanTellAboutTheTransaction() {
        Throwable[] caught = new Throwable[1];
        Apps.with("retrykit.policies.shop: { max-attempts: 3 }")
                .withBean(Shop.class)
                .withBean("own", CallerTransaction.class, () -> OwnTransaction.BROKEN, own -> own.setPrimary(true))
                .run(context -> caught[0] =
                        catchThrowable(() -> context.getBean(Shop.class).hasNone()));

        assertThat(caught[0]).isInstanceOf(TransientDataAccessResourceException.class);
    }
}
