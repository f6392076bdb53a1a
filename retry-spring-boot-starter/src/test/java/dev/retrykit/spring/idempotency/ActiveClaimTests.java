package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.StoreFullException;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;

/** A claim's life on a clock that stands still; what is done beside calls is done on other threads. */
class ActiveClaimTests {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final ClaimTimings TERMS =
            new ClaimTimings(Duration.ofHours(24), LEASE, Duration.ZERO, Duration.ofHours(1));

    private static final IdempotencyRules RULES =
            new IdempotencyRules(SettingsBinder.bind(new StandardEnvironment(), null, warning -> {}));

    private final ManualTime time = new ManualTime();
    private final Watched store = new Watched(new MemoryStore(time, 10, 1_000));
    private final Idempotency idempotency = new Idempotency(store, time);

    @AfterEach
    void end() {
        idempotency.close();
    }

    /** Tells what it is asked for, and is down when it is told to be. */
    private static final class Watched implements IdempotencyStore {

        private final IdempotencyStore store;
        private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
        private volatile boolean down;
        private volatile boolean losesAnswers;

        Watched(IdempotencyStore store) {
            this.store = store;
        }

        private void step(String name) {
            boolean isDown = down;
            steps.add(name);
            if (isDown) {
                throw new IllegalStateException("down");
            }
        }

        /** Who sees the step sees what it did. */
        private <T> T step(String name, Supplier<T> taken) {
            if (down) {
                step(name);
            }
            T result = taken.get();
            boolean isLost = losesAnswers;
            steps.add(name);
            if (isLost) {
                throw new IllegalStateException("lost");
            }
            return result;
        }

        void expect(String name) throws InterruptedException {
            assertThat(steps.poll(10, TimeUnit.SECONDS)).isEqualTo(name);
        }

        @Override
        public String name() {
            return "watched";
        }

        @Override
        public StoredState claim(ClaimRequest request) {
            StoredState found = store.claim(request);
            step("claim");
            return found;
        }

        @Override
        public boolean renew(Claim claim, Duration lease) {
            boolean renewed = store.renew(claim, lease);
            step("renew");
            return renewed;
        }

        @Override
        public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
            return step("complete", () -> store.complete(claim, answer, keep));
        }

        @Override
        public Release release(Claim claim, Duration keep) {
            return step("release", () -> store.release(claim, keep));
        }

        @Override
        public void abandon(Claim claim) {
            step("abandon", () -> {
                store.abandon(claim);
                return null;
            });
        }

        @Override
        public boolean free(String id) {
            return store.free(id);
        }

        @Override
        public void prepare() {
            step("prepare");
        }

