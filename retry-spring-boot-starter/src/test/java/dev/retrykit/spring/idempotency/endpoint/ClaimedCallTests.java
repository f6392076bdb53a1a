package dev.retrykit.spring.idempotency.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimTimings;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.method.HandlerMethod;

/** What is reported about a call decides how its claim ends. */
class ClaimedCallTests {

    private static final String FREED = "freed";
    private static final String STORED = "response stored";
    private static final String EXECUTED = "marked as executed";
    private static final String ABANDONED = "abandoned";

    private static final IdempotencyRules RULES =
            new IdempotencyRules(SettingsBinder.bind(new StandardEnvironment(), null, warning -> {}));
    private static final ClaimTimings TIMINGS =
            new ClaimTimings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1));

    private static final Executor REFUSES = task -> {
        throw new RejectedExecutionException("full");
    };

    private final Ends store = new Ends();
    private final Idempotency idempotency = new Idempotency(store, new ManualTime());
    private final ActiveClaim claim = claimed("id");
    private final ClaimedCall call = call(claim);

    private ActiveClaim claimed(String id) {
        return Objects.requireNonNull(idempotency.open(id, "print", TIMINGS).claim());
    }

    private ClaimedCall call(ActiveClaim claimed) {
        return new ClaimedCall(claimed, new IdempotentMethodInfo("pay()", true, null, RULES, store));
    }

    @AfterEach
    void end() {
        idempotency.close();
    }

    /** A store that remembers how a claim ended. */
    private static final class Ends implements IdempotencyStore {

        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        @Override
        public String name() {
            return "test";
        }

        @Override
        public StoredState claim(ClaimRequest request) {
            return StoredState.claimed(request.fingerprint());
        }

        @Override
        public boolean renew(Claim claim, Duration lease) {
            return true;
        }

        @Override
        public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
            return ends.add(answer == null ? EXECUTED : STORED);
        }

        @Override
        public Release release(Claim claim, Duration keep) {
            ends.add(FREED);
            return Release.FREED;
        }

        @Override
        public void abandon(Claim claim) {
            ends.add(ABANDONED);
        }

        @Override
        public boolean free(String id) {
            return false;
        }
    }

    private void returns() {
        run(() -> "done");
    }

    private void run(ClaimedCall.Body body) {
        try {
            call.run(new HandlerMethod(this, "toString"), body);
        } catch (Throwable failure) {
            assertThat(failure).isInstanceOf(IllegalStateException.class);
        }
    }

    private void fails() {
        run(() -> {
            throw new IllegalStateException("failed");
        });
    }

    private void assertEnd(Optional<Runnable> end, String expected) throws InterruptedException {
        end.orElseThrow().run();
        assertEnd(expected);
    }

    private void assertEnd(String expected) throws InterruptedException {
        assertThat(store.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(expected);
    }

    private void assertEnd(int status, String expected) throws InterruptedException {
        assertEnd(call.end(status, Answer.none()), expected);
    }

    @Test
    void aKeyIsFreedIfTheHandlerWasNotEnteredWhateverTheStatus() throws Exception {
        call.failedLater();
        call.timedOut();
        assertEnd(200, FREED);
    }

    @Test
    void theResponseOfASuccessfulHandlerIsStored() throws Exception {
        returns();
        assertEnd(201, STORED);
    }

    @Test
    void aKeyIsFreedAfterAFailure() throws Exception {
        fails();
        call.failedLater();
        assertEnd(500, FREED);
    }

    @Test
    void aKeyIsFreedIfAnEnteredHandlerWasNotObservedAndTheStatusIsAFailure() throws Exception {
        call.enter();
        assertEnd(503, FREED);
    }

    @Test
    void aSuccessfulHandlerIsNotExecutedAgainIfALaterStepFails() throws Exception {
        returns();
        call.failedLater();
        assertEnd(500, EXECUTED);
    }

    @Test
    void aResponseThatIsKeptIsStoredAlsoAfterALaterFailure() throws Exception {
        returns();
        call.failedLater();
        assertEnd(422, STORED);
    }

    @Test
    void anAsynchronousResultThatFailsIsAFailureOfTheHandler() throws Exception {
        returns();
        call.incomplete();
        call.failedLater();
        assertEnd(500, FREED);
    }

    @Test
    void anAsynchronousResultThatSucceedsIsASuccessOfTheHandler() throws Exception {
        returns();
        call.incomplete();
        call.completed();
        call.failedLater();
        assertEnd(500, EXECUTED);
    }

    @Test
    void theOutcomeOfACallThatTimedOutIsUnknown() throws Exception {
        returns();
        call.timedOut();
        call.incomplete();
        call.failedLater();
        assertEnd(503, ABANDONED);
    }

    @Test
    void aResponseThatIsKeptIsStoredAlsoAfterATimeout() throws Exception {
        returns();
        call.timedOut();
        assertEnd(200, STORED);
    }

    @Test
    void aTargetOfAForwardThatCommitsAndFailsIsAFailureOfTheHandler() throws Exception {
        returns();
        claim.fenced();
        call.forwards();
        claim.fenced();
        call.forwards();
        call.failedLater();
        assertEnd(500, FREED);
    }

    @Test
    void aTargetOfAForwardThatCommitsNothingAndFailsIsALaterFailure() throws Exception {
        returns();
        claim.fenced();
        call.forwards();
        call.failedLater();
        assertEnd(500, EXECUTED);
    }

    @Test
    void aDisconnectionBeforeTheHandlerIsEnteredFreesTheKeyAndPreventsTheCall() throws Exception {
        call.cancel(Runnable::run);
        assertEnd(FREED);
        assertThatExceptionOfType(CancellationException.class).isThrownBy(call::enter);
    }

    @Test
    void aKeyThatCannotBeFreedIsNotKeptForever() throws Exception {
        call.cancel(REFUSES);
        assertEnd(ABANDONED);
    }

    @Test
    void aDisconnectionAfterTheHandlerIsEnteredLeavesTheOutcomeUnknown() throws Exception {
        returns();
        call.cancel(REFUSES);
        assertEnd(ABANDONED);
    }

    /** Two threads meet in each round, a little earlier or later. */
    @Test
    void aDisconnectionWhileTheHandlerIsEnteredKeepsTheKeyOnlyIfTheHandlerRuns() throws Exception {
        int rounds = 20_000;
        List<ClaimedCall> calls = IntStream.range(0, rounds)
                .mapToObj(round -> call(claimed("id" + round)))
                .toList();
        AtomicInteger handlers = new AtomicInteger();
        AtomicInteger clients = new AtomicInteger();
        CompletableFuture<Long> ran = CompletableFuture.supplyAsync(() -> IntStream.range(0, rounds)
                .filter(round -> {
                    meet(handlers, clients, round + 1, round % 16);
                    return enters(calls.get(round));
                })
                .count());
        for (int round = 0; round < rounds; round++) {
            meet(clients, handlers, round + 1, round / 16 % 16);
            calls.get(round).cancel(Runnable::run);
        }
        List<String> ends = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ends.add(store.ends.poll(10, TimeUnit.SECONDS));
        }
        assertThat(ends).filteredOn(ABANDONED::equals).hasSize(Math.toIntExact(ran.get()));
    }

    private static void meet(AtomicInteger own, AtomicInteger other, int round, int spins) {
        own.set(round);
        while (other.get() < round) {
            Thread.onSpinWait();
        }
        for (int spin = 0; spin < spins; spin++) {
            Thread.onSpinWait();
        }
    }

    private static boolean enters(ClaimedCall raced) {
        try {
            raced.enter();
            return true;
        } catch (CancellationException left) {
            return false;
        }
    }

    @Test
    void theFirstEndCounts() throws Exception {
        returns();
        Optional<Runnable> first = call.end(200, Answer.none());
        assertThat(call.end(500, null)).isEmpty();
        call.cancel(REFUSES);
        assertEnd(first, STORED);
    }
}
