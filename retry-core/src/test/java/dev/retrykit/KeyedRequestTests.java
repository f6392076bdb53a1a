package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import dev.retrykit.internal.attempt.RequestHistory;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which idempotency key each request of a call has, and which requests are not sent. */
class KeyedRequestTests {

    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private final ManualTime time = new ManualTime();
    private final List<RetryEvent> events = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();

    /** A change here lets a message that is delivered before and after an update pay twice. */
    @ParameterizedTest
    @CsvSource({
        "order-17, POST /pay, 1, e3ef220f-d571-508f-b9fb-713862dd4f24",
        "order-17, POST /pay, 2, 16ed1bf3-50b4-52ce-8b96-a9348cf54089",
        "order-17, POST /orders/17/capture, 1, f19b76d0-1f80-5d22-bb97-0a6b914830b8",
        "'\u00fcber 7 \ud83d\udcb6', PATCH /, 1, 05dc80d1-6333-5146-aa19-9aa8bafc67b0",
        "'', POST /pay, 1, 0837cf3c-f205-5815-9e0d-a8282a9fb08e"
    })
    void aKeyOfAValueNeverChanges(String value, String kind, int number, String key) {
        assertThat(IdempotencyKeyBase.key(value, kind, number)).isEqualTo(key);
    }

    @Test
    void keysOfDifferentRequestsDiffer() {
        assertThat(List.of(
                        IdempotencyKeyBase.key("b", "a", 1),
                        IdempotencyKeyBase.key("", "ab", 1),
                        IdempotencyKeyBase.key("ab", "", 1),
                        IdempotencyKeyBase.key("\ud800", "a", 1),
                        IdempotencyKeyBase.key("\ud801", "a", 1),
                        IdempotencyKeyBase.key("?", "a", 1),
                        IdempotencyKeyBase.key("b", "a", 11),
                        IdempotencyKeyBase.key("1 a", "b", 1)))
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches(UUID));
    }

    @Test
    void areTheSameInEachAttempt() {
        call(keyed(), context -> send(context, "POST /a"));

        assertThat(sent).hasSize(3).containsOnly(sent.get(0));
        assertThat(sent.get(0)).matches("POST /a " + UUID);
    }

    @Test
    void differWithinAnAttempt() {
        call(keyed(), context -> {
            send(context, "POST /a");
            send(context, "POST /a");
            send(context, "POST /b");
        });

        assertThat(sent).hasSize(9);
        assertThat(sent.subList(0, 3)).doesNotHaveDuplicates();
        assertThat(sent.subList(3, 6)).isEqualTo(sent.subList(0, 3));
        assertThat(sent.subList(6, 9)).isEqualTo(sent.subList(0, 3));
    }

    @Test
    void differBetweenCalls() {
        Retry retry = retry(policy -> policy.sendsKeys(true).maxAttempts(1));
        call(retry, context -> send(context, "POST /a"));
        call(retry, context -> send(context, "POST /a"));

        assertThat(sent).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void areTheSameForTheSameText() {
        for (int i = 0; i < 2; i++) {
            call(retry(policy -> {}), context -> {
                context.idempotencyKeysFrom("order-17");
                send(context, "POST /pay");
            });
        }

        assertThat(sent).hasSize(6).containsOnly("POST /pay " + IdempotencyKeyBase.key("order-17", "POST /pay", 1));
    }

    @Test
    void thereAreNoneUnlessSomebodyWantsThem() {
        call(retry(policy -> {}), context -> {
            assertThat(context.nextIdempotencyKey("POST /a")).isEmpty();
            assertThat(context.requests().hasIdempotencyKeys()).isFalse();
            context.sendIdempotencyKeys();
            assertThat(context.nextIdempotencyKey("POST /a")).isPresent();
            assertThat(context.requests().hasIdempotencyKeys()).isTrue();
        });
    }

    @Nested
    class CallsInCalls {

        @Test
        void anInnerRetryRepeatsTheKeyAndAnotherInnerCallHasItsOwn() {
            Retry inner = retry(policy -> policy.maxAttempts(2));
            Retry outer = retry(policy -> policy.sendsKeys(true).nested(NestedRetries.MULTIPLY));

            call(outer, context -> {
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(() -> inner.run(() -> {
                                send(context(), "POST /a");
                                throw new SocketTimeoutException();
                            }))
                            .isInstanceOf(SocketTimeoutException.class);
                }
            });

            List<String> attempt = List.of(sent.get(0), sent.get(0), sent.get(2), sent.get(2));
            assertThat(sent.get(0)).isNotEqualTo(sent.get(2));
            assertThat(sent.subList(0, 4)).isEqualTo(attempt);
            assertThat(sent.subList(4, 8)).isEqualTo(attempt);
            assertThat(sent.subList(8, 12)).isEqualTo(attempt);
        }

        @Test
        void theOutermostCallThatHasKeysDecides() {
            Retry inner = retry(policy -> policy.sendsKeys(true).maxAttempts(1));

            call(retry(policy -> {}), context -> {
                context.idempotencyKeysFrom("outer");
                inner.run(() -> send(context(), "POST /a"));
            });

            assertThat(sent).hasSize(3).containsOnly("POST /a " + IdempotencyKeyBase.key("outer", "POST /a", 1));
        }

        /** Wherever a retry is put around it: the same value gives the same keys. */
        @Test
        void innerCallsChangeNoKeyOfAValue() {
            Retry inner = retry(policy -> {});

            call(retry(policy -> policy.maxAttempts(1)), context -> {
                context.idempotencyKeysFrom("v");
                send(context, "POST /a");
                inner.run(() -> inner.run(() -> send(context(), "POST /b")));
                inner.run(() -> send(context(), "POST /a"));
            });

            assertThat(sent)
                    .containsExactly(
                            "POST /a " + IdempotencyKeyBase.key("v", "POST /a", 1),
                            "POST /b " + IdempotencyKeyBase.key("v", "POST /b", 1),
                            "POST /a " + IdempotencyKeyBase.key("v", "POST /a", 2));
        }

        @Test
        void anInnerCallThatIsSkippedShiftsNoKey() {
            Retry inner = retry(policy -> {});

            call(keyed(), context -> {
                if (context.attempt() == 1) {
                    inner.run(() -> send(context(), "POST /a"));
                }
                inner.run(() -> send(context(), "POST /b"));
            });

            assertThat(sent).hasSize(4);
            assertThat(sent.subList(1, 4)).containsOnly(sent.get(1));
        }

        /** Nobody asked about the calls in between when the request was sent. */
        @Test
        void aCallThatLearnsLaterOfTheRequestRepeatsItsKey() {
            Retry plain = retry(policy -> policy.nested(NestedRetries.MULTIPLY));
            Retry inner = retry(policy -> policy.sendsKeys(true).maxAttempts(1));

            assertThat(catchThrowable(() -> plain.run(() -> plain.run(() -> {
                        plain.run(() -> inner.run(() -> send(context(), "POST /a")));
                        throw new SocketTimeoutException();
                    }))))
                    .isInstanceOf(IOException.class);

            assertThat(sent).hasSize(9).containsOnly(sent.get(0));
        }

        @Test
        void aCallBetweenTheRequestAndTheKeysRepeatsItsKey() {
            Retry plain = retry(policy -> {});

            call(
                    keyed(),
                    context -> assertThat(catchThrowable(() -> plain.run(() -> {
                                plain.run(() -> send(context(), "POST /a"));
                                throw new SocketTimeoutException();
                            })))
                            .isInstanceOf(IOException.class));

            assertThat(sent).hasSize(9).containsOnly(sent.get(0));
        }
    }

    @Nested
    class AnotherRequest {

        @Test
        void isNotSentIfItMayBeTheSameUnderAnotherKey() {
            Result result = call(keyed(), context -> send(context, "POST /pay/" + context.attempt()));

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(1).first().asString().startsWith("POST /pay/1 ");
            assertThat(ended().sideEffect())
                    .hasValue(new RetryEvent.Effect(SideEffect.Kind.MISMATCHED_KEY, "POST /pay/1"));
            assertThat(ended().verdict()).map(Verdict::signal).hasValue(Signal.NONE);
            assertThat(ended().failure().orElseThrow())
                    .isInstanceOf(RequestMismatchException.class)
                    .hasMessage(
                            "POST /pay/2 was not sent: an earlier attempt sent POST /pay/1, which this attempt has not"
                                    + " repeated, so the two may be the same request under two idempotency keys");
        }

        @Test
        void isNotSentEvenIfTheEarlierOneWasCarriedOut() {
            Result result =
                    call(keyed(), context -> send(context, "POST /pay/" + context.attempt(), null, Outcome.DONE));

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void isNotSentAfterOthersThatWereRepeated() {
            Result result = call(keyed(), context -> {
                send(context, "POST /ok");
                send(context, "POST /pay/" + context.attempt());
            });

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(3);
        }

        @Test
        void isNotSentIfOnlyAnInnerRetryComesToIt() {
            Retry inner = retry(policy -> {});
            Result result = call(
                    keyed(),
                    context -> inner.run(() -> {
                        send(context(), "POST /pay/" + context().attempt());
                        throw new SocketTimeoutException();
                    }));

            assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(1);
        }

        @Test
        void isNotSentWhateverBecomesOfTheException() {
            Retry retry = retry(policy -> policy.sendsKeys(true).retryOn(Exception.class));
            Result result = call(retry, context -> {
                try {
                    send(context, "POST /pay/" + context.attempt());
                } catch (RequestMismatchException swallowed) {
                    throw new IllegalArgumentException(swallowed.getMessage());
                }
            });

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void isSentIfTheEarlierOneCertainlyWasNotCarriedOut() {
            Result result =
                    call(keyed(), context -> send(context, "POST /pay/" + context.attempt(), null, Outcome.NOT_DONE));

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
            assertThat(sent).hasSize(3).doesNotHaveDuplicates();
        }

        @ParameterizedTest
        @EnumSource(
                value = UnsafeMethods.class,
                names = {"ALWAYS", "WITH_KEY"})
        void isSentWhereASecondOneDoesNoHarm(UnsafeMethods unsafe) {
            Retry retry =
                    retry(policy -> policy.sendsKeys(true).unsafeMethods(unsafe).idempotent(true));

            assertThat(call(retry, context -> send(context, "POST /pay/" + context.attempt())))
                    .isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        @Test
        void isSentOnceTheAttemptHasCaughtUp() {
            call(keyed(), context -> {
                send(context, "POST /a");
                if (context.attempt() > 1) {
                    send(context, "POST /b");
                    send(context, "POST /a");
                }
                if (context.attempt() > 2) {
                    send(context, "POST /c");
                }
            });

            assertThat(sent).hasSize(8);
            assertThat(sent.subList(1, 4)).isEqualTo(sent.subList(4, 7)).startsWith(sent.get(0));
            assertThat(sent.get(3)).startsWith("POST /a ").isNotEqualTo(sent.get(0));
        }

        /** What an attempt went on from need not be repeated. */
        @Test
        void isSentAfterStepsThatAreSkippedSinceTheyAreDone() {
            Result result = call(keyed(), context -> {
                if (context.attempt() == 1) {
                    send(context, "POST /reserve");
                }
                send(context, "POST /pay");
                if (context.attempt() > 1) {
                    send(context, "POST /confirm");
                }
            });

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
            assertThat(sent).hasSize(6);
            assertThat(sent.subList(1, 3)).contains(sent.get(2));
            assertThat(sent.get(1)).isEqualTo(sent.get(2));
        }
    }

    @Nested
    class Contents {

        @Test
        void tellWhichOneWasSkipped() {
            call(keyed(), context -> {
                if (context.attempt() == 1) {
                    send(context, "POST /pay", "A", Outcome.DONE);
                }
                send(context, "POST /pay", "B", Outcome.UNKNOWN);
            });

            assertThat(sent).hasSize(4);
            assertThat(sent.subList(1, 4)).containsOnly(sent.get(1)).doesNotContain(sent.get(0));
        }

        @Test
        void tellThatItIsAnother() {
            Result result = call(
                    keyed(), context -> send(context, "POST /pay", context.attempt() == 1 ? "A" : "B", Outcome.DONE));

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(1);
            assertThat(ended().failure().orElseThrow())
                    .hasMessage(
                            "POST /pay was not sent: its body or its idempotency key differs from that of POST /pay in an"
                                    + " earlier attempt, so it may be another request, or the same one again");
        }

        @Test
        void maySayWhenItIsSent() {
            Result result =
                    call(keyed(), context -> send(context, "POST /pay", "at " + context.attempt(), Outcome.UNKNOWN));

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
            assertThat(sent).hasSize(3).containsOnly(sent.get(0));
        }

        @Test
        void ofSeveralMustBeTheSame() {
            Result result = call(keyed(), context -> {
                send(context, "POST /pay", "A at " + context.attempt(), Outcome.UNKNOWN);
                send(context, "POST /pay", "B at " + context.attempt(), Outcome.UNKNOWN);
            });

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(2);
        }
    }

    /** A call without an end, such as a consumer's loop. */
    @Test
    void tooManyToRememberAreNotRepeated() {
        Result result = call(keyed(), context -> {
            for (int i = 0; i < RequestHistory.MOST_REQUESTS + 100; i++) {
                begin(context, "POST /pay/" + i % 7, null).ended(Outcome.DONE);
            }
        });

        assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        assertThat(sent).hasSize(RequestHistory.MOST_REQUESTS + 100).doesNotHaveDuplicates();
        assertThat(ended().sideEffect().orElseThrow().kind()).isEqualTo(SideEffect.Kind.FORGOTTEN_KEY);
    }

    @Test
    void asManyAsCanBeRememberedAreRepeated() {
        Result result = call(keyed(), context -> {
            for (int i = 0; i < RequestHistory.MOST_REQUESTS; i++) {
                begin(context, "POST /pay", null).ended(Outcome.UNKNOWN);
            }
        });

        assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
        assertThat(Set.copyOf(sent)).hasSize(RequestHistory.MOST_REQUESTS);
    }

    @Nested
    class AtTheSameTime {

        @Test
        void contentsTellThemApart() {
            call(keyed(), context -> {
                List<String> bodies = context.attempt() == 2 ? List.of("B", "A") : List.of("A", "B");
                List<KeyedRequest> begun = bodies.stream()
                        .map(body -> begin(context, "POST /pay", body))
                        .toList();
                begun.forEach(request -> request.ended(Outcome.UNKNOWN));
            });

            assertThat(sent).hasSize(6);
            assertThat(sent.subList(2, 4)).containsExactly(sent.get(1), sent.get(0));
            assertThat(sent.subList(4, 6)).isEqualTo(sent.subList(0, 2));
        }

        @Test
        void withoutContentsTheyAreNotRepeated() {
            Result result = call(keyed(), context -> {
                begin(context, "POST /pay", null);
                begin(context, "POST /other", null);
                begin(context, "POST /pay", null).ended(Outcome.UNKNOWN);
            });

            assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).hasSize(3).doesNotHaveDuplicates();
            assertThat(ended().sideEffect())
                    .hasValue(new RetryEvent.Effect(SideEffect.Kind.AMBIGUOUS_KEY, "POST /pay"));
        }

        @Test
        void inTwoInnerCallsTheyAreNotRepeatedByTheOuterOne() {
            Retry inner = retry(policy -> policy.maxAttempts(2));
            Result result = call(keyed(), context -> {
                CompletableFuture<Object> first = inner.callAsync(() -> {
                    begin(context(), "POST /pay", null);
                    return new CompletableFuture<>();
                });
                inner.run(() -> send(context(), "POST /pay"));
                assertThat(first).isNotDone();
            });

            assertThat(result).isEqualTo(new Result(1, StopReason.NOT_IDEMPOTENT));
        }

        @Test
        void requestsOfAnAttemptThatWasGivenUpAreNot() {
            Result result = call(keyed(), context -> begin(context, "POST /pay", null));

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
            assertThat(sent).hasSize(3).containsOnly(sent.get(0));
        }
    }

    @Nested
    class KeysOfTheCallers {

        @Test
        void mustBeTheSameInEachAttempt() {
            Result result =
                    call(retry(policy -> {}), context -> sendOwn(context, "POST /pay", "key-" + context.attempt()));

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).containsExactly("POST /pay key-1");
        }

        @Test
        void mustBeTheSameInEachAttemptOfACallAround() {
            Retry inner = retry(policy -> {});
            Result result = call(
                    retry(policy -> {}),
                    context -> inner.run(
                            () -> inner.run(() -> sendOwn(context(), "POST /pay", "key-" + context.attempt()))));

            assertThat(result).isEqualTo(new Result(2, StopReason.NOT_IDEMPOTENT));
            assertThat(sent).containsExactly("POST /pay key-1");
        }

        @Test
        void areFollowedWhateverTheirOrder() {
            Result result = call(retry(policy -> {}), context -> {
                if (context.attempt() == 1) {
                    sendOwn(context, "POST /pay", "a");
                    sendOwn(context, "POST /pay", "b");
                } else {
                    sendOwn(context, "POST /pay", "b");
                    sendOwn(context, "POST /pay", "c");
                    sendOwn(context, "POST /pay", "a");
                }
            });

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        @Test
        void ofRequestsToOtherPathsAreTheirCallersBusiness() {
            Result result = call(
                    retry(policy -> {}),
                    context -> sendOwn(context, "POST /" + context.attempt(), "a" + context.attempt()));

            assertThat(result).isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        @Test
        void mayChangeWhereASecondRequestDoesNoHarm() {
            Retry retry = retry(policy -> policy.unsafeMethods(UnsafeMethods.ALWAYS));

            assertThat(call(retry, context -> sendOwn(context, "POST /pay", "key-" + context.attempt())))
                    .isEqualTo(new Result(3, StopReason.EXHAUSTED));
        }

        private void sendOwn(RetryContext context, String kind, String key) {
            KeyedRequest request = context.requests().ownKeyedRequest(kind, key);
            sent.add(kind + " " + request.key());
            context.sideEffect(kind, true);
            request.ended(Outcome.UNKNOWN);
        }
    }

    @Test
    void manyRequestsOfACallCostLittleEach() {
        int many = 20_000;
        Retry retry = retry(policy -> policy.sendsKeys(true).maxAttempts(2));
        call(retry, context -> {
            for (int i = 0; i < many; i++) {
                send(context, "POST /a", String.valueOf(i), Outcome.DONE);
                send(context, "POST /a/" + i, null, Outcome.DONE);
            }
        });

        assertThat(sent).hasSize(4 * many);
        assertThat(sent.subList(0, 2 * many)).isEqualTo(sent.subList(2 * many, 4 * many));
    }

    @Test
    void lateRequestsOfAFailedAttemptAreThoseOfItsRepetition() {
        List<RetryContext> begun = new ArrayList<>();
        Result result = call(retry(policy -> policy.sendsKeys(true).maxAttempts(2)), context -> {
            begun.add(context);
            if (begun.size() == 2) {
                RetryContext late = begun.get(0).forRequests().orElseThrow();
                KeyedRequest onItsWay = begin(late, "POST /pay", null);
                send(context, "POST /pay");
                onItsWay.ended(Outcome.UNKNOWN);
                send(context, "POST /book", "b", Outcome.DONE);
                send(late, "POST /book", "b", Outcome.UNKNOWN);
            }
        });

        assertThat(result).isEqualTo(new Result(2, StopReason.EXHAUSTED));
        assertThat(sent.get(1)).isEqualTo(sent.get(0));
        assertThat(sent.get(3)).isEqualTo(sent.get(2));
    }

    @Test
    void aLateRequestThatMayBeTheRepetitionsUnderAnotherKeyIsNotSent() {
        List<RetryContext> begun = new ArrayList<>();
        Result result = call(retry(policy -> policy.sendsKeys(true).maxAttempts(2)), context -> {
            begun.add(context);
            if (begun.size() == 2) {
                send(context, "POST /pay/2");
                RetryContext late = begun.get(0).forRequests().orElseThrow();
                assertThat(catchThrowable(() -> send(late, "POST /pay/1")))
                        .isInstanceOf(RequestMismatchException.class);
            }
        });

        assertThat(result).isEqualTo(new Result(2, StopReason.EXHAUSTED));
        assertThat(sent).hasSize(1);
    }

    private void send(RetryContext context, String kind) {
        send(context, kind, null, Outcome.UNKNOWN);
    }

    private void send(RetryContext context, String kind, @Nullable String body, Outcome outcome) {
        begin(context, kind, body).ended(outcome);
    }

    private KeyedRequest begin(RetryContext context, String kind, @Nullable String body) {
        KeyedRequest request =
                context.requests().nextKeyedRequest(kind, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        sent.add(kind + " " + request.key());
        context.sideEffect(kind, true);
        return request;
    }

    private record Result(int attempts, StopReason reason) {}

    @FunctionalInterface
    private interface Body {
        void run(RetryContext context) throws IOException;
    }

    private Result call(Retry retry, Body body) {
        List<Integer> attempts = new ArrayList<>();
        Throwable failure = catchThrowable(() -> retry.run(() -> {
            RetryContext context = context();
            attempts.add(context.attempt());
            body.run(context);
            throw new SocketTimeoutException();
        }));
        assertThat(failure).isNotNull();
        return new Result(attempts.size(), ended().reason());
    }

    private RetryEvent.Ended ended() {
        return (RetryEvent.Ended) events.get(events.size() - 1);
    }

    private static RetryContext context() {
        return RetryContext.current().orElseThrow();
    }

    private Retry keyed() {
        return retry(policy -> policy.sendsKeys(true));
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
}
