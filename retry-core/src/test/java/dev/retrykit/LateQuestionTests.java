package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What a body learns that asks for its attempt for the first time when this has ended, and it still runs. */
class LateQuestionTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final CompletableFuture<String> never = new CompletableFuture<>();
    private final List<Integer> numbers = new ArrayList<>();
    private int begun;

    private Retry retry(Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = Scenario.plainPolicy();
        settings.accept(policy);
        return Retry.builder("orders")
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    private void attemptHasEnded() {
        assertThat(RetryContext.current()).isEmpty();
        assertThat(RetryContext.tracksCommits()).isFalse();
        numbers.add(RetryContext.currentForRequests().orElseThrow().attempt());
    }

    private static CompletionStage<String> failed() {
        return CompletableFuture.failedFuture(new ConnectException("down"));
    }

    /** The body of the second attempt holds on while something ends its attempt. */
    private CompletableFuture<String> call(Retry retry, Runnable end) {
        CompletableFuture<String> call = retry.callAsync(() -> {
            begun++;
            if (begun != 2) {
                return begun == 1 ? failed() : never;
            }
            end.run();
            attemptHasEnded();
            return never;
        });
        time.advance(SECOND);
        return call;
    }

    @Test
    void anAttemptWhoseCallHasNoTimeLeftHasEnded() {
        Retry retry = retry(policy -> policy.timeBudget(SECOND.multipliedBy(5)));
        assertThat(call(retry, () -> time.advance(SECOND.multipliedBy(5)))).isCompletedExceptionally();
        assertThat(numbers).containsExactly(2);
    }

    @Test
    void anAttemptThatAShutdownHasCancelledHasEnded() {
        Retry retry = retry(policy -> policy.timeBudget(SECOND.multipliedBy(5)));
        assertThat(call(retry, retry::shutdownNow)).isCompletedExceptionally();
        assertThat(numbers).containsExactly(2);
    }

    @Test
    void anAttemptThatWasCutIsNotTakenForTheNextOne() {
        Retry retry = retry(policy -> policy.attemptTimeout(SECOND).timeBudget(SECOND.multipliedBy(9)));
        List<Boolean> givenUp = new ArrayList<>();
        call(retry, () -> {
            time.advance(SECOND.multipliedBy(2));
            assertThat(begun).isEqualTo(3);
            givenUp.add(RetryContext.isGivenUp());
            Assertions.assertThatThrownBy(() -> {
                        RetryContext late = RetryContext.currentForRequests().orElseThrow();
                        assertThat(late.lastFailure().orElseThrow()).isInstanceOf(ConnectException.class);
                        late.sideEffect("POST /pay", false);
                    })
                    .isInstanceOf(AttemptOverException.class);
        });
        assertThat(givenUp).containsExactly(true);
        assertThat(numbers).containsExactly(2);
    }

    @Test
    void whatTheNextAttemptOfABlockingCallIsAskedIsItsOwn() throws Exception {
        Retry retry = retry(policy -> policy.timeBudget(SECOND.multipliedBy(9)));
        List<Optional<Throwable>> failures = new ArrayList<>();
        List<RetryContext> seen = new ArrayList<>();
        ConnectException down = new ConnectException("down");
        retry.call(() -> {
            begun++;
            if (begun > 1) {
                RetryContext context = RetryContext.current().orElseThrow();
                seen.add(context);
                numbers.add(context.attempt());
                failures.add(context.lastFailure());
            }
            if (begun < 3) {
                throw down;
            }
            return begun;
        });
        assertThat(numbers).containsExactly(2, 3);
        assertThat(failures).allSatisfy(failure -> assertThat(failure).containsSame(down));
        assertThat(seen).allSatisfy(context -> assertThat(context.inForce()).isEmpty());
    }

    /** A call without an attempt that anybody has asked about is part of another one all the same. */
    @Test
    void anInnerCallThatGaveUpInALaterAttemptIsKnownToItsCall() {
        Retry inner = retry(policy -> policy.timeBudget(SECOND.multipliedBy(9)));
        Retry outer = retry(policy -> policy.timeBudget(SECOND.multipliedBy(9)).nested(NestedRetries.ONCE));
        ConnectException down = new ConnectException("down");
        int[] outerAttempts = {0};
        Throwable thrown = Assertions.catchThrowable(() -> outer.run(() -> {
            if (++outerAttempts[0] == 1) {
                throw new ConnectException("first");
            }
            inner.run(() -> {
                throw down;
            });
        }));
        assertThat(thrown).isSameAs(down);
        assertThat(outerAttempts[0]).isEqualTo(2);
    }
}
