package dev.retrykit.spring.idempotency.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.ClaimTimings;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.time.ManualTime;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.DefaultJpaDialect;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

/** With JPA, whose statements are sent just before the commit. */
@Tag("server")
class JpaFenceTests {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final ClaimTimings OVER_AT_ONCE =
            new ClaimTimings(LONG, Duration.ofSeconds(-10), Duration.ZERO, LONG);
    private static final ClaimTimings HELD = new ClaimTimings(LONG, LONG, Duration.ZERO, LONG);

    private static LocalContainerEntityManagerFactoryBean factory;

    private final JdbcStore store = new JdbcStore(Servers.postgres(), () -> true, () -> {});
    private final Idempotency idempotency = new Idempotency(store, new ManualTime());
    private final String id = Digest.of(UUID.randomUUID().toString());

    @Entity(name = "booked")
    static class Booked {

        @Id
        String id;

        int seat;
    }

    @BeforeAll
    static void start() {
        factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(Servers.postgres());
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setPersistenceUnitName("test");
        factory.setManagedTypes(PersistenceManagedTypes.of(Booked.class.getName()));
        factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "create"));
        factory.afterPropertiesSet();
    }

    @AfterAll
    static void stop() {
        factory.destroy();
    }

    private static EntityManagerFactory entities() {
        return java.util.Objects.requireNonNull(factory.getObject());
    }

    private static JpaTransactionManager manager(JpaDialect dialect) {
        JpaTransactionManager manager = new JpaTransactionManager(entities());
        manager.setDataSource(Servers.postgres());
        manager.afterPropertiesSet();
        manager.setJpaDialect(dialect); // it took the factory's
        new FencePostProcessor().postProcessAfterInitialization(manager, "manager");
        return manager;
    }

    private void book(JpaTransactionManager manager, ActiveClaim held) {
        EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(entities());
        try (ActiveClaim.Binding binding = held.bind()) {
            new TransactionTemplate(manager).executeWithoutResult(status -> {
                Booked booked = new Booked();
                booked.id = id;
                shared.persist(booked);
            });
        }
    }

    private boolean isBooked() {
        try (EntityManager own = entities().createEntityManager()) {
            return own.find(Booked.class, id) != null;
        } catch (PersistenceException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void commitsBoth() {
        JpaTransactionManager manager = manager(new HibernateJpaVendorAdapter().getJpaDialect());
        ActiveClaim held = idempotency.open(id, "print", OVER_AT_ONCE).claim();
        book(manager, held);
        assertThat(isBooked()).isTrue();
        assertThat(idempotency.open(id, "print", HELD).decision()).isEqualTo(IdempotencyDecision.PARTIAL);
        held.complete(Answer.none());
        assertThat(idempotency.open(id, "print", HELD).decision()).isEqualTo(IdempotencyDecision.REPLAY);
    }

    /** The commit alone writes it. */
    @Test
    void buriesAKeyAfterAChangeThatNobodyFlushed() {
        JpaTransactionManager manager = manager(new HibernateJpaVendorAdapter().getJpaDialect());
        EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(entities());
        book(manager, idempotency.open(id, "print", HELD).claim());
        String other = Digest.of(UUID.randomUUID().toString());
        ActiveClaim held = idempotency.open(other, "print", HELD).claim();
        try (ActiveClaim.Binding binding = held.bind()) {
            new TransactionTemplate(manager).executeWithoutResult(status -> shared.find(Booked.class, id).seat = 7);
        }
        assertThat(held.isFenced()).isTrue();
        held.release();
        assertThat(idempotency.open(other, "print", HELD).decision()).isEqualTo(IdempotencyDecision.PARTIAL);
    }

    @Test
    void freesAKeyAfterATransactionThatOnlyRead() {
        JpaTransactionManager manager = manager(new HibernateJpaVendorAdapter().getJpaDialect());
        EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(entities());
        ActiveClaim held = idempotency.open(id, "print", HELD).claim();
        try (ActiveClaim.Binding binding = held.bind()) {
            new TransactionTemplate(manager)
                    .executeWithoutResult(
                            status -> assertThat(shared.find(Booked.class, id)).isNull());
        }
        assertThat(held.isFenced()).isFalse();
        held.release();
        assertThat(idempotency.open(id, "print", HELD).decision()).isEqualTo(IdempotencyDecision.EXECUTE);
    }

    @Test
    void rollsBackWhatWasTakenOver() {
        JpaTransactionManager manager = manager(new HibernateJpaVendorAdapter().getJpaDialect());
        ActiveClaim held = idempotency.open(id, "print", OVER_AT_ONCE).claim();
        ActiveClaim successor = idempotency.open(id, "print", HELD).claim();
        assertThatExceptionOfType(ClaimLostException.class).isThrownBy(() -> book(manager, held));
        assertThat(isBooked()).isFalse();
        book(manager, successor);
        assertThat(isBooked()).isTrue();
    }

    /** Otherwise the claim would be updated on another connection, and committed on its own. */
    @Test
    void refusesATransactionWhoseConnectionNobodyKnows() {
        JpaTransactionManager manager = manager(new DefaultJpaDialect());
        ActiveClaim held = idempotency.open(id, "print", HELD).claim();
        assertThatExceptionOfType(CommitRefusedException.class)
                .isThrownBy(() -> book(manager, held))
                .withMessageContaining("JpaDialect that exposes JDBC connections");
        assertThat(isBooked()).isFalse();
    }
}
