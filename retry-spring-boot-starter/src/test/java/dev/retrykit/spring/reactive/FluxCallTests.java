package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Subscribers that don't wait their turn, and publishers that don't keep the rules. */
class FluxCallTests {

    private final ManualTime time = new ManualTime();
    private final Source source = new Source();
    private final RuleKeeper<Integer> subscriber = new RuleKeeper<>();

    @AfterEach
    void noRuleIsBroken() {
        assertThat(subscriber.breaches).isEmpty();
    }

    /** Does what a test tells it, whatever the rules say. */
    private static final class Source implements Publisher<Integer> {

        final List<Attempt> attempts = new ArrayList<>();

        @Override
        public void subscribe(Subscriber<? super Integer> to) {
            attempts.add(new Attempt(to));
        }

        Attempt last() {
            return attempts.get(attempts.size() - 1);
        }
    }

    private static final class Attempt implements Subscription {

        final Subscriber<? super Integer> to;
        long requested;
        boolean cancelled;

        Attempt(Subscriber<? super Integer> to) {
            this.to = to;
        }

        Attempt begin() {
            to.onSubscribe(this);
            return this;
        }

        void emit(int... elements) {
            for (int element : elements) {
                to.onNext(element);
            }
        }

        @Override
        public void request(long n) {
            requested += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private Retry retry() {
        return Retry.builder("flux")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofMillis(100)))
                        .jitter(Jitter.NONE)
                        .attemptTimeout(Duration.ofSeconds(2))
                        .timeBudget(Duration.ofSeconds(10))
                        .build())
                .budget(RetryBudget.of("flux", BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    private void subscribe(boolean repeats) {
        RetriedFlux.of(retry(), repeats, () -> source).subscribe(subscriber);
    }

    private void subscribeTo(Publisher<Integer> publisher) {
        RetriedFlux.of(retry(), false, () -> publisher).subscribe(subscriber);
    }

    @Test
    void nothingIsCalledForASubscriberThatCancelsAtOnce() {
        AtomicInteger calls = new AtomicInteger();
        Flux<Integer> flux = RetriedFlux.of(retry(), false, () -> Mono.just(calls.incrementAndGet()));
        Mono<Integer> mono = RetriedMono.of(retry(), () -> Mono.just(calls.incrementAndGet()));

        flux.subscribe(subscriber.onSubscribe(RuleKeeper::cancel));
        mono.subscribe(new RuleKeeper<Integer>().onSubscribe(RuleKeeper::cancel));

        assertThat(calls).hasValue(0);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aSubscriberThatHasEnoughStopsAPublisherThatEmitsAtOnce() {
        AtomicInteger emitted = new AtomicInteger();
        subscriber.onSubscribe(self -> self.request(Long.MAX_VALUE)).onNext(RuleKeeper::cancel);

        subscribeTo(Flux.<Integer>generate(sink -> sink.next(emitted.incrementAndGet())));

        assertThat(subscriber.elements).containsExactly(1);
        assertThat(emitted).hasValueLessThan(5);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aSubscriberMayAskForMoreFromWithinASignal() {
        subscriber.onSubscribe(self -> self.request(1)).onNext(self -> self.request(1));

        subscribeTo(Flux.range(1, 10_000));

        assertThat(subscriber.elements).hasSize(10_000).isSorted();
        assertThat(subscriber.hasEnded()).isTrue();
    }

    @Test
    void aSubscriberMayAskForNonsense() {
        subscribe(false);
        source.last().begin();

        subscriber.subscription.request(0);
        subscriber.subscription.request(-3);

        assertThat(source.last().requested).isZero();
        assertThat(subscriber.hasEnded()).isFalse();
    }

    @Test
    void anAttemptThatIsOverEmitsNothingMore() {
        subscribe(true);
        subscriber.request(3);
        Attempt first = source.last().begin();
        first.emit(1);
        time.advance(Duration.ofMillis(2100));
        assertThat(first.cancelled).isTrue();
        Attempt second = source.last().begin();

        first.emit(9);
        second.emit(2);
        first.to.onError(new ConnectException("late"));
        first.to.onComplete();
        second.emit(3);
        second.to.onComplete();

        assertThat(second.requested).isEqualTo(2);
        assertThat(subscriber.elements).containsExactly(1, 2, 3);
        assertThat(subscriber.failure).isNull();
        assertThat(subscriber.hasEnded()).isTrue();
    }

    @Test
    void anAttemptThatIsOverEmitsNothingBeforeTheNextHasBegunEither() {
        subscribe(true);
        subscriber.request(3);
        Attempt first = source.last().begin();
        time.advance(Duration.ofSeconds(2));

        first.emit(9);
        time.advance(Duration.ofMillis(100));
        first.emit(9);
        source.last().begin().emit(1, 2, 3);

        assertThat(subscriber.elements).containsExactly(1, 2, 3);
    }

    @Test
    void aLateElementOfAnAttemptThatIsOverAllowsNoRetryOfOneThatHasEmitted() {
        subscribe(false);
        subscriber.request(3);
        Attempt first = source.last().begin();
        time.advance(Duration.ofMillis(2100));
        Attempt second = source.last().begin();

        second.emit(1);
        first.emit(9);
        second.to.onError(new ConnectException("second"));
        time.advance(Duration.ofSeconds(1));

        assertThat(source.attempts).hasSize(2);
        assertThat(subscriber.elements).containsExactly(1);
        assertThat(subscriber.failure).hasMessage("second");
    }

    @Test
    void aLateElementForbidsNoRetry() {
        subscribe(false);
        subscriber.request(3);
        Attempt first = source.last().begin();
        time.advance(Duration.ofMillis(2100));
        Attempt second = source.last().begin();

        first.emit(9);
        second.to.onError(new ConnectException("second"));
        time.advance(Duration.ofMillis(100));
        source.last().begin().emit(1);

        assertThat(source.attempts).hasSize(3);
        assertThat(subscriber.elements).containsExactly(1);
    }

    @Test
    void aPublisherMayEndTwice() {
        subscribe(false);
        subscriber.request(3);
        Attempt first = source.last().begin();

        first.to.onError(new ConnectException("first"));
        first.to.onComplete();
        first.to.onError(new ConnectException("again"));
        time.advance(Duration.ofMillis(100));
        Attempt second = source.last().begin();
        second.to.onComplete();
        second.to.onError(new ConnectException("behind"));
        second.emit(1);

        assertThat(source.attempts).hasSize(2);
        assertThat(subscriber.elements).isEmpty();
        assertThat(subscriber.failure).isNull();
        assertThat(subscriber.hasEnded()).isTrue();
    }

    @Test
    void aSecondSubscriptionOfOneAttemptIsCancelled() {
        subscribe(false);
        subscriber.request(2);
        Attempt attempt = source.last().begin();
        Attempt second = new Attempt(attempt.to);

        attempt.to.onSubscribe(second);

        assertThat(second.cancelled).isTrue();
        assertThat(second.requested).isZero();
        assertThat(attempt.cancelled).isFalse();
    }

    @Test
    void aPublisherThatNeverBeginsIsWaitedForNoLongerThanAnyOther() {
        subscribe(false);
        subscriber.request(3);

        time.advance(Duration.ofSeconds(10));

        assertThat(source.attempts).hasSize(3);
        assertThat(subscriber.failure).isInstanceOf(AttemptTimeoutException.class);
        Attempt late = source.attempts.get(0).begin();
        assertThat(late.cancelled).isTrue();
        assertThat(late.requested).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aPublisherMayEndWithoutHavingBegun() {
        subscribe(false);

        source.last().to.onError(new ConnectException("first"));
        time.advance(Duration.ofMillis(100));
        source.last().to.onComplete();

        assertThat(subscriber.hasEnded()).isTrue();
        assertThat(subscriber.failure).isNull();
    }

    @Test
    void aPublisherThatThrowsWhenItIsSubscribedToHasFailedAndIsHeardNoMore() {
        List<Attempt> begun = new ArrayList<>();
        subscriber.onSubscribe(self -> self.request(3));
        subscribeTo(to -> {
            Attempt attempt = new Attempt(to);
            begun.add(attempt);
            attempt.begin();
            if (begun.size() == 1) {
                throw new IllegalStateException(new ConnectException("refused"));
            }
        });
        assertThat(begun)
                .singleElement()
                .satisfies(first -> assertThat(first.cancelled).isTrue());

        begun.get(0).emit(9);
        time.advance(Duration.ofMillis(100));
        begun.get(0).emit(9);
        begun.get(1).emit(1);
        begun.get(1).to.onComplete();

        assertThat(subscriber.elements).containsExactly(1);
        assertThat(subscriber.hasEnded()).isTrue();
    }

    @Test
    void errorsOfTheVirtualMachineArriveAndAreNotRetried() {
        subscribe(false);
        OutOfMemoryError error = new OutOfMemoryError("none left");

        source.last().begin().to.onError(error);

        assertThat(subscriber.failure).isSameAs(error);
        assertThat(time.pending()).isZero();
    }

    @Test
    void theTimeBudgetEndsACallWhoseSubscriberAsksForNothing() {
        Flux<Integer> patient = RetriedFlux.of(
                Retry.builder("flux")
                        .policy(RetryPolicy.builder()
                                .timeBudget(Duration.ofSeconds(10))
                                .build())
                        .budget(RetryBudget.of("flux", BudgetPolicy.unlimited(), time))
                        .timeSource(time)
                        .executor(Runnable::run)
                        .build(),
                false,
                () -> Flux.range(1, 3));
        patient.subscribe(subscriber);

        time.advance(Duration.ofSeconds(10));

        assertThat(subscriber.failure).isInstanceOf(TimeBudgetSpentException.class);
    }

    @Test
    void whatWasAskedForGoesToTheAttemptInForceAndOnlyWhatIsLeftOfIt() {
        subscribe(true);
        subscriber.request(5);
        Attempt first = source.last().begin();
        first.emit(1, 2);
        first.to.onError(new ConnectException("first"));
        subscriber.request(1);
        time.advance(Duration.ofMillis(100));
        subscriber.request(1);
        Attempt second = source.last();
        assertThat(second.requested).isZero();

        second.begin();
        assertThat(second.requested).isEqualTo(5);
        subscriber.request(2);
        assertThat(second.requested).isEqualTo(7);
        second.emit(1, 2, 3, 4, 5, 6, 7);
        subscriber.request(Long.MAX_VALUE);
        second.to.onComplete();

        assertThat(first.requested).isGreaterThanOrEqualTo(5);
        assertThat(subscriber.elements).hasSize(9);
    }
}
