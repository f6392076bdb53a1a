package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AnswerMarks;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure by an answer is known by what marks the answer: what no watched request was answered is another client's. */
class AnswerMarksTests {

    private static final AnswerMarks MARKS = failure -> failure instanceof Answered answered ? answered.mark : null;

    private static final HeaderLines NO_HEADERS = name -> List.of();

    private final ManualTime time = new ManualTime();
    private final List<RetryEvent> events = new ArrayList<>();

    /** As a client reports an answer. */
    private static final class Answered extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Object mark;

        Answered(Object mark) {
            this.mark = mark;
        }
    }

    private Retry retry(String name, Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = RetryPolicy.builder().retryOn(Answered.class, Wrapped.class);
        settings.accept(policy);
        return Retry.builder(name)
                .policy(policy.build())
                .timeSource(time)
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), time))
                .listener(events::add)
                .build();
    }

    /** Of the application's. */
    private static final class Wrapped extends RuntimeException {

        private static final long serialVersionUID = 1;

        Wrapped(Throwable cause) {
            super(cause);
        }
    }

    private StopReason reason(Consumer<RetryContext> attempt) {
        Retry retry = retry("keyed", policy -> policy.sendsKeys(true).watchesRequests(true));
        assertThat(catchThrowable(() ->
                        retry.run(() -> attempt.accept(RetryContext.current().orElseThrow()))))
                .isNotNull();
        return events.stream()
                .filter(RetryEvent.Ended.class::isInstance)
                .map(RetryEvent.Ended.class::cast)
                .reduce((first, last) -> last)
                .orElseThrow()
                .reason();
    }

    private static Object answer(RetryContext context) {
        Object mark = new Object();
        context.requests().watched(MARKS);
        context.requests().answered("host:80", 503, NO_HEADERS);
        context.requests().mark(mark);
        return mark;
    }

    @Test
    void aMarkedFailureIsRepeated() {
        assertThat(reason(context -> {
                    throw new Answered(answer(context));
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void aMarkedFailureIsRepeatedIfAnotherAnswerCameAfterIt() {
        assertThat(reason(context -> {
                    Object first = answer(context);
                    answer(context);
                    throw new Wrapped(new Answered(first));
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void anUnmarkedFailureIsNot() {
        assertThat(reason(context -> {
                    answer(context);
                    throw new Answered(new Object());
                }))
                .isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void aMarkIsKnownByIdentity() {
        String mark = "mark";

        assertThat(reason(context -> {
                    context.requests().watched(MARKS);
                    context.requests().mark(mark);
                    throw new Answered(String.valueOf(mark.toCharArray()));
                }))
                .isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void aFailureThatKeepsNothingOfAnAnswerIsRepeated() {
        assertThat(reason(context -> {
                    answer(context);
                    throw new Wrapped(new IllegalStateException());
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void theMarkOfAnEarlierAttemptIsNoneOfThisOne() {
        List<Object> marks = new ArrayList<>();

        assertThat(reason(context -> {
                    marks.add(answer(context));
                    throw new Answered(marks.get(0));
                }))
                .isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(marks).hasSize(2);
    }

    /** What has a key is not what was done twice. */
    @Test
    void anUnmarkedFailureIsRepeatedBesideARequestWithAKey() {
        assertThat(reason(context -> {
                    KeyedRequest request = context.requests().nextKeyedRequest("POST /", null);
                    answer(context);
                    request.ended(KeyedRequest.Outcome.NOT_DONE);
                    throw new Answered(new Object());
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    /** Once it is known that it is an inner one, whether the inner call has told of its end before or not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theMarksOfAnInnerCallAreKnown(boolean fails) {
        Retry inner = retry("inner", policy -> policy.maxAttempts(1));

        assertThat(reason(context -> {
                    Object[] mark = new Object[1];
                    Throwable failure = catchThrowable(() -> inner.run(() -> {
                        mark[0] = answer(RetryContext.current().orElseThrow());
                        if (fails) {
                            throw new Answered(mark[0]);
                        }
                    }));
                    assertThat(failure != null).isEqualTo(fails);
                    throw new Answered(mark[0]);
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    /** As a body or a status is read that a guard's attempt has returned. */
    @Test
    void aMarkThatAnInnerCallLeavesLaterIsKnown() {
        Retry inner = retry("inner", policy -> policy.maxAttempts(1));

        assertThat(reason(context -> {
                    RetryContext[] ended = new RetryContext[1];
                    inner.run(() -> {
                        ended[0] = RetryContext.current().orElseThrow();
                        ended[0].requests().watched(MARKS);
                    });
                    Object mark = new Object();
                    ended[0].requests().mark(mark);
                    throw new Answered(mark);
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }

    /** As one reads a batch, and fails with the first failure at its end. */
    @Test
    void theFirstOfManyMarksIsKnown() {
        assertThat(reason(context -> {
                    Object first = answer(context);
                    for (int i = 0; i < 1_000; i++) {
                        answer(context);
                    }
                    throw new Answered(first);
                }))
                .isEqualTo(StopReason.EXHAUSTED);
    }
}
