package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.ManualTime;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.observers.TestObserver;
import io.reactivex.rxjava3.subjects.PublishSubject;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.AopTestUtils;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What Spring can adapt to Reactor's types, and what it can't. */
@ExtendWith(OutputCaptureExtension.class)
class AdaptedTypesTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ApplicationContextRunner app = Apps.plain().withBean(Service.class);

    static class Service {

        private final List<Integer> attempts = new ArrayList<>();
        private final PublishSubject<String> subject = PublishSubject.create();
        private int failures = 2;

        private String answer() throws ConnectException {
            attempts.add(attempts.size() + 1);
            if (attempts.size() <= failures) {
                throw new ConnectException("attempt " + attempts.size());
            }
            return "answer " + attempts.size();
        }

        @Retryable
        public Publisher<String> publisher() {
            return Flowable.fromCallable(this::answer);
        }

        @Retryable
        public Flow.Publisher<String> flow() {
            return JdkFlowAdapter.publisherToFlowPublisher(Mono.fromCallable(this::answer));
        }

        @Retryable
        public Single<String> single() {
            return Single.fromCallable(this::answer);
        }

        @Retryable
        public Maybe<String> maybe() {
            return Maybe.fromCallable(this::answer).filter(answer -> attempts.size() > 3);
        }

        @Retryable
        public Completable completable() {
            return Completable.fromCallable(this::answer);
        }

        @Retryable
        public Observable<String> observable() {
            return Observable.fromCallable(this::answer).concatWith(Observable.just("more"));
        }

        @Retryable
        public Flowable<String> flowable() {
            return Flowable.fromCallable(this::answer).concatWith(Flowable.just("more"));
        }

        @Retryable
        public Observable<String> hot() {
            return subject;
        }

        @Retryable(fallback = "cached")
        public Single<String> withFallback(String sku) {
            return Single.error(new ConnectException("down"));
        }

        private Single<String> cached(String sku, ConnectException failure) {
            return Single.just(sku + " cached, " + failure.getMessage());
        }

        @Retryable
        public ConnectableFlux<String> connectable() throws ConnectException {
            return Flux.just(answer()).publish();
        }
    }

    /** What a test does with the service, what is behind its proxy, and its clock. */
    private interface Use {

        void of(Service service, Service target, ManualTime time) throws Exception;
    }

    private void with(Use use) {
        app.run(context -> {
            Service service = context.getBean(Service.class);
            use.of(service, AopTestUtils.getTargetObject(service), context.getBean(ManualTime.class));
        });
    }

    @Test
    void aPublisherIsRetried() {
        with((service, target, time) -> StepVerifier.create(service.publisher())
                .then(() -> time.advance(LONG))
                .expectNext("answer 3")
                .verifyComplete());
    }

    @Test
    void aPublisherOfTheJdkIsRetried() {
        with((service, target, time) -> StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(service.flow()))
                .then(() -> time.advance(LONG))
                .expectNext("answer 3")
                .verifyComplete());
    }

    @Test
    void aSingleIsRetried() {
        with((service, target, time) -> {
            Single<String> single = service.single();
            time.advance(LONG);
            assertThat(target.attempts).isEmpty();

            TestObserver<String> observer = single.test();
            observer.assertNotComplete();
            time.advance(LONG);

            observer.assertResult("answer 3");
        });
    }

    @Test
    void aMaybeIsRetried() {
        with((service, target, time) -> {
            TestObserver<String> empty = service.maybe().test();
            time.advance(LONG);
            empty.assertResult();

            service.maybe().test().assertResult("answer 4");
        });
    }

    @Test
    void aCompletableIsRetried() {
        with((service, target, time) -> {
            TestObserver<Void> observer = service.completable().test();
            time.advance(LONG);

            observer.assertResult();
            assertThat(target.attempts).hasSize(3);
        });
    }

    @Test
    void anObservableIsRetried() {
        with((service, target, time) -> {
            TestObserver<String> observer = service.observable().test();
            time.advance(LONG);

            observer.assertResult("answer 3", "more");
        });
    }

    @Test
    void aFlowableIsRetriedAndAskedForNoMoreThanItsSubscriberAsksFor() {
        with((service, target, time) -> {
            TestSubscriber<String> subscriber = service.flowable().test(1);
            time.advance(Duration.ofSeconds(5));
            subscriber.assertValuesOnly("answer 3");

            subscriber.request(1);

            subscriber.assertResult("answer 3", "more");
        });
    }

    @Test
    void theirLastFailureArrivesAsItWasThrown() {
        with((service, target, time) -> {
            target.failures = 9;
            TestObserver<String> observer = service.single().test();
            time.advance(LONG);

            observer.assertFailure(ConnectException.class);
            observer.assertError(failure -> failure.getMessage().equals("attempt 3"));
        });
    }

    @Test
    void disposingCancelsWhatTheMethodReturned() {
        with((service, target, time) -> {
            Disposable call = service.hot().subscribe();
            assertThat(target.subject.hasObservers()).isTrue();

            call.dispose();

            assertThat(target.subject.hasObservers()).isFalse();
            assertThat(time.pending()).isZero();
        });
    }

    @Test
    void aFallbackAnswersInTheSameType() {
        with((service, target, time) -> {
            TestObserver<String> observer = service.withFallback("a").test();
            time.advance(LONG);

            observer.assertResult("a cached, down");
        });
    }

    @Test
    void aSubtypeThatNobodyCanMakeIsRetriedOnlyWhenTheMethodThrows(CapturedOutput output) {
        with((service, target, time) -> {
            StepVerifier.create(service.connectable().autoConnect())
                    .expectNext("answer 3")
                    .verifyComplete();

            assertThat(output)
                    .contains("Service.connectable() returns a ConnectableFlux, so only what the method itself"
                            + " throws is retried. Declare a Flux.");
        });
    }

    /** Public, so that a proxy in another class loader may extend it. */
    public static class WithoutReactor {

        @Retryable
        public Single<String> single() {
            return Single.error(new ConnectException("down"));
        }

        @Retryable
        public Flow.Publisher<String> flow() {
            return subscriber -> {};
        }
    }

    @Test
    void withoutReactorOnlyWhatTheMethodThrowsIsRetried(CapturedOutput output) {
        Apps.plain()
                .withBean(WithoutReactor.class)
                .withClassLoader(new FilteredClassLoader("reactor"))
                .run(context -> {
                    context.getBean(WithoutReactor.class).single().test().assertFailure(ConnectException.class);

                    assertThat(output)
                            .contains("WithoutReactor.single() returns a Single, so only what the method itself"
                                    + " throws is retried. Add io.projectreactor:reactor-core.")
                            .contains("WithoutReactor.flow() returns a Publisher, so only what the method itself"
                                    + " throws is retried. Add io.projectreactor:reactor-core.");
                });
    }
}
