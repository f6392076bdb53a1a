package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an attempt tells about itself besides its failure: effects that must not happen twice, keys, answers. */
class SideEffectTests {

    private final ManualTime time = new ManualTime();
    private final List<RetryEvent> events = new ArrayList<>();

    @Test
    void anAttemptWithAnEffectIsNotRepeated() {
        Result result = call(context -> context.sideEffect("POST /payments", false));

        assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        assertThat(ended().sideEffect()).hasValue(new RetryEvent.Effect(SideEffect.Kind.WITHOUT_KEY, "POST /payments"));
        assertThat(ended().verdict()).map(Verdict::kind).hasValue(Verdict.Kind.NOT_IDEMPOTENT);
    }

    @Test
    void anEffectThatDidNotHappenIsNone() {
        Result result = call(context -> {
            SideEffect effect = context.sideEffect("POST /payments", false);
            effect.didNotHappen();
            effect.didNotHappen();
        });

        assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
    }

    @Test
    void whatOneOfTwoEffectsDidNotDoTheOtherMayHave() {
        Result result = call(context -> {
            context.sideEffect("POST /payments", false);
            context.sideEffect("POST /letters", false).didNotHappen();
        });

        assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
    }

    @ParameterizedTest
    @CsvSource({
        "WITH_KEY, false, true, 3",
        "WITH_KEY, false, false, 1",
        "WITH_KEY, true, false, 3",
        "NEVER, false, true, 1",
        "NEVER, true, true, 1",
        "NEVER, true, false, 1",
        "ALWAYS, false, false, 3",
        "ALWAYS, false, true, 3"
    })
    void thePolicySaysWhatMayHappenTwice(UnsafeMethods unsafe, boolean idempotent, boolean key, int attempts) {
        Retry retry = retry(policy -> policy.unsafeMethods(unsafe).idempotent(idempotent));

        assertThat(call(retry, context -> context.sideEffect("POST /", key)).attempts())
                .isEqualTo(attempts);
    }

