package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Servers;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.orm.ObjectOptimisticLockingFailureException;
import org.springframework.transaction.annotation.Transactional;

/** Retried transactional methods that are given JPA entities. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class EntityParametersTests {

    private static final String WARNED = "receives JPA entities from its caller: ";

    private final ApplicationContextRunner app = Apps.with("""
                    retrykit.policies:
                      shop: { max-attempts: 3, backoff: { delay: 1ms } }
                      once: { max-attempts: 1 }
                    """)
            .withConfiguration(AutoConfigurations.of(
                    DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
            .withBean(DataSource.class, () -> new DelegatingDataSource(Servers.h2()));

    @MappedSuperclass
    static class Base {}

    @Entity
    static class Order extends Base {}

    static class SpecialOrder extends Order {}

    @Entity
    static class Other {}

    static class Orders {

        @Retryable("shop")
        @Transactional
        public void one(Order order) {}

        @Retryable("shop")
        @Transactional
        public void base(Base any) {}

        @Retryable("shop")
        @Transactional
        public void sub(SpecialOrder order) {}

        @Retryable("shop")
        @Transactional
        public void several(String id, List<Order> orders, Optional<Other> other) {}

        @Retryable("shop")
        @Transactional
        public void held(Map<String, Order> byId, Set<? extends Order> set, Order... more) {}
    }

    static class Harmless {

        @Retryable("shop")
        public void outside(Order order) {}

        @Retryable("shop")
        @Transactional(readOnly = true)
        public void reading(Order order) {}

        @Retryable("once")
        @Transactional
        public void once(Order order) {}

        @Transactional
        public void notRetried(Order order) {}

        @Retryable("shop")
        @Transactional
        public void values(String id, List<String> lines, Map<Order, String> keys) {}
    }

    static class Conflicts {

        int attempts;

        /** A deadlock, then what comes of the instance that was rolled back. */
        @Retryable("shop")
        @Transactional
        public void place(Order order, Class<?> stale) {
            if (attempts++ == 0) {
                throw new CannotAcquireLockException("deadlock");
            }
            throw new ObjectOptimisticLockingFailureException(stale, 1L);
        }

        @Retryable("shop")
        @Transactional
        public void byId(String id) {
            attempts++;
            throw new ObjectOptimisticLockingFailureException(Order.class, 1L);
        }
    }

    @Test
    void oneWarningForEachMethodWithTheRemedies(CapturedOutput output) {
        app.withBean("one", Orders.class)
                .withBean("other", Orders.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce("Orders.one(Order) is retried by the policy 'shop' in a transaction, and " + WARNED
                        + "'order' (Order).")
                .containsOnlyOnce(WARNED + "'any' (Base).")
                .containsOnlyOnce(WARNED + "'order' (SpecialOrder).")
                .containsOnlyOnce(WARNED + "'orders' (Order) and 'other' (Other).")
                .containsOnlyOnce(WARNED + "'byId' (Order) and 'set' (Order) and 'more' (Order).")
                .contains("Pass an identifier or plain values, and load or create the entity inside");
        assertThat(output.getOut().split(WARNED, -1)).hasSize(6);
    }

    @Test
    void noneWhereNothingIsRolledBackAndRepeated(CapturedOutput output) {
        app.withBean(Harmless.class).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain(WARNED);
    }

    @Test
    void anOptimisticLockOnWhatWasRolledBackEndsTheCallWithTheFailureBeforeIt() {
        app.withBean(Conflicts.class).run(context -> {
            Conflicts conflicts = context.getBean(Conflicts.class);
            Throwable failure = catchThrowable(() -> conflicts.place(new Order(), Order.class));

            assertThat(failure).isInstanceOf(CannotAcquireLockException.class);
            assertThat(failure.getSuppressed())
                    .hasAtLeastOneElementOfType(ObjectOptimisticLockingFailureException.class);
            assertThat(stopOf(failure))
                    .extracting(RetryStopped::reason, RetryStopped::attempts)
                    .containsExactly(StopReason.NOT_RETRYABLE, 2);
        });
    }

    @Test
    void aConflictAboutOthersIsRetried() {
        app.withBean(Conflicts.class).run(context -> {
            Conflicts conflicts = context.getBean(Conflicts.class);

            assertThat(stopOf(catchThrowable(() -> conflicts.place(new Order(), Other.class))))
                    .extracting(RetryStopped::reason, RetryStopped::attempts)
                    .containsExactly(StopReason.EXHAUSTED, 3);
            assertThat(stopOf(catchThrowable(() -> conflicts.byId("1"))))
                    .extracting(RetryStopped::reason, RetryStopped::attempts)
                    .containsExactly(StopReason.EXHAUSTED, 3);
        });
    }

    private static RetryStopped stopOf(Throwable failure) {
        return (RetryStopped) List.of(failure.getSuppressed()).stream()
                .filter(RetryStopped.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
