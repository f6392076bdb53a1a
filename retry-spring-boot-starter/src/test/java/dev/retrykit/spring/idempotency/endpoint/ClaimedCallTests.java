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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    private static final ClaimTimings TERMS =
            new ClaimTimings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1));

    private final Ends store = new Ends();
    private final Idempotency idempotency = new Idempotency(store, new ManualTime());
    private final ActiveClaim claim =
            Objects.requireNonNull(idempotency.open("id", "print", TERMS).claim());
    private final ClaimedCall call =
            new ClaimedCall(claim, new IdempotentMethodInfo("pay()", true, null, RULES, store));

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
        assertEnd(call.cancel(), FREED);
        assertThatExceptionOfType(CancellationException.class).isThrownBy(call::enter);
    }

    @Test
    void aDisconnectionAfterTheHandlerIsEnteredLeavesTheOutcomeUnknown() throws Exception {
        returns();
        assertEnd(call.cancel(), ABANDONED);
    }

    @Test
    void theFirstEndCounts() throws Exception {
        returns();
        Optional<Runnable> first = call.end(200, Answer.none());
        assertThat(call.end(500, null)).isEmpty();
        assertThat(call.cancel()).isEmpty();
        assertEnd(first, STORED);
    }
}
