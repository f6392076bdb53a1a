package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.event.StopReason;
import dev.retrykit.internal.drive.SneakyThrow;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryContextTests {

    private final ManualTime time = new ManualTime();
    private final List<RetryContext> seen = new ArrayList<>();

    @AfterEach
    void thereIsNoneOutsideOfACall() {
        assertThat(RetryContext.current()).isEmpty();
    }

    private Retry retry(String name, RetryPolicy.Builder policy) {
        return Retry.builder(name)
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    private void look() {
        seen.add(RetryContext.current().orElseThrow());
    }

    @Test
    void tellsAttemptFailureAndTimeLeft() {
        ConnectException failure = new ConnectException("again");
        Retry retry = retry("orders", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(1)));
        assertThatThrownBy(() -> retry.run(() -> {
                    look();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(seen).extracting(RetryContext::policy).containsOnly("orders");
        assertThat(seen).extracting(RetryContext::attempt).containsExactly(1, 2, 3);
        assertThat(seen)
                .extracting(context -> context.lastFailure().orElse(null))
                .containsExactly(null, failure, failure);
        assertThat(seen)
                .extracting(RetryContext::timeLeft)
                .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(900), Duration.ofMillis(800));
    }

    @Test
    void tellsTheSameInAsynchronousAttempts() {
        Retry retry = retry("orders", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(1)));
        CompletableFuture<Object> future = retry.callAsync(() -> {
            look();
            throw new ConnectException("again");
        });
        time.advance(Duration.ofSeconds(1));
        assertThat(future).isCompletedExceptionally();
        assertThat(seen).extracting(RetryContext::attempt).containsExactly(1, 2, 3);
        assertThat(seen)
                .extracting(RetryContext::timeLeft)
                .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(900), Duration.ofMillis(800));
    }

    @Test
    void theTimeLeftEndsWithTheAttemptTimeoutAndIsNeverNegative() {
        Retry retry = retry("orders", Scenario.plainPolicy().attemptTimeout(Duration.ofSeconds(2)));
        retry.run(() -> {
            look();
            time.advance(Duration.ofSeconds(3));
            look();
        });
        assertThat(seen).extracting(RetryContext::timeLeft).containsExactly(Duration.ofSeconds(2), Duration.ZERO);
    }

    @Test
    void isASnapshot() {
        Retry retry = retry("orders", Scenario.plainPolicy());
        retry.run(() -> {
            look();
            time.advance(Duration.ofSeconds(3));
        });
        assertThat(seen.get(0).timeLeft()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theInnermostAttemptIsCurrentAndTheOuterOneIsAgainAfterIt() {
        Retry outer = retry("outer", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(5)));
        Retry inner = retry("inner", Scenario.plainPolicy());
        Retry shorter = retry("shorter", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(1)));
        outer.run(() -> {
            look();
            inner.run(this::look);
            look();
            shorter.run(this::look);
            look();
            assertThatThrownBy(() -> inner.run(() -> {
                        throw new ConnectException("again");
                    }))
                    .isInstanceOf(ConnectException.class);
            look();
            CompletableFuture<Object> stage = inner.callAsync(() -> {
                look();
                return CompletableFuture.completedFuture("done");
            });
            assertThat(stage).isCompleted();
            look();
        });
        assertThat(seen)
                .extracting(RetryContext::policy)
                .containsExactly("outer", "inner", "outer", "shorter", "outer", "outer", "inner", "outer");
        assertThat(seen).extracting(RetryContext::attempt).containsOnly(1);
        assertThat(seen.get(1).timeLeft()).as("no more than the outer call's").isEqualTo(Duration.ofSeconds(5));
        assertThat(seen.get(3).timeLeft()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aCallInARetryOfAnotherCallSeesItsOwn() {
        Retry outer = retry("outer", Scenario.plainPolicy());
        Retry inner = retry("inner", Scenario.plainPolicy());
        int[] attempts = {0};
        String result = outer.call(() -> {
            if (++attempts[0] < 2) {
                SneakyThrow.<RuntimeException>rethrow(new ConnectException("again"));
            }
            inner.run(this::look);
            look();
            return "second";
        });
        assertThat(result).isEqualTo("second");
        assertThat(seen).extracting(RetryContext::policy).containsExactly("inner", "outer");
        assertThat(seen).extracting(RetryContext::attempt).containsExactly(1, 2);
    }

    @Test
    void followsAnAttemptToAnotherThread() throws Exception {
        Retry outer = retry("outer", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(5)));
        Retry inner = retry("inner", Scenario.plainPolicy());
        ConnectException failure = new ConnectException("inner");
        assertThatThrownBy(() -> outer.run(() -> {
                    RetryContext context = RetryContext.current().orElseThrow();
                    CompletableFuture<Object> elsewhere = new CompletableFuture<>();
                    Thread thread = new Thread(() -> {
                        assertThat(RetryContext.current()).isEmpty();
                        elsewhere.completeAsync(
                                () -> context.call(() -> {
                                    inner.run(() -> {
                                        look();
                                        SneakyThrow.<RuntimeException>rethrow(failure);
                                    });
                                    return "never";
                                }),
                                Runnable::run);
                        assertThat(RetryContext.current()).isEmpty();
                    });
                    thread.start();
                    thread.join();
                    throw elsewhere.handle((result, thrown) -> thrown).join().getCause();
                }))
                .isSameAs(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .filteredOn(RetryStopped.class::isInstance)
                        .extracting(stopped -> ((RetryStopped) stopped).reason())
                        .containsExactly(StopReason.EXHAUSTED, StopReason.NESTED));
        assertThat(seen).extracting(RetryContext::policy).containsOnly("inner");
        assertThat(seen.get(0).timeLeft()).as("no more than the outer call's").isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatAnEarlierAttemptForbidsLateDoesNotUndoWhatThisOneForbids() {
        Retry retry = retry("orders", Scenario.plainPolicy());
        ConnectException failure = new ConnectException("again");
        assertThatThrownBy(() -> retry.run(() -> {
                    look();
                    if (seen.size() == 2) {
                        seen.get(1).forbidRetry();
                        seen.get(0).forbidRetry();
                    }
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(seen).hasSize(2);
    }

    @Test
    void whatAnAttemptLeavesBehindStaysPartOfThatAttempt() {
        Retry outer = retry("outer", Scenario.plainPolicy());
        Retry inner = retry("inner", Scenario.plainPolicy());
        List<RetryContext> leftBehind = new ArrayList<>();
        ConnectException shared = new ConnectException("one instance for all");
        assertThatThrownBy(() -> outer.run(() -> {
                    look();
                    if (seen.size() == 2) {
                        seen.get(0).forbidRetry();
                        seen.get(0).call(() -> {
                            leftBehind.addAll(RetryContext.current().stream().toList());
                            assertThatThrownBy(() -> inner.run(() -> {
                                        throw shared;
                                    }))
                                    .isSameAs(shared);
                            return "late";
                        });
                    }
                    throw shared;
                }))
                .isSameAs(shared);
        assertThat(leftBehind).isEmpty();
        assertThat(seen).extracting(RetryContext::attempt).containsExactly(1, 2, 3);
    }

    @Test
    void aThreadEntersAnAttemptUntilTheScopeIsClosed() {
        Retry outer = retry("outer", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(5)));
        Retry other = retry("other", Scenario.plainPolicy());
        outer.run(() -> {
            RetryContext entered = RetryContext.current().orElseThrow();
            other.run(() -> {
                try (Scope scope = entered.enter()) {
                    look();
                    other.run(this::look);
                    look();
                }
                look();
            });
        });
        assertThat(seen).extracting(RetryContext::policy).containsExactly("outer", "other", "outer", "other");
        assertThat(seen.get(1).timeLeft()).as("no more than the outer call's").isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aThreadLeavesAnAttemptUntilTheScopeIsClosed() {
        Retry outer = retry("outer", Scenario.plainPolicy().timeBudget(Duration.ofSeconds(5)));
        Retry other = retry("other", Scenario.plainPolicy());
        outer.run(() -> {
            try (Scope scope = RetryContext.leave()) {
                assertThat(RetryContext.current()).isEmpty();
                other.run(this::look);
                assertThat(RetryContext.current()).isEmpty();
            }
            look();
        });
        assertThat(seen).extracting(RetryContext::policy).containsExactly("other", "outer");
        assertThat(seen.get(0).timeLeft()).as("its own").isEqualTo(Duration.ofSeconds(30));
    }
}
