package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.internal.engine.Cooldowns;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a peer asks one call for, all obey. */
class SharedRetryAfterTests {

    private final ManualTime time = new ManualTime();
    private final List<String> delays = new ArrayList<>();
    private final List<StopReason> reasons = new ArrayList<>();

    private Retry.Builder builder(RetryPolicy.Builder policy) {
        return Retry.builder("shop")
                .policy(policy.backoff(BackoffPolicy.fixed(Duration.ofMillis(10)))
                        .jitter(Jitter.NONE)
                        .maxAttempts(2)
                        .build())
                .timeSource(time)
                .random(() -> 0)
                .executor(Runnable::run)
                .listener(event -> {
                    if (event instanceof RetryEvent.Retrying retrying) {
                        delays.add(retrying.delay().toMillis() + " " + retrying.source());
                    } else if (event instanceof RetryEvent.Ended end) {
                        reasons.add(end.reason());
                    }
                });
    }

    private static RetryContext attempt() {
        return RetryContext.current().orElseThrow();
    }

    /** Another call, of another policy, is asked for time. */
    private void ask(String peer, int status, String seconds) {
        ask(RetryPolicy.builder().maxAttempts(1).build(), peer, status, seconds);
    }

    private void ask(RetryPolicy policy, String peer, int status, String seconds) {
        Retry.builder("other")
                .policy(policy)
                .timeSource(time)
                .build()
                .run(() -> attempt()
                        .requests()
                        .answered(peer, status, name -> name.equals("retry-after") ? List.of(seconds) : List.of()));
    }

    private static void sendAndFail(String peer) throws IOException {
        attempt().requests().sendTo(peer);
        throw new IOException("connection reset");
    }

    private void call(Retry retry, String peer) {
        quietly(() -> retry.run(() -> sendAndFail(peer)));
    }

    @Test
    void aRetryWaitsForWhatAnotherCallWasAskedFor() {
        Retry retry = builder(RetryPolicy.builder()).build();
        ask("a:80", 429, "2");
        time.advance(Duration.ofMillis(500));
        call(retry, "a:80");
        call(retry, "b:80");
        assertThat(delays).containsExactly("1500 RETRY_AFTER", "10 BACKOFF");
        assertThat(reasons).containsExactly(StopReason.EXHAUSTED, StopReason.EXHAUSTED);
    }

    @Test
    void aRetryThatWaitsAlreadyWaitsForIt() {
        Retry retry = builder(RetryPolicy.builder()).build();
        List<Long> arrivals = new ArrayList<>();
        CompletableFuture<String> call = retry.callAsync(() -> {
            arrivals.add(time.nanoTime() / 1_000_000);
            attempt().requests().sendTo("a:80");
            return CompletableFuture.failedFuture(new ConnectException());
        });
        long start = time.nanoTime() / 1_000_000;
        time.advance(Duration.ofMillis(5));
        ask("a:80", 503, "2");
        time.advance(Duration.ofMillis(1_999));
        assertThat(arrivals).hasSize(1);
        time.advance(Duration.ofMillis(500));
        assertThat(call).isDone();
        assertThat(arrivals).containsExactly(start, start + 2_005);
    }

    @Test
    void whereOthersAreAskedAgainAndAgainNobodyWaitsForEver() {
        Retry retry = builder(RetryPolicy.builder()).build();
        CompletableFuture<String> call = retry.callAsync(() -> {
            attempt().requests().sendTo("a:80");
            return CompletableFuture.failedFuture(new ConnectException());
        });
        int seconds = 0;
        while (!call.isDone()) {
            ask("a:80", 429, "2");
            time.advance(Duration.ofSeconds(1));
            seconds++;
        }
        assertThat(reasons).containsExactly(StopReason.RETRY_AFTER_TOO_LONG);
        assertThat(seconds).isLessThanOrEqualTo(11);
    }

    @Test
    void itCountsAgainstTheLongestWaitAndTheTimeBudget() {
        ask(
                RetryPolicy.builder()
                        .maxAttempts(1)
                        .retryAfter(true, Duration.ofMinutes(1))
                        .build(),
                "a:80",
                503,
                "20");
        call(builder(RetryPolicy.builder()).build(), "a:80");
        call(
                builder(RetryPolicy.builder()
                                .retryAfter(true, Duration.ofMinutes(1))
                                .timeBudget(Duration.ofSeconds(5)))
                        .build(),
                "a:80");
        assertThat(reasons).containsExactly(StopReason.RETRY_AFTER_TOO_LONG, StopReason.TIME_BUDGET);
    }

    @Test
    void noTimeAPastOneAndOneThatNobodyWaitsForAreNotRemembered() {
        Retry retry = builder(RetryPolicy.builder()).build();
        ask("a:80", 503, "0");
        ask("a:80", 503, "3600");
        ask("a:80", 409, "2");
        ask("a:80", 404, "2");
        call(retry, "a:80");
        assertThat(delays).containsExactly("10 BACKOFF");
        ask("a:80", 429, "3600");
        call(retry, "a:80");
        assertThat(reasons).as("a rate concerns all").endsWith(StopReason.RETRY_AFTER_TOO_LONG);
    }

