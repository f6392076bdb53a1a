package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.event.Scope;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An attempt that has ended counts as absent for what still carries it. */
class EndedAttemptTests {

    private static final ConnectException DOWN = new ConnectException("down");

    private final ManualTime time = new ManualTime();
    private final List<RetryContext> seen = new ArrayList<>();
    private final Retry outer = retry(policy -> policy.timeBudget(Duration.ofSeconds(5)));
    private final Retry background = retry(policy -> policy.timeBudget(Duration.ofSeconds(30)));

    private Retry retry(Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = Scenario.plainPolicy();
        settings.accept(policy);
        return Retry.builder("orders")
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    @AfterEach
    void nothingStaysOnTheThread() {
        assertThat(RetryContext.carried()).isNull();
    }

    private void look() {
        seen.add(RetryContext.current().orElseThrow());
    }

    private static void isAbsent(RetryContext carried) {
        assertThat(carried.inForce()).isEmpty();
        assertThat(carried.<Boolean, RuntimeException>call(
                        () -> RetryContext.current().isPresent()))
                .isFalse();
        try (Scope scope = carried.enter()) {
            assertThat(RetryContext.current()).isEmpty();
            assertThat(RetryContext.tracksCommits()).isFalse();
        }
    }

    private int backgroundAttempts(RetryContext carried) {
        int[] attempts = {0};
        assertThatThrownBy(() -> carried.call(() -> background.call(() -> {
                    attempts[0]++;
                    throw DOWN;
                })))
                .isSameAs(DOWN);
        return attempts[0];
    }

    @Test
    void thatOfAPlainCallWithItsReturn() {
        outer.run(this::look);

        isAbsent(seen.get(0));
    }

    @Test
    void eachOfAPlainCallWithItsFailure() {
        assertThatThrownBy(() -> outer.run(() -> {
                    seen.forEach(EndedAttemptTests::isAbsent);
                    look();
                    throw DOWN;
                }))
                .isSameAs(DOWN);

        assertThat(seen).hasSize(3).allSatisfy(EndedAttemptTests::isAbsent);
    }

    @Test
    void thatOfAStageNotBeforeItsStageIsComplete() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> call = outer.callAsync(() -> {
            look();
            return stage;
        });

        assertThat(seen.get(0).inForce()).containsSame(seen.get(0));
        stage.complete("done");

        assertThat(call).isCompletedWithValue("done");
        isAbsent(seen.get(0));
    }

    @Test
    void thatOfAStageThatIsCancelledOrWhoseTimeIsOver() {
        CompletableFuture<Object> cancelled = outer.callAsync(() -> {
            look();
            return new CompletableFuture<>();
        });
        cancelled.cancel(true);
        isAbsent(seen.get(0));

        CompletableFuture<Object> late = outer.callAsync(() -> {
            look();
            return new CompletableFuture<>();
        });
        time.advance(Duration.ofSeconds(5));
        assertThat(late).isCompletedExceptionally();
        isAbsent(seen.get(1));
    }

    @Test
    void itsTimeBudgetEndsNoRetryOfItsBackground() {
        outer.run(this::look);
        time.advance(Duration.ofSeconds(6));

        assertThat(backgroundAttempts(seen.get(0))).isEqualTo(3);
    }

    @Test
    void alsoWhereItEndsWhileAThreadIsInsideOfIt() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        outer.callAsync(() -> {
            look();
            return stage;
        });

        try (Scope scope = seen.get(0).enter()) {
            assertThat(RetryContext.current()).isPresent();
            stage.complete("done");
            assertThat(RetryContext.current()).isEmpty();
            time.advance(Duration.ofSeconds(6));
            background.run(this::look);
        }

