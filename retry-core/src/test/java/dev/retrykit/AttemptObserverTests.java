package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.Scope;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AttemptObserverTests {

    private final ManualTime time = new ManualTime();
    private final List<String> seen = new ArrayList<>();
    private boolean watching = true;

    private final AttemptObserver observer = new AttemptObserver() {

        @Override
        public boolean isWatching() {
            return watching;
        }

        @Override
        public Watched begin(String policy, int attempt) {
            String name = policy + " " + attempt;
            seen.add("begin " + name);
            return new Watched() {

                @Override
                public Scope enter() {
                    seen.add("enter " + name);
                    return () -> seen.add("leave " + name);
                }

                @Override
                public void end(AttemptResult result, Throwable failure) {
                    seen.add("end " + name + " " + result + (failure == null ? "" : " " + failure.getMessage()));
                }
            };
        }
    };

    private Retry retry(String name, RetryPolicy.Builder policy) {
        return Retry.builder(name)
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .observer(observer)
                .build();
    }

    private Retry retry() {
        return retry("stock", RetryPolicy.builder());
    }

    @Test
    void eachAttemptIsSeenTheFirstToo() throws Exception {
        String result = retry().call(() -> {
            if (seen.size() < 3) {
                throw new ConnectException("refused");
            }
            return "pen";
        });
        assertThat(result).isEqualTo("pen");
        assertThat(seen)
                .containsExactly(
                        "begin stock 1",
                        "enter stock 1",
                        "leave stock 1",
                        "end stock 1 RETRYABLE refused",
                        "begin stock 2",
                        "enter stock 2",
                        "leave stock 2",
                        "end stock 2 SUCCESS");
    }

    @Test
    void aPermanentFailureIsTheEndOfTheFirst() {
        assertThatThrownBy(() -> retry().call(() -> {
                    throw new IllegalArgumentException("no sku");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(seen).contains("end stock 1 PERMANENT no sku").hasSize(4);
    }

    @Test
    void anInnerCallsAttemptsAreInsideOfTheOuterOnes() {
        retry("order", RetryPolicy.builder()).call(() -> retry().call(() -> "pen"));
        assertThat(seen)
                .containsExactly(
                        "begin order 1",
                        "enter order 1",
                        "begin stock 1",
                        "enter stock 1",
                        "leave stock 1",
                        "end stock 1 SUCCESS",
                        "leave order 1",
                        "end order 1 SUCCESS");
    }

    @Test
    void anAsynchronousAttemptEndsWithItsStage() {
        List<CompletableFuture<String>> stages = new ArrayList<>();
        CompletableFuture<String> call = retry().callAsync(() -> {
            stages.add(new CompletableFuture<>());
            return stages.get(stages.size() - 1);
        });
        assertThat(seen).containsExactly("begin stock 1", "enter stock 1", "leave stock 1");
        stages.get(0).completeExceptionally(new ConnectException("refused"));
        time.advance(Duration.ofSeconds(1));
        stages.get(1).complete("pen");
        assertThat(call).isCompletedWithValue("pen");
        assertThat(seen)
                .contains("end stock 1 RETRYABLE refused", "end stock 2 SUCCESS")
                .hasSize(8);
    }

    @Test
    void anAttemptThatIsCancelledEndsToo() {
        retry().callAsync(CompletableFuture::new).cancel(true);
        assertThat(seen).endsWith("end stock 1 PERMANENT").hasSize(4);
    }

    @Test
    void anAttemptThatIsCutEndsWithItsTimeout() {
        Retry cut = retry("stock", RetryPolicy.builder().maxAttempts(1).attemptTimeout(Duration.ofSeconds(1)));
        CompletableFuture<String> call = cut.callAsync(CompletableFuture::new);
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedExceptionally();
        assertThat(seen.get(3)).startsWith("end stock 1 TIMEOUT");
    }

    @Test
    void whoDoesNotWatchIsNotTold() {
        watching = false;
        retry().call(() -> "pen");
        assertThat(seen).isEmpty();
    }

    @Test
    void anObserverThatThrowsChangesNothing() throws IOException {
        for (int step = 0; step < 4; step++) {
            int broken = step;
            Retry retry = Retry.builder("stock")
                    .timeSource(time)
                    .observer((policy, attempt) -> broken(broken))
                    .build();
            int[] attempts = {0};
            assertThat(retry.<String, IOException>call(() -> {
                        if (attempts[0]++ == 0) {
                            throw new ConnectException();
                        }
                        return "pen";
                    }))
                    .isEqualTo("pen");
        }
    }

    private static AttemptObserver.Watched broken(int step) {
        failAt(step == 0);
        return new AttemptObserver.Watched() {
            @Override
            public Scope enter() {
                failAt(step == 1);
                return () -> failAt(step == 2);
            }

            @Override
            public void end(AttemptResult result, Throwable failure) {
                failAt(step == 3);
            }
        };
    }

    private static void failAt(boolean here) {
        if (here) {
            throw new IllegalStateException("observer is broken");
        }
    }
}
