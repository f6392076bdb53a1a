package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.StopReason;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Keys that the caller's own code has put into requests. */
class CallerKeysTests extends KeyedRequests {

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
}