    @Test
    void neitherASuccessNorAShorterTimeEndsIt() {
        Retry retry = builder(RetryPolicy.builder()).build();
        ask("a:80", 429, "2");
        ask("a:80", 429, "1");
        retry.run(() -> attempt().requests().answered("a:80", 200, name -> List.of()));
        call(retry, "a:80");
        assertThat(delays).containsExactly("2000 RETRY_AFTER");
        call(retry, "a:80");
        assertThat(delays).as("over").endsWith("10 BACKOFF");
    }

    @Test
    void aPolicyCanKeepOutOfIt() {
        Retry off = builder(RetryPolicy.builder().retryAfterSharing(RetryAfterSharing.OFF))
                .build();
        ask("a:80", 429, "2");
        call(off, "a:80");
        assertThat(delays).containsExactly("10 BACKOFF");
        ask(off.policy(), "b:80", 429, "2");
        call(builder(RetryPolicy.builder()).build(), "b:80");
        assertThat(delays).as("what it hears it keeps").containsExactly("10 BACKOFF", "10 BACKOFF");
    }

    @Test
    void aPolicyCanHoldFirstAttemptsBackToo() {
        Retry all = builder(RetryPolicy.builder().retryAfterSharing(RetryAfterSharing.ALL))
                .build();
        ask("a:80", 429, "2");
        time.advance(Duration.ofMillis(500));
        Throwable rejected = catchThrowable(() -> all.run(() -> sendAndFail("a:80")));
        assertThat(rejected).isInstanceOfSatisfying(PeerBusyException.class, busy -> {
            assertThat(busy.peer()).isEqualTo("a:80");
            assertThat(busy.retryAfter()).isEqualTo(Duration.ofMillis(1_500));
            assertThat(busy.getStackTrace()).isEmpty();
            assertThat(busy).hasMessageContaining("1500 ms");
        });
        assertThat(reasons).containsExactly(StopReason.NOT_RETRYABLE);
        call(all, "b:80");
        assertThat(delays).containsExactly("10 BACKOFF");
    }

    @Test
    void whereNoHostIsKnownTheCircuitStandsForThePeer() {
        class Pushback extends RuntimeException implements RetryHint {
            private static final long serialVersionUID = 1;

            @Override
            public boolean retryable() {
                return true;
            }

            @Override
            public Optional<Duration> retryAfter() {
                return Optional.of(Duration.ofSeconds(2));
            }
        }
        Circuit circuit = Circuit.of("shop", CircuitPolicy.builder().build(), time);
        Retry asked = Retry.builder("asked")
                .policy(RetryPolicy.builder().maxAttempts(1).build())
                .circuit(circuit)
                .timeSource(time)
                .build();
        quietly(() -> asked.run(() -> {
            throw new Pushback();
        }));
        Retry other = builder(RetryPolicy.builder()).circuit(circuit).build();
        quietly(() -> other.run(() -> {
            throw new ConnectException();
        }));
        assertThat(delays).containsExactly("2000 RETRY_AFTER");
    }

    @Test
    void aMillionHostsFillNoMemoryAndHoldNoOther() {
        Cooldowns cooldowns = new Cooldowns();
        cooldowns.hear("honest", Duration.ofSeconds(90).toNanos(), 0);
        for (int host = 0; host < 100_000; host++) {
            cooldowns.hear("host" + host, Duration.ofSeconds(60).toNanos(), host);
        }
        assertThat(cooldowns.size()).isEqualTo(Cooldowns.MOST_PEERS);
        assertThat(cooldowns.leftNanos("honest", 0))
                .isEqualTo(Duration.ofSeconds(90).toNanos());
        assertThat(cooldowns.leftNanos("unheard", 0)).isZero();
        cooldowns.hear("later", 1, Duration.ofSeconds(91).toNanos());
        assertThat(cooldowns.size()).as("past ones are forgotten").isEqualTo(1);
    }

    private static void quietly(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }

    @Test
    void aClockAndItsCircuitsAreForgottenWithTheirCalls() throws Exception {
        WeakReference<ManualTime> clock = askedFor(new ManualTime());

        for (int i = 0; i < 50 && clock.get() != null; i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(clock.get()).isNull();
    }

    private static WeakReference<ManualTime> askedFor(ManualTime clock) {
        Retry retry = Retry.builder("grpc")
                .policy(RetryPolicy.builder().maxAttempts(1).build())
                .circuit(Circuit.of("grpc", CircuitPolicy.builder().build(), clock))
                .timeSource(clock)
                .build();
        assertThat(catchThrowable(() -> retry.run(() -> {
                    throw new Busy();
                })))
                .isInstanceOf(Busy.class);
        return new WeakReference<>(clock);
    }

    /** Says when to come back, but not who said so. */
    private static final class Busy extends RuntimeException implements RetryHint {

        private static final long serialVersionUID = 1;

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(Duration.ofSeconds(2));
        }
    }
}
