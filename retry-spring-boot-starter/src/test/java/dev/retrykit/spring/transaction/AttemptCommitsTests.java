package dev.retrykit.spring.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.transaction.support.TransactionSynchronizationManager.registerSynchronization;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Causes;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.time.ManualTime;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.RollbackOn;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;

/** Attempts that fail and have, or haven't, committed: on real databases, two failures and then a success. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class AttemptCommitsTests {

    private static final String YML = """
            retrykit.defaults.budget: { reserve: 1000, min-success: 0 }
            retrykit.policies:
              plain: { max-attempts: 3 }
              cut: { max-attempts: 3, attempt-timeout: 1s }
              harmless: { max-attempts: 3, idempotent: true }
            """;

    /** What an attempt dies of. */
    private enum Fault {
        CHECKED {
            @Override
            void fail(ManualTime time) throws Exception {
                throw new SocketTimeoutException("read timed out");
            }
        },
        UNCHECKED {
            @Override
            void fail(ManualTime time) {
                throw new TransientDataAccessResourceException("gone for a moment");
            }
        },
        FUTURE_GET {
            @Override
            void fail(ManualTime time) throws Exception {
                new CompletableFuture<>().get(1, TimeUnit.NANOSECONDS);
            }
        },
        TIME_OUT {
            @Override
            void fail(ManualTime time) throws Exception {
                time.advance(Duration.ofSeconds(1));
                new CompletableFuture<>().get();
            }
        };

        abstract void fail(ManualTime time) throws Exception;
    }

    record Placed(String id) {}

    /** What the attempts do: an effect, and then a failure. */
    static class Work {

        private final JdbcTemplate jdbc;
        private final ApplicationEventPublisher events;
        private final ManualTime time;
        private Fault fault = Fault.CHECKED;
        private int attempts;
        private int failing = 2;
        private int mails;

        /** Whether the second attempt is only late, and doesn't fail. */
        private boolean late;

        Work(JdbcTemplate jdbc, ApplicationEventPublisher events, ManualTime time) {
            this.jdbc = jdbc;
            this.events = events;
            this.time = time;
        }

        void effect() {
            jdbc.update("insert into placed (id) values (?)", UUID.randomUUID().toString());
            events.publishEvent(new Placed("one"));
        }

        void fail() throws Exception {
            attempts++;
            if (late && attempts == Math.min(2, failing + 1)) {
                time.advance(Duration.ofSeconds(1));
            } else if (attempts <= failing) {
                fault.fail(time);
            }
        }

        void run() throws Exception {
            effect();
            fail();
        }

        @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
        public void mail(Placed placed) {
            mails++;
        }
    }

    /** A way to have transactions in attempts. */
    interface Form {
        void place() throws Exception;
    }

    static class OnMethod {

        final Work work;

        OnMethod(Work work) {
            this.work = work;
        }

        @Retryable("plain")
        @Transactional
        public void place() throws Exception {
            work.run();
        }

        @Retryable("cut")
        @Transactional
        public void placeInTime() throws Exception {
            work.run();
        }

        @Retryable("harmless")
        @Transactional
        public void placeAgain() throws Exception {
            work.run();
        }

        @Retryable("plain")
        @Transactional(readOnly = true)
        public void look() throws Exception {
            work.jdbc.queryForList("select * from placed");
            work.fail();
        }

        @Retryable("plain")
        @Transactional
        public void lookReadWrite() throws Exception {
            work.jdbc.queryForList("select * from placed");
            work.fail();
        }

        @Retryable("plain")
        @Transactional(rollbackFor = Exception.class)
        public void placeOrRollBack() throws Exception {
            work.run();
        }

        @Retryable("cut")
        @Transactional(rollbackFor = Exception.class)
        public void placeInTimeOrRollBack() throws Exception {
            work.run();
        }

        @Retryable("plain")
        @Transactional(noRollbackFor = TransientDataAccessException.class)
        public void placeAnyway() throws Exception {
            work.run();
        }

        @Retryable("cut")
        @Transactional(noRollbackFor = {TransientDataAccessException.class, InterruptedException.class})
        public void placeAnywayInTime() throws Exception {
            work.run();
        }

        @Retryable("plain")
        @Transactional
        public void placeAndFailAfterwards() throws Exception {
            work.run();
            registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    throw new TransientDataAccessResourceException("too late");
                }
            });
        }

        @Retryable("plain")
        @Transactional
        public CompletableFuture<String> stage() {
            try {
                work.run();
                return CompletableFuture.completedFuture("placed");
            } catch (Exception failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }

        @Retryable("cut")
        @Transactional
        public CompletableFuture<String> stageInTime() throws Exception {
            work.run();
            return CompletableFuture.completedFuture("placed");
        }
    }

    @Transactional
    static class OnClass {

        private final Work work;

        OnClass(Work work) {
            this.work = work;
        }

        @Retryable("plain")
        public void place() throws Exception {
            work.run();
        }

        @Retryable("cut")
        public void placeInTime() throws Exception {
            work.run();
        }
    }

    static class Inner {

        private final Work work;

        Inner(Work work) {
            this.work = work;
        }

        @Transactional
        public void run() throws Exception {
            work.run();
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void effect() {
            work.effect();
        }
    }

    static class Outer {

        private final Work work;
        private final Inner inner;
        private final TransactionTemplate template;

        Outer(Work work, Inner inner, PlatformTransactionManager manager) {
            this.work = work;
            this.inner = inner;
            this.template = new TransactionTemplate(manager);
        }

        @Retryable("plain")
        public void inner() throws Exception {
            inner.run();
        }

        @Retryable("cut")
        public void innerInTime() throws Exception {
            inner.run();
        }

        @Retryable("plain")
        @Transactional
        public void requiresNew() throws Exception {
            inner.effect();
            work.fail();
        }

        @Retryable("cut")
        @Transactional
        public void requiresNewInTime() throws Exception {
            inner.effect();
            work.fail();
        }

        @Retryable("plain")
        public void template() throws Exception {
            template.executeWithoutResult(status -> work.effect());
            work.fail();
        }

        @Retryable("cut")
        public void templateInTime() throws Exception {
            template.executeWithoutResult(status -> work.effect());
            work.fail();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(rollbackOn = RollbackOn.ALL_EXCEPTIONS)
    static class AllExceptions {}

    @Entity(name = "placed")
    static class PlacedEntity {

        @Id
        String id;
    }

    static class EntityWork extends Work {

        @PersistenceContext
        private EntityManager entities;

        private final ApplicationEventPublisher events;

        EntityWork(JdbcTemplate jdbc, ApplicationEventPublisher events, ManualTime time) {
            super(jdbc, events, time);
            this.events = events;
        }

        @Override
        void effect() {
            PlacedEntity placed = new PlacedEntity();
            placed.id = UUID.randomUUID().toString();
            entities.persist(placed);
            events.publishEvent(new Placed("one"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Jpa {

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(dataSource);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setPersistenceUnitName("attempts");
            factory.setManagedTypes(PersistenceManagedTypes.of(PlacedEntity.class.getName()));
            return factory;
        }

        @Bean
        JpaTransactionManager transactionManager() {
            return new JpaTransactionManager();
        }
    }

    private static ApplicationContextRunner app(DataSource dataSource) {
        return Apps.with(YML)
                .withConfiguration(AutoConfigurations.of(
                        JdbcTemplateAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class))
                .withBean(DataSource.class, () -> new DelegatingDataSource(dataSource))
                .withBean(OnMethod.class)
                .withBean(OnClass.class)
                .withBean(Inner.class)
                .withBean(Outer.class);
    }

    private static ApplicationContextRunner withJdbc(DataSource dataSource) {
        return app(dataSource).withBean(Work.class);
    }

    private static ApplicationContextRunner withJpa(DataSource dataSource) {
        return app(dataSource).withBean(EntityWork.class).withUserConfiguration(Jpa.class);
    }

    /** Calls, and tells what came of it. */
    private static String outcome(ApplicationContext context, Fault fault, Form form) {
        Work work = context.getBean(Work.class);
        work.jdbc.execute("create table if not exists placed (id varchar(40) primary key)");
        work.jdbc.update("delete from placed");
        work.fault = fault;
        work.attempts = 0;
        work.mails = 0;
        StopReason reason = StopReason.SUCCESS;
        try {
            form.place();
        } catch (Throwable failed) {
            reason = reason(failed);
        }
        assertThat(Thread.interrupted()).isFalse();
        return work.jdbc.queryForObject("select count(*) from placed", Integer.class) + " row, " + work.mails
                + " mail, " + work.attempts + " attempts, " + reason;
    }

    private static StopReason reason(Throwable failed) {
        return Causes.chain(failed).stream()
                .flatMap(link -> Arrays.stream(link.getSuppressed()))
                .filter(RetryStopped.class::isInstance)
                .map(stopped -> ((RetryStopped) stopped).reason())
                .findFirst()
                .orElseThrow(() -> new AssertionError(failed));
    }

    /** The forms, each with and without a time limit. */
    private static Map<String, List<Form>> forms(ApplicationContext context) {
        OnMethod method = context.getBean(OnMethod.class);
        OnClass type = context.getBean(OnClass.class);
        Outer outer = context.getBean(Outer.class);
        Map<String, List<Form>> forms = new LinkedHashMap<>();
        forms.put("on the method", List.of(method::place, method::placeInTime));
        forms.put("on the class", List.of(type::place, type::placeInTime));
        forms.put("inner bean", List.of(outer::inner, outer::innerInTime));
        forms.put("requires new", List.of(outer::requiresNew, outer::requiresNewInTime));
        forms.put("template", List.of(outer::template, outer::templateInTime));
        forms.put("rollbackFor", List.of(method::placeOrRollBack, method::placeInTimeOrRollBack));
        forms.put("noRollbackFor", List.of(method::placeAnyway, method::placeAnywayInTime));
        return forms;
    }

    /** One line for each form: what came of each fault. */
    private static String table(ApplicationContext context) {
        StringBuilder table = new StringBuilder();
        forms(context).forEach((name, form) -> {
            table.append(String.format("%-13s", name));
            for (Fault fault : Fault.values()) {
                Form called = form.get(fault == Fault.TIME_OUT ? 1 : 0);
                String outcome = outcome(context, fault, called);
                table.append(" | ").append(String.format("%-7s", WORDS.getOrDefault(outcome, outcome)));
            }
            table.append('\n');
        });
        return table.toString();
    }

    /** One effect each: of the third attempt, or of the first, after which there is no other. */
    private static final Map<String, String> WORDS = Map.of(
            "1 row, 1 mail, 3 attempts, SUCCESS", "retried",
            "1 row, 1 mail, 1 attempts, NOT_IDEMPOTENT", "stopped");

    /** CHECKED, UNCHECKED, FUTURE_GET, TIME_OUT. */
    private static final String BY_DEFAULT = """
            on the method | stopped | retried | stopped | retried
            on the class  | stopped | retried | stopped | retried
            inner bean    | stopped | retried | stopped | retried
            requires new  | stopped | stopped | stopped | stopped
            template      | stopped | stopped | stopped | stopped
            rollbackFor   | retried | retried | retried | retried
            noRollbackFor | stopped | stopped | stopped | retried
            """;

    private static final String WITH_ROLLBACK_ON_ALL = """
            on the method | retried | retried | retried | retried
            on the class  | retried | retried | retried | retried
            inner bean    | retried | retried | retried | retried
            requires new  | stopped | stopped | stopped | stopped
            template      | stopped | stopped | stopped | stopped
            rollbackFor   | retried | retried | retried | retried
            noRollbackFor | retried | stopped | retried | retried
            """;

    @Test
    void haveOneEffectInH2() {
        withJdbc(Servers.h2()).run(context -> assertThat(table(context)).isEqualTo(BY_DEFAULT));
    }

    @Test
    void haveOneEffectInPostgres() {
        withJdbc(Servers.postgres()).run(context -> assertThat(table(context)).isEqualTo(BY_DEFAULT));
    }

    @Test
    void haveOneEffectWithJpa() {
        withJpa(Servers.h2()).run(context -> assertThat(table(context)).isEqualTo(BY_DEFAULT));
    }

    @Test
    void areRepeatedWhereTheApplicationRollsBackOnAllExceptions() {
        withJdbc(Servers.h2())
                .withUserConfiguration(AllExceptions.class)
                .run(context -> assertThat(table(context)).isEqualTo(WITH_ROLLBACK_ON_ALL));
    }

    @Test
    void areRepeatedWhereASecondEffectDoesNoHarm() {
        withJdbc(Servers.h2())
                .run(context -> assertThat(outcome(context, Fault.CHECKED, context.getBean(OnMethod.class)::placeAgain))
                        .isEqualTo("3 row, 3 mail, 3 attempts, SUCCESS"));
    }

    @Test
    void areRepeatedIfTheyOnlyRead() {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            assertThat(outcome(context, Fault.CHECKED, method::look)).isEqualTo("0 row, 0 mail, 3 attempts, SUCCESS");
            assertThat(outcome(context, Fault.CHECKED, method::lookReadWrite))
                    .isEqualTo("0 row, 0 mail, 3 attempts, SUCCESS");
        });
    }

    @Test
    void areToldOfOnceWithTheRemedies(CapturedOutput output) {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            outcome(context, Fault.CHECKED, method::place);
            outcome(context, Fault.CHECKED, method::place);
        });
        assertThat(output)
                .containsOnlyOnce("Policy 'plain': NOT_IDEMPOTENT after 1 attempt")
                .contains(
                        "the transaction " + OnMethod.class.getName()
                                + ".place was committed in the attempt that failed",
                        "@Transactional(rollbackFor = Exception.class)",
                        "@EnableTransactionManagement(rollbackOn = RollbackOn.ALL_EXCEPTIONS)",
                        "retrykit.policies.plain.idempotent: true");
    }

    @Test
    void countAlsoWhereTheStageFails() {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            Form stage = () -> join(context, method.stage());
            assertThat(WORDS.get(outcome(context, Fault.CHECKED, stage))).isEqualTo("stopped");
            assertThat(WORDS.get(outcome(context, Fault.UNCHECKED, stage))).isEqualTo("retried");
        });
    }

    /** The second attempt is cut while its body runs, and returns as if nothing had happened. */
    @Test
    void areRolledBackIfTheirStageWasGivenUp() {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            context.getBean(Work.class).late = true;
            assertThat(outcome(context, Fault.UNCHECKED, () -> join(context, method.stageInTime())))
                    .isEqualTo("1 row, 1 mail, 3 attempts, SUCCESS");
        });
    }

    @Test
    void areCommittedIfTheySucceedLate() {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            Work work = context.getBean(Work.class);
            work.failing = 0;
            work.late = true;
            assertThat(outcome(context, Fault.UNCHECKED, method::placeInTime))
                    .isEqualTo("1 row, 1 mail, 1 attempts, SUCCESS");
        });
    }

    /** The commit itself succeeds, and what comes after it in the same call doesn't. */
    @Test
    void countAlsoIfWhatFollowsTheCommitFails() {
        withJdbc(Servers.h2()).run(context -> {
            OnMethod method = context.getBean(OnMethod.class);
            context.getBean(Work.class).failing = 0;
            assertThat(outcome(context, Fault.UNCHECKED, method::placeAndFailAfterwards))
                    .isEqualTo("1 row, 1 mail, 1 attempts, NOT_IDEMPOTENT");
        });
    }

    /** A manager whose first commits find a conflict. */
    static class ConflictingManager extends JdbcTransactionManager {

        private static final long serialVersionUID = 1;

        private int conflicts = 2;

        ConflictingManager(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            if (conflicts-- > 0) {
                doRollback(status);
                throw new CannotAcquireLockException("could not serialize", new SQLException("conflict", "40001"));
            }
            super.doCommit(status);
        }
    }

    /** What is known of a transaction outlives any collection before its end. */
    static class CollectingManager extends ConflictingManager {

        private static final long serialVersionUID = 1;

        CollectingManager(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            System.gc();
            super.doCommit(status);
        }
    }

    @Test
    void areRepeatedIfTheCommitWasRolledBackAfterAGarbageCollection() {
        withJdbc(Servers.h2()).withBean(CollectingManager.class).run(context -> {
            Work work = context.getBean(Work.class);
            work.failing = 0;
            assertThat(outcome(context, Fault.UNCHECKED, context.getBean(OnMethod.class)::place))
                    .isEqualTo("1 row, 1 mail, 3 attempts, SUCCESS");
        });
    }

    @Test
    void areRepeatedIfTheCommitWasRolledBack() {
        withJdbc(Servers.h2()).withBean(ConflictingManager.class).run(context -> {
            Work work = context.getBean(Work.class);
            work.failing = 0;
            assertThat(outcome(context, Fault.UNCHECKED, context.getBean(OnMethod.class)::place))
                    .isEqualTo("1 row, 1 mail, 3 attempts, SUCCESS");
        });
    }

    @Nested
    class OfPublishers {

        private final ApplicationContextRunner app = Apps.with(YML)
                .withUserConfiguration(Reactive.class)
                .withBean(CountingManager.class)
                .withBean(Publishing.class);

        private String outcome(Function<Publishing, Mono<String>> form) {
            String[] outcome = new String[1];
            app.run(context -> {
                Publishing publishing = context.getBean(Publishing.class);
                CompletableFuture<String> call = form.apply(publishing).toFuture();
                StopReason reason = StopReason.SUCCESS;
                try {
                    join(context, call);
                } catch (CompletionException failed) {
                    reason = reason(failed);
                }
                CountingManager manager = context.getBean(CountingManager.class);
                int attempts = AopTestUtils.<Publishing>getTargetObject(publishing).attempts;
                outcome[0] = manager.commits + " commits, " + attempts + " attempts, " + reason;
            });
            return outcome[0];
        }

        @Test
        void areNotRepeated() {
            assertThat(outcome(Publishing::place)).isEqualTo("1 commits, 1 attempts, NOT_IDEMPOTENT");
        }

        @Test
        void areRepeatedWhereTheyRollBack() {
            assertThat(outcome(Publishing::placeOrRollBack)).isEqualTo("1 commits, 3 attempts, SUCCESS");
        }

        @Test
        void areRepeatedIfTheyOnlyRead() {
            assertThat(outcome(Publishing::look)).isEqualTo("3 commits, 3 attempts, SUCCESS");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Reactive {}

    /** Of no database. */
    static class CountingManager extends AbstractReactiveTransactionManager {

        private static final long serialVersionUID = 1;

        private int commits;

        @Override
        protected Object doGetTransaction(TransactionSynchronizationManager synchronizations) {
            return new Object();
        }

        @Override
        protected Mono<Void> doBegin(
                TransactionSynchronizationManager synchronizations,
                Object transaction,
                TransactionDefinition definition) {
            return Mono.empty();
        }

        @Override
        protected Mono<Void> doCommit(
                TransactionSynchronizationManager synchronizations, GenericReactiveTransaction status) {
            return Mono.fromRunnable(() -> commits++);
        }

        @Override
        protected Mono<Void> doRollback(
                TransactionSynchronizationManager synchronizations, GenericReactiveTransaction status) {
            return Mono.empty();
        }
    }

    static class Publishing {

        private int attempts;

        @Retryable("plain")
        @Transactional
        public Mono<String> place() {
            return attempt();
        }

        @Retryable("plain")
        @Transactional(rollbackFor = Exception.class)
        public Mono<String> placeOrRollBack() {
            return attempt();
        }

        @Retryable("plain")
        @Transactional(readOnly = true)
        public Mono<String> look() {
            return attempt();
        }

        private Mono<String> attempt() {
            return Mono.fromCallable(() -> {
                if (++attempts < 3) {
                    throw new SocketTimeoutException("attempt " + attempts);
                }
                return "placed";
            });
        }
    }

    private static void join(ApplicationContext context, CompletableFuture<?> stage) {
        for (int i = 0; i < 5 && !stage.isDone(); i++) {
            context.getBean(ManualTime.class).advance(Duration.ofMinutes(1));
        }
        assertThat(stage).isDone();
        stage.join();
    }
}
