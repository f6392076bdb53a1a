package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an attempt was answered last counts where its failure has no status of its own. */
class LastAnswerTests {

    private static final String HOST = "shop:80";

    private final ManualTime time = new ManualTime();
    private final List<String> delays = new ArrayList<>();
    private final List<RetryEvent.Ended> ended = new ArrayList<>();
    private int attempts;

    static class Own extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private enum Style {
        PLAIN,
        STAGE
    }

    private Retry.Builder builder(RetryPolicy policy) {
        return Retry.builder("shop")
                .policy(policy)
                .timeSource(time)
                .random(() -> 0)
                .executor(Runnable::run)
                .listener(event -> {
                    if (event instanceof RetryEvent.Retrying retrying) {
                        delays.add(retrying.delay().toMillis() + " " + retrying.source());
                    } else if (event instanceof RetryEvent.Ended end) {
                        ended.add(end);
                    }
                });
    }

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder().jitter(dev.retrykit.backoff.Jitter.NONE);
    }

    private StopReason run(Style style, Retry retry, ThrowingCallable<String, ?> body) {
        if (style == Style.PLAIN) {
            var unused = catchThrowable(() -> retry.call(body::call));
        } else {
            CompletableFuture<String> result = retry.callAsync(() -> CompletableFuture.completedFuture(body.call()));
            time.advance(Duration.ofHours(1));
            assertThat(result).isDone();
        }
        return ended.get(ended.size() - 1).reason();
    }

    private StopReason run(RetryPolicy policy, ThrowingCallable<String, ?> body) {
        return run(Style.PLAIN, builder(policy).build(), body);
    }

    private static HeaderLines headers(String... namesAndValues) {
        return name -> {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                if (namesAndValues[i].equals(name)) {
                    lines.add(namesAndValues[i + 1]);
                }
            }
            return lines;
        };
    }

    private static void answered(int status, String... headers) {
        RetryContext.current().orElseThrow().requests().answered(HOST, status, headers(headers));
    }

    private String fail(Throwable failure) throws Exception {
        attempts++;
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void anExceptionOfTheApplicationsOwnMeansWhatTheAnswerMeans(Style style) {
        Retry retry = builder(policy().build()).build();
        assertThat(run(style, retry, () -> {
                    answered(503, "retry-after", "2");
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.EXHAUSTED);
        assertThat(attempts).isEqualTo(3);
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(style, retry, () -> {
                    answered(404);
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void aTypeThatIsNamedIsRetriedAfterTheTimeAndNotAfterAVeto(Style style) {
        Retry retry = builder(policy().retryOn(Own.class).build()).build();
        run(style, retry, () -> {
            answered(404, "retry-after", "2");
            return fail(new Own());
        });
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(style, retry, () -> {
                    answered(503, "retry-after", "60");
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
        assertThat(run(style, retry, () -> {
                    answered(503, "x-should-retry", "false");
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.VETOED);
    }

    @Test
    void aTypeThatAbortsAbortsWhateverWasAnswered() {
        assertThat(run(policy().abortOn(Own.class).build(), () -> {
                    answered(503, "retry-after", "2");
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void thePolicysStatusesRuleTheAnswer() {
        RetryPolicy policy = policy().statuses(List.of(418)).build();
        assertThat(run(policy, () -> {
                    answered(418);
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.EXHAUSTED);
        assertThat(run(policy, () -> {
                    answered(503);
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void anAnswerThatBrokeOffIsTheAnswer() {
        run(policy().build(), () -> {
            answered(503, "retry-after", "2");
            return fail(new IOException("premature end"));
        });
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(policy().build(), () -> {
                    answered(404);
                    return fail(new SocketException("of something else"));
                }))
                .as("a lost connection may be that of something else, so it stays transient")
                .isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void aFailureThatIsKnownToBeSomethingElseKeepsItsMeaningAndWaits() {
        run(policy().build(), () -> {
            answered(404, "retry-after", "2");
            return fail(new SQLTransientException("deadlock"));
        });
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(policy().build(), () -> {
                    answered(503);
                    return fail(new AssertionError());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void aGoodAnswerAndARequestWithoutOneMakeTheOneBeforeForgotten() {
        assertThat(run(policy().build(), () -> {
                    answered(503);
                    answered(200);
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(run(policy().build(), () -> {
                    answered(404);
                    RetryContext.current().orElseThrow().requests().unanswered();
                    return fail(new SocketException("the fallback's"));
                }))
                .isEqualTo(StopReason.EXHAUSTED);
        assertThat(attempts).isEqualTo(4);
    }

    @Test
    void theLastOfSeveralCounts() {
        assertThat(run(policy().build(), () -> {
                    answered(503);
                    answered(404);
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void eachAttemptHasItsOwn() {
        assertThat(run(policy().build(), () -> {
                    if (attempts == 0) {
                        answered(503);
                    }
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void anAttemptThatHasEndedTakesNoNotes() {
        List<RetryContext> first = new ArrayList<>();
        assertThat(run(policy().build(), () -> {
                    answered(503);
                    first.add(RetryContext.current().orElseThrow());
                    if (attempts == 1) {
                        answered(200);
                        first.get(0).requests().answered(HOST, 503, headers());
                    }
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void aBadValueWaitsAndIsVetoedToo() {
        RetryPolicy policy =
                policy().resultClassifier(result -> Verdict.retryable()).build();
        run(policy, () -> {
            answered(503, "retry-after", "2");
            return "none";
        });
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(policy, () -> {
                    answered(503, "x-should-retry", "false");
                    return "none";
                }))
                .isEqualTo(StopReason.VETOED);
    }

    @Test
    void aMappedValueIsASuccessUnlessSomebodyCallsItBad() {
        builder(policy().build()).build().run(() -> {
            attempts++;
            answered(503, "retry-after", "2");
        });
        assertThat(attempts).isEqualTo(1);
        assertThat(delays).isEmpty();
    }

    @Test
    void theAnswerOfAnInnerAttemptReachesTheOuterOne() {
        Retry guard = Retry.builder("guard").timeSource(time).build();
        run(policy().build(), () -> {
            guard.call(() -> {
                answered(503, "retry-after", "2");
                return "handled";
            });
            return fail(new Own());
        });
        assertThat(attempts).isEqualTo(3);
        assertThat(delays).containsExactly("2000 RETRY_AFTER", "2000 RETRY_AFTER");
        assertThat(run(policy().build(), () -> {
                    guard.call(() -> {
                        answered(503);
                        return "handled";
                    });
                    guard.call(() -> {
                        answered(200);
                        return "good";
                    });
                    return fail(new Own());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void theLastAttemptOfAnInnerCallCounts() {
        Retry guard = Retry.builder("guard")
                .policy(policy().retryOn(Own.class).build())
                .timeSource(time)
                .build();
        int[] inner = new int[1];
        assertThat(run(policy().build(), () -> {
                    guard.call(() -> {
                        answered(inner[0]++ == 0 ? 503 : 200);
                        if (inner[0] == 1) {
                            throw new Own();
                        }
                        return "good";
                    });
                    return fail(new IllegalStateException());
                }))
                .isEqualTo(StopReason.NOT_RETRYABLE);
        assertThat(inner[0]).isEqualTo(2);
    }

    @Test
    void permanentAnswersAreSuccessesOfACircuitWhateverTheException() {
        Circuit circuit =
                Circuit.of("shop", CircuitPolicy.builder().minimumCalls(5).build(), time);
        Retry retry = builder(policy().build()).circuit(circuit).build();
        for (int i = 0; i < 50; i++) {
            time.advance(Duration.ofMillis(100));
            run(Style.PLAIN, retry, () -> {
                answered(404);
                return fail(new Own());
            });
        }
        assertThat(circuit.snapshot().failures()).isZero();
        assertThat(attempts).isEqualTo(50);
    }
}
