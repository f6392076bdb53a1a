package dev.retrykit.spring.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * A subscriber that notes each breach of the rules of Reactive Streams: signals one at a time, none before onSubscribe,
 * no more elements than were asked for, one end at the most, and nothing behind it.
 */
final class RuleKeeper<T> implements CoreSubscriber<T> {

    final List<String> breaches = new CopyOnWriteArrayList<>();
    final List<T> elements = new ArrayList<>();
    final CountDownLatch end = new CountDownLatch(1);
    volatile Throwable failure;
    volatile Subscription subscription;

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicLong mayCome = new AtomicLong();
    private final AtomicInteger ends = new AtomicInteger();
    private Consumer<RuleKeeper<T>> onSubscribe = self -> {};
    private Consumer<RuleKeeper<T>> onNext = self -> {};

    RuleKeeper<T> onSubscribe(Consumer<RuleKeeper<T>> action) {
        onSubscribe = action;
        return this;
    }

    RuleKeeper<T> onNext(Consumer<RuleKeeper<T>> action) {
        onNext = action;
        return this;
    }

    void request(long n) {
        mayCome.accumulateAndGet(n, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
        subscription.request(n);
    }

    void cancel() {
        subscription.cancel();
    }

    boolean hasEnded() {
        return ends.get() > 0;
    }

    @Override
    public void onSubscribe(Subscription given) {
        if (subscription != null) {
            breaches.add("a second subscription");
        }
        subscription = given;
        onSubscribe.accept(this);
    }

    @Override
    public void onNext(T element) {
        enter("element " + element);
        if (mayCome.getAndDecrement() <= 0) {
            breaches.add("nobody asked for element " + element);
        }
        elements.add(element);
        onNext.accept(this);
        inside.decrementAndGet();
    }

    @Override
    public void onError(Throwable thrown) {
        enter("failure " + thrown);
        failure = thrown;
        end();
    }

    @Override
    public void onComplete() {
        enter("completion");
        end();
    }

    private void enter(String signal) {
        if (subscription == null) {
            breaches.add(signal + " before the subscription");
        }
        if (inside.getAndIncrement() != 0) {
            breaches.add(signal + " during another signal");
        }
        if (ends.get() != 0) {
            breaches.add(signal + " behind the end");
        }
    }

    private void end() {
        if (ends.incrementAndGet() > 1) {
            breaches.add("a second end");
        }
        inside.decrementAndGet();
        end.countDown();
    }
}