        @Override
        public void purge() {
            step("purge");
        }
    }

    private ActiveClaim claim() throws InterruptedException {
        ActiveClaim held = idempotency.open("id", "print", TERMS).claim();
        store.expect("claim");
        return held;
    }

    private IdempotencyDecision repeat() throws InterruptedException {
        IdempotencyDecision decision = idempotency.open("id", "print", TERMS).decision();
        store.expect("claim");
        return decision;
    }

    @Test
    void isRenewedAsLongAsItIsHeld() throws Exception {
        ActiveClaim held = claim();
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(10));
            store.expect("renew");
            assertThat(repeat()).isEqualTo(IdempotencyDecision.CONFLICT);
            awaitNextRenewal();
        }
        held.complete(Answer.none());
        store.expect("complete");
        time.advance(Duration.ofMinutes(10));
        assertThat(repeat()).isEqualTo(IdempotencyDecision.REPLAY);
    }

    /** The next one is planned on another thread after the step was taken. */
    private void awaitNextRenewal() {
        while (time.pending() == 0) {
            Thread.onSpinWait();
        }
    }

    /** Repeats are refused without asking the store until the thread that told it notes that it knows. */
    private void awaitReplay() {
        Waiting.until(() -> idempotency.open("id", "print", TERMS).decision() == IdempotencyDecision.REPLAY);
    }

    @Test
    void canBeTakenOverAtOnceWhenItIsAbandoned() throws Exception {
        ActiveClaim held = claim();
        held.abandon();
        store.expect("abandon");
        assertThat(repeat()).isEqualTo(IdempotencyDecision.EXECUTE);
        held.complete(Answer.none());
        assertThat(repeat()).isEqualTo(IdempotencyDecision.CONFLICT);
    }

    @Test
    void runsOutIfTheStoreIsDownWhenItIsAbandoned() throws Exception {
        ActiveClaim held = claim();
        store.down = true;
        held.abandon();
        store.expect("abandon");
        store.down = false;
        assertThat(repeat()).isEqualTo(IdempotencyDecision.CONFLICT);
        time.advance(LEASE.plusMillis(1));
        assertThat(repeat()).isEqualTo(IdempotencyDecision.EXECUTE);
    }

    @Test
    void isToldToTheStoreAgainIfThatIsDown() throws Exception {
        ActiveClaim held = claim();
        store.down = true;
        held.complete(Answer.none());
        store.expect("complete");
        time.advance(Duration.ofSeconds(2));
        store.expect("complete");
        store.down = false;
        awaitNextRenewal();
        time.advance(Duration.ofSeconds(2));
        store.expect("complete");
        awaitReplay();
    }

    @Test
    void isNotTakenForLostIfOnlyTheAnswerOfTheStoreWas() throws Exception {
        ActiveClaim held = claim();
        store.losesAnswers = true;
        held.complete(Answer.none());
        store.expect("complete");
        store.losesAnswers = false;
        time.advance(Duration.ofSeconds(2));
        store.expect("complete");
        awaitReplay();
        assertThat(idempotency.counters().count(Result.LOST)).isZero();
    }

    @Test
    void isForgottenIfNobodyLearnedOfIt() throws Exception {
        store.down = true;
        assertThatExceptionOfType(StoreDownException.class)
                .isThrownBy(() -> idempotency.open("id", "print", TERMS))
                .satisfies(down -> assertThat(down.retryable()).isTrue());
        store.expect("claim");
        store.down = false;
        assertThat(repeat()).isEqualTo(IdempotencyDecision.CONFLICT);
        time.advance(Duration.ofSeconds(2));
        store.expect("release");
        assertThat(idempotency.counters().count(Result.UNAVAILABLE)).isOne();
        assertThat(repeat()).isEqualTo(IdempotencyDecision.EXECUTE);
    }

    @Test
    void isRemovedWhenItHasExpiredIfThereAreSuchMethods() throws Exception {
        idempotency.begin();
        time.advance(Duration.ofHours(1));
        assertThat(store.steps).isEmpty();
        idempotency.add(new IdempotentMethodInfo("pay", true, null, RULES, store));
        store.expect("prepare");
        store.expect("renew");
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofMinutes(1));
            store.expect("purge");
            awaitNextRenewal();
        }
    }

    @Test
    void endsOnce() throws Exception {
        ActiveClaim held = claim();
        held.complete(Answer.none());
        held.release();
        held.abandon();
        store.expect("complete");
        assertThat(store.steps).isEmpty();
        assertThat(repeat()).isEqualTo(IdempotencyDecision.REPLAY);
    }

    private static ClaimRequest request(String id, String scope) {
        return new ClaimRequest(Claim.of(id), scope, "print", LEASE, LEASE, LEASE);
    }

    private static int take(MemoryStore store, String scope) {
        int taken = 0;
        try {
            for (; ; taken++) {
                store.claim(request(scope + taken, scope));
            }
        } catch (StoreFullException full) {
            return taken;
        }
    }

    @Test
    void leavesRoomForOthersHoweverManyKeysOneCallerSends() {
        MemoryStore small = new MemoryStore(time, 64, 10);
        assertThat(take(small, "alice")).isEqualTo(32);
        assertThat(take(small, "bob")).isEqualTo(16);
        assertThat(take(small, "carol")).isEqualTo(8);
        assertThatExceptionOfType(StoreFullException.class)
                .isThrownBy(() -> small.claim(request("more", "alice")))
                .withMessageContaining("One scope")
                .withMessageContaining("holds 32 idempotency keys")
                .withMessageContaining("retrykit.idempotency.memory.max-keys = 64");
        assertThat(small.claim(request("alice0", "alice")).state()).isEqualTo(StoredState.State.IN_FLIGHT);
        time.advance(Duration.ofMinutes(2));
        assertThat(take(small, "dave")).isEqualTo(32);
    }

    @Test
    void givesAScopeItsPlacesBack() {
        MemoryStore small = new MemoryStore(time, 4, 10);
        for (int i = 0; i < 10; i++) {
            ClaimRequest request = request("alice" + i, "alice");
            assertThat(small.claim(request).state()).isEqualTo(StoredState.State.CLAIMED);
            small.release(request.claim(), LEASE);
        }
        assertThat(take(small, "alice")).isEqualTo(2);
    }

    @Test
    void isRefusedWhereThereIsNoRoom() {
        MemoryStore small = new MemoryStore(time, 1, 10);
        Claim first = Claim.of("1");
        small.claim(new ClaimRequest(first, "print", LEASE, LEASE, LEASE));
        assertThatExceptionOfType(StoreFullException.class)
                .isThrownBy(() -> small.claim(new ClaimRequest(Claim.of("2"), "print", LEASE, LEASE, LEASE)))
                .withMessageContaining("retrykit.idempotency.memory.max-keys");
        assertThat(small.complete(first, new Answer(200, false, java.util.List.of(), new byte[100]), LEASE))
                .isTrue();
        assertThat(small.claim(new ClaimRequest(Claim.of("1"), "print", LEASE, LEASE, LEASE))
                        .state())
                .isEqualTo(StoredState.State.TOMBSTONE);
        time.advance(Duration.ofMinutes(2));
        assertThat(small.claim(new ClaimRequest(Claim.of("2"), "print", LEASE, LEASE, LEASE))
                        .state())
                .isEqualTo(StoredState.State.CLAIMED);
    }
}
