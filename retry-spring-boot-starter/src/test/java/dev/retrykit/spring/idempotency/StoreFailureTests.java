package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.retrykit.CallerDeadline;
import dev.retrykit.event.Scope;
import dev.retrykit.spring.idempotency.guard.StoreCircuit;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import dev.retrykit.spring.idempotency.guard.StoreStalledException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Stores that fail in unusual ways, and callers in unusual states, on a clock that stands still. */
@Timeout(60)
class StoreFailureTests {

    private static final ClaimTimings TERMS =
            new ClaimTimings(Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofHours(1));

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = new FaultyStore(new MemoryStore(time, 1_000, 100_000));
    private final Idempotency idempotency = new Idempotency(store, time);
    private int keys;

    @AfterEach
    void end() {
        Thread.interrupted();
        store.up();
        idempotency.close();
    }

    private OpenResult open(String id) {
        return idempotency.open(id, "print", TERMS);
    }

    private ActiveClaim claim() {
        return open("key " + keys++).claim();
    }

    /** The last answer is so old that the next step is handed over to another thread. */
    private void silence() {
        time.advance(Duration.ofMillis(200));
    }

    private void fail(Error error) {
        store.before(() -> {
            throw error;
        });
    }

    /** For want of memory JUnit itself would end. */
    private static List<Error> errors() {
        return List.of(
                new InternalError("in a test"),
                new StackOverflowError("in a test"),
                new NoClassDefFoundError("in/a/Test"),
                new ExceptionInInitializerError("in a test"));
    }

    /** It is the error that the caller gets, not that there was no answer in time. */
    @ParameterizedTest
    @MethodSource("errors")
    void anErrorEndsAClaimAtOnce(Error error) {
        fail(error);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(StoreDownException.class)
                    .isThrownBy(this::claim)
                    .havingRootCause()
                    .isSameAs(error);
        }
        store.up();
        claim();
        fail(error);
        assertThatExceptionOfType(StoreDownException.class)
                .as("on the caller's own thread")
                .isThrownBy(this::claim)
                .havingRootCause()
                .isSameAs(error);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorCountsAsAFailureOfTheStore(Error error) {
        claim();
        fail(error);
        for (int i = 0; i < 5; i++) {
            assertThatExceptionOfType(StoreDownException.class).isThrownBy(this::claim);
        }
        assertThat(catchThrowableOfType(StoreDownException.class, this::claim))
                .hasCauseInstanceOf(StoreStalledException.class);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorAtTheEndIsNoneOfTheCallersAndIsTriedAgain(Error error) {
        for (boolean handedOver : new boolean[] {false, true}) {
            ActiveClaim held = claim();
            String id = held.claim().id();
            if (handedOver) {
                silence();
            }
            fail(error);
            held.complete(Answer.none());
            assertThat(open(id).decision()).isEqualTo(IdempotencyDecision.CONFLICT);
            time.advance(Duration.ofSeconds(2));
            store.up();
            Waiting.until(() -> {
                time.advance(Duration.ofSeconds(2));
                return open(id).decision() == IdempotencyDecision.REPLAY;
            });
        }
    }

    @Test
    void aLeaseIsRenewedAfterAnError() {
        ActiveClaim held = claim();
        AtomicInteger errors = new AtomicInteger();
        store.before(() -> {
            errors.incrementAndGet();
            throw new NoClassDefFoundError("in/a/Test");
        });
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(10));
            return errors.get() > 0;
        });
        AtomicBoolean asked = new AtomicBoolean();
        store.before(() -> asked.set(true));
        Waiting.until(() -> {
            time.advance(Duration.ofSeconds(10));
            return asked.get();
        });
        held.complete(Answer.none());
    }

    /** The failures of interrupted callers are their own. */
    @Test
    void interruptedCallersAreNoFailuresOfTheStore() {
        claim();
        for (int i = 0; i < 10; i++) {
            store.before(() -> {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted");
            });
            assertThatExceptionOfType(StoreDownException.class).isThrownBy(this::claim);
            assertThat(Thread.interrupted()).isTrue();
        }
        store.up();
        assertThat(claim()).isNotNull();
    }

    /** A pool refuses an interrupted thread, and so does a client of Redis. */
    @Test
    void anInterruptedCallerTellsTheEndAllTheSame() {
        ActiveClaim held = claim();
        AtomicBoolean interrupted = new AtomicBoolean();
        store.before(() -> {
            if (Thread.currentThread().isInterrupted()) {
                interrupted.set(true);
                throw new IllegalStateException("interrupted");
            }
        });
        Thread.currentThread().interrupt();
        held.complete(Answer.none());
        assertThat(Thread.interrupted()).isTrue();
        Waiting.until(() -> open(held.claim().id()).decision() == IdempotencyDecision.REPLAY);
        assertThat(interrupted).isFalse();
    }

    @Test
    void aCallersDeadlineIsNoneOfTheStores() {
        Scope over = CallerDeadline.in(Duration.ZERO, TimeSource.system()).enter();
        try {
            ActiveClaim held = claim();
            held.complete(Answer.none());
            assertThat(open(held.claim().id()).decision()).isEqualTo(IdempotencyDecision.REPLAY);
        } finally {
            over.close();
        }
    }

    private void failUntilNobodyAsks() {
        store.down();
        Supplier<Throwable> claim = () ->
                catchThrowableOfType(StoreDownException.class, this::claim).getCause();
        Waiting.until(() -> claim.get() instanceof StoreStalledException);
    }

    /** Whose turn it is to probe must not be lost between a probe that succeeds and a failure that comes in. */
    @Test
    void aStoreThatFailsAgainWhileItIsFoundToAnswerIsProbedAgain() {
        claim();
        failUntilNobodyAsks();
        AtomicInteger answers = new AtomicInteger();
        AppenderBase<ILoggingEvent> failsAgain = new AppenderBase<>() {

            @Override
            protected void append(ILoggingEvent event) {
                if (event.getMessage().contains("responds again") && answers.incrementAndGet() == 1) {
                    failUntilNobodyAsks();
                    store.up();
                }
            }
        };
        failsAgain.start();
        Logger log = (Logger) LoggerFactory.getLogger(StoreCircuit.class);
        log.addAppender(failsAgain);
        try {
            store.up();
            Waiting.until(() -> {
                time.advance(Duration.ofSeconds(1));
                return answers.get() == 2;
            });
        } finally {
            log.detachAppender(failsAgain);
        }
        assertThat(claim()).isNotNull();
    }
}
