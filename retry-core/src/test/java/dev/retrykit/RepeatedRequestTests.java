package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import dev.retrykit.internal.attempt.RequestHistory;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which request of a later attempt has the key of an earlier one. */
class RepeatedRequestTests extends KeyedRequests {

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
}