    @Test
    void aPermanentFailureStaysWhatItIs() {
        List<Integer> attempts = new ArrayList<>();
        Throwable failure = catchThrowable(() -> retry(policy -> {}).run(() -> {
            attempts.add(context().attempt());
            context().sideEffect("POST /", false);
            throw new IllegalArgumentException();
        }));

        assertThat(stop(failure).reason()).isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void effectsOfAnEarlierAttemptDontCount() {
        Result result = call(context -> {
            SideEffect effect = context.sideEffect("POST /", false);
            if (context.attempt() == 1) {
                effect.didNotHappen();
            }
        });

        assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
    }

    @Test
    void aBadValueIsJudgedInTheSameWay() throws Exception {
        List<Integer> attempts = new ArrayList<>();
        Retry retry = retry(policy -> policy.resultClassifier(value -> Verdict.ofStatus((Integer) value)));

        Integer status = retry.call(() -> {
            attempts.add(context().attempt());
            context().sideEffect("POST /", false);
            return 503;
        });

        assertThat(status).isEqualTo(503);
        assertThat(attempts).containsExactly(1);
        assertThat(ended().reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Nested
    class Commits {

        @Test
        void areNotRepeated() {
            assertThat(call(context -> context.commit("transaction a")))
                    .isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
            assertThat(ended().sideEffect()).hasValue(new RetryEvent.Effect(SideEffect.Kind.COMMIT, "transaction a"));
        }

        @Test
        void areNoneIfTheyDidNotHappen() {
            assertThat(call(context -> context.commit("transaction a").didNotHappen()))
                    .isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        @ParameterizedTest
        @CsvSource({
            "WITH_KEY, false, 1",
            "WITH_KEY, true, 3",
            "NEVER, false, 1",
            "NEVER, true, 3",
            "ALWAYS, false, 1",
            "ALWAYS, true, 3"
        })
        void areRepeatedWhereTheWholeAttemptMayBe(UnsafeMethods unsafe, boolean idempotent, int attempts) {
            Retry retry = retry(policy -> policy.unsafeMethods(unsafe).idempotent(idempotent));

            assertThat(call(retry, context -> context.commit("transaction a")).attempts())
                    .isEqualTo(attempts);
        }

        @Test
        void ofInnerCallsAreKnownOutside() {
            Retry inner = retry(policy -> policy.idempotent(true));

            assertThat(call(context -> inner.run(() -> inner.run(() -> context().commit("transaction a")))))
                    .isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void areTrackedWhereTheyMakeADifference() {
            Retry once = retry(policy -> policy.maxAttempts(1));
            Retry idempotent = retry(policy -> policy.idempotent(true));
            Retry retried = retry(policy -> {});

            assertThat(RetryContext.tracksCommits()).isFalse();
            once.run(() -> assertThat(RetryContext.tracksCommits()).isFalse());
            idempotent.run(() -> assertThat(RetryContext.tracksCommits()).isFalse());
            retried.run(() -> assertThat(RetryContext.tracksCommits()).isTrue());
            retried.run(() -> idempotent.run(() ->
                    once.run(() -> assertThat(RetryContext.tracksCommits()).isTrue())));
            retried.run(() -> {
                idempotent.run(() -> {});
                assertThat(RetryContext.tracksCommits()).isTrue();
                idempotent.run(() -> context().commit("transaction a"));
                assertThat(RetryContext.tracksCommits()).isFalse();
            });
            idempotent.run(() -> assertThat(RetryContext.tracksCommits()).isFalse());
            retried.run(() -> {
                try (Scope outside = RetryContext.leave()) {
                    assertThat(RetryContext.tracksCommits()).isFalse();
                }
            });
        }

        @Test
        void tellWhenTheyAreRepeated() {
            List<String> repeated = new ArrayList<>();
            Runnable tell = () -> repeated.add("repeated");
            Retry inner = retry(policy -> policy.maxAttempts(1));

            call(
                    retry(policy -> policy.idempotent(true)),
                    context -> inner.run(() -> {
                        context().onRepeat(tell);
                        context().onRepeat(tell);
                        context().commit("transaction a");
                    }));
            assertThat(repeated).hasSize(2);
            call(context -> {
                context.onRepeat(tell);
                context.commit("transaction a");
            });
            assertThat(repeated).hasSize(2);
        }
    }

    @Nested
    class TimeLimits {

        @Test
        void areKnownToTheThreadThatTheyInterrupt() {
            List<Boolean> known = new ArrayList<>();
            Retry retry =
                    retry(policy -> policy.attemptTimeout(Duration.ofSeconds(1)).maxAttempts(1));

            retry.run(() -> {
                known.add(RetryContext.isTimedOut());
                time.advance(Duration.ofSeconds(1));
                known.add(RetryContext.isTimedOut());
                known.add(context().isAbandoned());
                Retry.builder("inner").build().run(() -> known.add(RetryContext.isTimedOut()));
            });

            known.add(RetryContext.isTimedOut());
            assertThat(known).containsExactly(false, true, false, true, false);
        }

        @Test
        void areKnownToWhatRunsOnAfterItsStageWasCut() {
            List<Boolean> known = new ArrayList<>();
            Retry retry =
                    retry(policy -> policy.attemptTimeout(Duration.ofSeconds(1)).maxAttempts(1));
            List<RetryContext> running = new ArrayList<>();

            CompletableFuture<Object> call = retry.callAsync(() -> {
                running.add(context());
                return new CompletableFuture<>();
            });
            known.add(running.get(0).isAbandoned());
            time.advance(Duration.ofSeconds(1));

            assertThat(call).isCompletedExceptionally();
            known.add(running.get(0).isAbandoned());
            running.get(0).call(() -> known.add(RetryContext.isTimedOut()));
            assertThat(known).containsExactly(false, true, true);
        }
    }

    @Nested
    class InnerCalls {

        @Test
        void whatASuccessfulInnerCallDidIsKnownOutside() {
            Retry inner = retry(policy -> {});

            assertThat(call(context -> inner.run(() -> context().sideEffect("POST /", false))))
                    .isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void throughManyLayersThatNobodyAskedAbout() {
            Retry inner = retry(policy -> {});
            List<Integer> attempts = new ArrayList<>();

            Throwable failure = catchThrowable(() -> retry(policy -> {}).run(() -> {
                attempts.add(1);
                inner.run(() -> inner.run(() -> inner.run(() -> context().sideEffect("POST /", false))));
                throw new SocketTimeoutException();
            }));

            assertThat(attempts).hasSize(1);
            assertThat(stop(failure).reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        }

        @Test
        void whatAFailedInnerCallDidIsKnownOutside() {
            Retry inner = retry(policy -> policy.maxAttempts(1));

            assertThat(call(context -> {
                        try {
                            inner.run(() -> {
                                context().sideEffect("POST /", false);
                                throw new IOException();
                            });
                        } catch (IOException swallowed) {
                            // the attempt goes on
                        }
                    }))
                    .isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void anInnerEffectThatDidNotHappenIsNoneOutside() {
            Retry inner = retry(policy -> {});

            assertThat(call(context -> inner.run(
                            () -> context().sideEffect("POST /", false).didNotHappen())))
                    .isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        @Test
        void eachPolicyJudgesForItself() {
            Retry inner =
                    retry(policy -> policy.unsafeMethods(UnsafeMethods.ALWAYS).maxAttempts(2));
            List<Integer> attempts = new ArrayList<>();

            Throwable failure = catchThrowable(() -> retry(policy -> policy.nested(NestedRetries.MULTIPLY))
                    .run(() -> inner.run(() -> {
                        attempts.add(context().attempt());
                        context().sideEffect("POST /", false);
                        throw new SocketTimeoutException();
                    })));

            assertThat(attempts).containsExactly(1, 2);
            assertThat(ended().reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(stop(failure)).isNotNull();
        }

        @Test
        void anOuterStageThatIsCutKnowsWhatAnInnerOneOnAnotherClockHasBegun() {
            Retry inner = Retry.builder("inner").timeSource(new ManualTime()).build();
            Retry outer = retry(policy -> policy.attemptTimeout(Duration.ofSeconds(1)));

            CompletableFuture<Object> call = outer.callAsync(() -> inner.callAsync(() -> {
                context().sideEffect("POST /", false);
                return new CompletableFuture<>();
            }));
            time.advance(Duration.ofSeconds(2));

            assertThat(call).isCompletedExceptionally();
            assertThat(catchThrowable(call::join)).cause().isInstanceOf(AttemptTimeoutException.class);
            assertThat(ended().reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        }

        @Test
        void anOuterStageThatIsCutKnowsWhatABlockingCallInARetryIsDoing() {
            Retry inner = Retry.builder("inner").timeSource(new ManualTime()).build();
            Retry outer = retry(policy -> policy.attemptTimeout(Duration.ofSeconds(1))
                    .retryOn(IllegalStateException.class, AttemptTimeoutException.class));

            CompletableFuture<Object> call = outer.callAsync(() -> inner.call(() -> {
                if (events.isEmpty()) {
                    throw new IllegalStateException();
                }
                context().sideEffect("POST /", false);
                time.advance(Duration.ofSeconds(2));
                assertThat(ended().reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
                return new CompletableFuture<>();
            }));
            time.advance(Duration.ofSeconds(1));

            assertThat(catchThrowable(call::join)).cause().isInstanceOf(AttemptTimeoutException.class);
        }

        @Test
        void anAnswerThatAnInnerCallHasGivenUpOnEndsTheOuterOneToo() {
            Retry inner = retry(policy -> policy.resultClassifier(value -> Verdict.ofStatus((Integer) value)));
            List<Integer> attempts = new ArrayList<>();

            Throwable failure = catchThrowable(() -> retry(policy -> policy.classifier(thrown -> Verdict.ofStatus(503)))
                    .run(() -> {
                        int status = inner.call(() -> {
                            attempts.add(1);
                            return 503;
                        });
                        throw new IOException("status " + status);
                    }));

            assertThat(attempts).hasSize(3);
            assertThat(stop(failure).reason()).isEqualTo(StopReason.NESTED);
        }

        @Test
        void anotherAnswerIsRetried() {
            Retry inner = retry(policy -> policy.resultClassifier(value -> Verdict.ofStatus((Integer) value)));
            List<Integer> attempts = new ArrayList<>();

            Throwable failure = catchThrowable(() -> retry(policy -> policy.classifier(thrown -> Verdict.ofStatus(503)))
                    .run(() -> {
                        attempts.add(inner.call(() -> 502));
                        throw new IOException("status 503");
                    }));

            assertThat(attempts).hasSize(3);
            assertThat(stop(failure).reason()).isEqualTo(StopReason.EXHAUSTED);
        }
    }

    @Nested
    class ExpectedAnswers {

        private final Verdict conflict = Verdict.ofStatus(409).withRetryAfter(Duration.ofSeconds(1));

        @Test
        void areTransient() {
            Retry retry = retry(policy -> policy.classifier(failure -> conflict));

            assertThat(call(retry, context -> context.expectStatus(409)))
                    .isEqualTo(new Result(3, StopReason.EXHAUSTED));
            assertThat(time.nanoTime()).isBetween(2_000_000_000L, 2_200_000_000L);
        }

        @Test
        void onlyIfTheySayWhenToComeBack() {
            Retry retry = retry(policy -> policy.classifier(failure -> Verdict.ofStatus(409)));

            assertThat(call(retry, context -> context.expectStatus(409)).reason())
                    .isEqualTo(StopReason.NOT_RETRYABLE);
        }

        @Test
        void othersAreNot() {
            Retry retry = retry(policy -> policy.classifier(failure -> conflict));

            assertThat(call(retry, context -> context.expectStatus(410)).reason())
                    .isEqualTo(StopReason.NOT_RETRYABLE);
        }

        @Test
        void abortOnComesFirst() {
            Retry retry = retry(policy -> policy.classifier(failure -> conflict).abortOn(IOException.class));

            assertThat(call(retry, context -> context.expectStatus(409)).reason())
                    .isEqualTo(StopReason.NOT_RETRYABLE);
        }

        @Test
        void areStatuses() {
            call(context -> {
                assertThatIllegalArgumentException().isThrownBy(() -> context.expectStatus(0));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> context.expectStatus(1000))
                        .withMessage("status must be 1 to 999, but was 1000");
            });
        }
    }

    @Nested
    class Deadlines {

        @Test
        void shortenTheTimeBudget() {
            try (Scope scope = CallerDeadline.in(Duration.ofMillis(250), time).enter()) {
                assertThat(call(context -> {}).reason()).isEqualTo(StopReason.TIME_BUDGET);
            }

            assertThat(time.nanoTime()).isLessThan(Duration.ofMillis(250).toNanos());
        }

        @Test
        void areSeenInsideOfAttempts() {
            try (Scope scope = CallerDeadline.in(Duration.ofMillis(250), time).enter()) {
                call(context -> {
                    assertThat(context.timeLeft()).isLessThanOrEqualTo(Duration.ofMillis(250));
                    assertThat(CallerDeadline.current()).isEmpty();
                });
                assertThat(CallerDeadline.current()).isPresent();
                assertThat(RetryContext.current()).isEmpty();
            }

            assertThat(CallerDeadline.current()).isEmpty();
        }

        @Test
        void nothingBeginsOnceTheyArePast() {
            CallerDeadline deadline = CallerDeadline.in(Duration.ofMillis(250), time);
            assertThat(deadline.left()).isEqualTo(Duration.ofMillis(250));
            time.advance(Duration.ofSeconds(1));
            assertThat(deadline.left()).isZero();

            try (Scope scope = deadline.enter()) {
                assertThat(catchThrowable(() -> retry(policy -> {}).run(() -> {
                            throw new AssertionError();
                        })))
                        .isInstanceOf(TimeBudgetSpentException.class);
            }
        }

        @Test
        void completeStagesInTime() {
            CompletableFuture<Object> call;
            try (Scope scope = CallerDeadline.in(Duration.ofMillis(250), time).enter()) {
                call = retry(policy -> {}).callAsync(CompletableFuture::new);
            }
            assertThat(call).isNotDone();
            time.advance(Duration.ofMillis(250));

            assertThat(call).isCompletedExceptionally();
        }

        @Test
        void endWhereThreadsLeaveTheirAttempt() {
            try (Scope scope = CallerDeadline.in(Duration.ZERO, time).enter();
                    Scope left = RetryContext.leave()) {
                assertThat(CallerDeadline.current()).isEmpty();
                assertThat(call(context -> {}).reason()).isEqualTo(StopReason.EXHAUSTED);
            }
        }
    }

    private Result call(Body body) {
        return call(retry(policy -> {}), body);
    }

    private static Result call(Retry retry, Body body) {
        List<Integer> attempts = new ArrayList<>();
        Throwable failure = catchThrowable(() -> retry.run(() -> {
            RetryContext context = context();
            attempts.add(context.attempt());
            body.run(context);
            throw new SocketTimeoutException();
        }));
        assertThat(failure).isInstanceOf(IOException.class);
        return new Result(attempts.size(), stop(failure).reason());
    }

    private static RetryStopped stop(Throwable failure) {
        return (RetryStopped) failure.getSuppressed()[failure.getSuppressed().length - 1];
    }

    private RetryEvent.Ended ended() {
        return (RetryEvent.Ended) events.get(events.size() - 1);
    }

    private static RetryContext context() {
        return RetryContext.current().orElseThrow();
    }

    private Retry retry(Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = RetryPolicy.builder().jitter(Jitter.NONE);
        settings.accept(policy);
        return Retry.builder("test")
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .budget(RetryBudget.of("test", BudgetPolicy.unlimited(), time))
                .listener(events::add)
                .build();
    }

    private record Result(int attempts, StopReason reason) {}

    /** What an attempt does before it fails. */
    private interface Body {
        void run(RetryContext context) throws IOException;
    }
}
