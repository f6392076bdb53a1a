package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.StopReason;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which idempotency key each request of a call has, and which requests are not sent. */
class KeyedRequestTests extends KeyedRequests {

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
}