        assertThat(seen.get(1).timeLeft()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void whatItLeavesBehindIsPartOfTheAttemptAroundItThatGoesOn() {
        Retry around = retry(policy -> policy.timeBudget(Duration.ofSeconds(20)));
        List<Integer> attempts = new ArrayList<>();
        assertThatThrownBy(() -> around.run(() -> {
                    attempts.add(RetryContext.current().orElseThrow().attempt());
                    outer.run(this::look);
                    time.advance(Duration.ofSeconds(6));
                    seen.get(0).call(() -> {
                        RetryContext current = RetryContext.current().orElseThrow();
                        assertThat(current.timeLeft()).isEqualTo(Duration.ofSeconds(14));
                        background.run(this::look);
                        current.sideEffect("POST http://localhost/", false);
                        return "late";
                    });
                    throw DOWN;
                }))
                .isSameAs(DOWN);

        assertThat(attempts).as("a POST is part of it").containsExactly(1);
        assertThat(seen.get(1).timeLeft()).isEqualTo(Duration.ofSeconds(14));
        seen.forEach(EndedAttemptTests::isAbsent);
    }

    @Test
    void itsKeysAreNoKeysOfWhatItLeavesBehind() {
        Retry keyed = retry(policy -> policy.sendsKeys(true));
        keyed.run(this::look);

        Boolean hasKey = seen.get(0)
                .call(() -> background.call(() -> RetryContext.current()
                        .orElseThrow()
                        .nextIdempotencyKey("POST /")
                        .isPresent()));

        assertThat(hasKey).isFalse();
    }

    @Test
    void whatAFailedOneLeavesBehindSendsTheKeysOfItsRepetition() {
        Retry keyed = retry(policy -> policy.sendsKeys(true));
        List<String> keys = new ArrayList<>();

        assertThatThrownBy(() -> keyed.run(() -> {
                    look();
                    if (seen.size() == 2) {
                        keys.add(RetryContext.currentForRequests()
                                .orElseThrow()
                                .nextIdempotencyKey("POST /")
                                .orElseThrow());
                        keys.add(seen.get(0)
                                .call(() -> RetryContext.currentForRequests()
                                        .orElseThrow()
                                        .nextIdempotencyKey("POST /")
                                        .orElseThrow()));
                    }
                    throw DOWN;
                }))
                .isSameAs(DOWN);

        assertThat(keys).hasSize(2);
        assertThat(keys.get(1)).isEqualTo(keys.get(0));
        isAbsent(seen.get(0));
        assertThat(seen.get(0).forRequests().orElseThrow().timeLeft()).isGreaterThan(Duration.ofDays(1));
    }

    @Test
    void whatASuccessfulOneLeavesBehindSendsNoKeysOfIt() {
        retry(policy -> policy.sendsKeys(true)).run(this::look);

        assertThat(seen.get(0).forRequests()).isEmpty();
        try (Scope scope = seen.get(0).enter()) {
            assertThat(RetryContext.currentForRequests()).isEmpty();
        }
    }

    @Test
    void aCallThatHasBegunInItKeepsItsKeys() {
        Retry keyed = retry(policy -> policy.sendsKeys(true));
        CompletableFuture<String> stage = new CompletableFuture<>();
        keyed.callAsync(() -> {
            look();
            return stage;
        });
        List<String> keys = new ArrayList<>();

        assertThatThrownBy(() -> seen.get(0)
                        .call(() -> background.call(() -> {
                            keys.add(RetryContext.current()
                                    .orElseThrow()
                                    .nextIdempotencyKey("POST /")
                                    .orElse("none"));
                            stage.complete("done");
                            throw DOWN;
                        })))
                .isSameAs(DOWN);

        assertThat(keys).hasSize(3).doesNotContain("none");
        assertThat(keys).containsOnly(keys.get(0));
    }

    @Test
    void oneThatWasGivenUpWhileItRunsIsKnownAsThat() {
        Retry cut = retry(policy -> policy.attemptTimeout(Duration.ofSeconds(1)).maxAttempts(1));
        cut.callAsync(() -> {
            look();
            return new CompletableFuture<>();
        });
        time.advance(Duration.ofSeconds(1));

        isAbsent(seen.get(0));
        try (Scope scope = seen.get(0).enter()) {
            assertThat(RetryContext.isGivenUp()).isTrue();
            background.run(() -> assertThat(RetryContext.isGivenUp()).isTrue());
        }
        assertThat(RetryContext.isGivenUp()).isFalse();
    }

    @Test
    void whatIsCarriedIsPutBackAsItWas() {
        assertThat(RetryContext.carried()).isNull();
        outer.run(this::look);
        background.run(() -> {
            RetryContext before = RetryContext.carried();
            RetryContext.carry(seen.get(0));
            assertThat(RetryContext.current()).isEmpty();
            assertThat(RetryContext.carried()).isNotNull();
            RetryContext.carry(before);
            look();
        });
        assertThat(seen.get(1).timeLeft()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aDeadlineFromOutsideOutlastsWhatIsCarriedBesides() {
        outer.run(this::look);
        try (Scope scope = CallerDeadline.in(Duration.ofSeconds(2), time).enter()) {
            RetryContext before = RetryContext.carried();
            RetryContext.carry(seen.get(0));
            RetryContext.carry(before);
            assertThat(CallerDeadline.current().orElseThrow().left()).isEqualTo(Duration.ofSeconds(2));
            background.run(this::look);
        }
        assertThat(seen.get(1).timeLeft()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatALibraryLeavesOnTheThreadHarmsNoOther() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> other = outer.callAsync(() -> {
            look();
            return stage;
        });
        int[] attempts = {0};

        assertThatThrownBy(() -> background.run(() -> {
                    attempts[0]++;
                    RetryContext.carry(seen.get(0));
                    throw DOWN;
                }))
                .isSameAs(DOWN);
        background.run(() -> RetryContext.carry(seen.get(0)));

        assertThat(attempts[0]).isEqualTo(3);
        assertThat(seen.get(0).inForce()).isPresent();
        stage.complete("done");
        assertThat(other).isCompletedWithValue("done");
    }
}
