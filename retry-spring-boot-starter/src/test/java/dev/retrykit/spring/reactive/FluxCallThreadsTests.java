package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.Together;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Elements, ends, requests, timeouts and cancellations at the same moment. */
@Tag("slow")
@Timeout(120)
class FluxCallThreadsTests {

    private static final int ROUNDS = 500;
    private static final int STEPS = 60;

    private static Retry retry(TimeSource time, Executor executor) {
        return Retry.builder("threads")
                .policy(RetryPolicy.builder()
                        .maxAttempts(50)
                        .backoff(BackoffPolicy.fixed(Duration.ofMillis(1)))
                        .jitter(Jitter.NONE)
                        .attemptTimeout(Duration.ofSeconds(5))
                        .timeBudget(Duration.ofMinutes(1))
                        .build())
                .budget(RetryBudget.of("threads", BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(executor)
                .build();
    }

    private static <T> T failOften(AtomicInteger attempts, T value) throws ConnectException {
        if (attempts.incrementAndGet() % 3 != 0) {
            throw new ConnectException("down");
        }
        return value;
    }

    @Test
    void everySubscriberSeesItsElementsAndOneEndAmongManyOnManyThreads() throws Exception {
        Retry retry = retry(TimeSource.system(), ForkJoinPool.commonPool());
        List<RuleKeeper<Integer>> subscribers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            AtomicInteger attempts = new AtomicInteger(i);
            RuleKeeper<Integer> subscriber = new RuleKeeper<>();
            subscribers.add(subscriber);
            Mono<Integer> first =
                    Mono.fromCallable(() -> failOften(attempts, 0)).subscribeOn(Schedulers.parallel());
            Publisher<Integer> retried = i % 2 == 0
                    ? RetriedMono.of(retry, () -> first)
                    : RetriedFlux.of(
                            retry,
                            false,
                            () -> first.concatWith(Flux.range(1, 9).publishOn(Schedulers.parallel())));
            subscriber.onSubscribe(self -> self.request(1)).onNext(self -> self.request(1));
            retried.subscribe(subscriber);
        }
        for (int i = 0; i < subscribers.size(); i++) {
            RuleKeeper<Integer> subscriber = subscribers.get(i);
            assertThat(subscriber.end.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(subscriber.breaches).isEmpty();
            assertThat(subscriber.failure).isNull();
            assertThat(subscriber.elements).hasSize(i % 2 == 0 ? 1 : 10).isSorted();
        }
    }

    /** Numbered elements of numbered attempts, as many as were asked for, and by one thread. It can't be cancelled. */
    private static final class Source implements Publisher<String> {

        final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        final AtomicInteger begun = new AtomicInteger();

        @Override
        public void subscribe(Subscriber<? super String> to) {
            Attempt attempt = new Attempt(to, begun.getAndIncrement());
            to.onSubscribe(attempt);
            attempts.add(attempt);
        }
    }

    private static final class Attempt implements Subscription {

        final AtomicLong requested = new AtomicLong();
        volatile boolean cancelled;
        private final Subscriber<? super String> to;
        private final int number;
        private int emitted;

        Attempt(Subscriber<? super String> to, int number) {
            this.to = to;
            this.number = number;
        }

        void emitIfAsked() {
            if (emitted < requested.get()) {
                to.onNext(number + "/" + emitted++);
            }
        }

        @Override
        public void request(long n) {
            requested.addAndGet(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** One thread emits, one asks for more, one moves the clock over attempt timeouts, and perhaps one cancels. */
    private static final class Round {

        final ManualTime time = new ManualTime();
        final Source source = new Source();
        final RuleKeeper<String> subscriber = new RuleKeeper<>();
        private final AtomicInteger roles = new AtomicInteger();
        private final int number;

        Round(boolean repeats, int number) {
            this.number = number;
            RetriedFlux.of(retry(time, Runnable::run), repeats, () -> source).subscribe(subscriber);
        }

        void play() {
            switch (roles.getAndIncrement()) {
                case 0 -> repeat(() -> source.attempts.forEach(Attempt::emitIfAsked));
                case 1 -> repeat(() -> subscriber.request(1));
                case 2 -> repeat(() -> time.advance(Duration.ofMillis(200)));
                default -> {
                    for (int i = 0; i < number % STEPS; i++) {
                        Thread.onSpinWait();
                    }
                    subscriber.cancel();
                }
            }
        }

        private static void repeat(Runnable step) {
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }
        }

        /** Of each attempt the elements from the first on, without a gap. */
        void assertNoElementIsMissing() {
            int[] next = new int[source.begun.get()];
            for (String element : subscriber.elements) {
                String[] parts = element.split("/");
                int attempt = Integer.parseInt(parts[0]);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(next[attempt]++);
            }
        }
    }

    @ParameterizedTest(name = "repeats: {0}")
    @ValueSource(booleans = {true, false})
    void attemptTimeoutsElementsAndRequestsKeepTheRules(boolean repeats) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Round round = new Round(repeats, i);
            Together.run(3, round::play);
            round.time.advance(Duration.ofMinutes(2));

            assertThat(round.subscriber.breaches).isEmpty();
            assertThat(round.subscriber.hasEnded()).isTrue();
            round.assertNoElementIsMissing();
            assertThat(round.time.pending()).isZero();
            if (!repeats) {
                assertThat(round.subscriber.elements.stream()
                                .map(element -> element.split("/")[0])
                                .distinct())
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @ParameterizedTest(name = "repeats: {0}")
    @ValueSource(booleans = {true, false})
    void aCancellationAmidAllThatLeavesNothingBehind(boolean repeats) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Round round = new Round(repeats, i);
            Together.run(4, round::play);

            assertThat(round.subscriber.breaches).isEmpty();
            round.assertNoElementIsMissing();
            assertThat(round.time.pending()).isZero();
            assertThat(round.source.attempts)
                    .allSatisfy(attempt -> assertThat(attempt.cancelled).isTrue());
        }
    }
}
