package dev.retrykit;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.function.ThrowingRunnable;
import dev.retrykit.internal.drive.BlockingDriver;
import dev.retrykit.internal.drive.StageDriver;
import dev.retrykit.internal.engine.RetryEngine;
import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls that are tried again when that can help, and no more often than it helps. Thread-safe; make one per
 * dependency and keep it.
 *
 * <pre>{@code
 * Retry retry = Retry.builder("inventory").build();
 * Stock stock = retry.call(() -> client.stock(sku));
 * }</pre>
 */
public final class Retry {

    private final RetryEngine engine;
    private final AtomicReference<RetryPolicy> policy;

    private Retry(RetryEngine engine, AtomicReference<RetryPolicy> policy) {
        this.engine = engine;
        this.policy = policy;
    }

    /**
     * A retry with a policy, its own budget with the default settings, no circuit, and the system's clock.
     *
     * <pre>{@code
     * Retry retry = Retry.of("inventory", RetryPolicy.builder().maxAttempts(5).build());
     * }</pre>
     */
    public static Retry of(String name, RetryPolicy policy) {
        return builder(name).policy(policy).build();
    }

    /** A retry with the {@linkplain RetryPolicy#defaults() default policy}, as {@link #of} makes it. */
    public static Retry ofDefaults(String name) {
        return builder(name).build();
    }

    /** Starts with the default policy, a budget of its own, no circuit, and the system's clock. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * The same retry for one part of the dependency, such as a shard, with that part's circuit and budget. All else is
     * shared: settings, listeners, counters, shutdown.
     *
     * @param circuit null for none
     * @throws IllegalArgumentException if circuit or budget run on another clock
     */
    public Retry with(@Nullable Circuit circuit, RetryBudget budget) {
        Objects.requireNonNull(budget, "budget");
        return new Retry(engine.with(circuit, budget), policy);
    }

    /**
     * Makes a call, and makes it again while that can help.
     *
     * @throws X the failure of the last attempt, as it was thrown; {@link RetryStopped} is attached to it
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        return BlockingDriver.call(engine, body, ThrowingCallable::call);
    }

    /**
     * As {@link #call(ThrowingCallable)}, of a body that takes what it works on, so that one object can serve all calls.
     */
    public <C, T extends @Nullable Object, X extends Throwable> T call(C argument, ThrowingFunction<C, T, X> body)
            throws X {
        return BlockingDriver.call(engine, argument, body);
    }

    /** Makes a call that returns nothing, and throws what {@link #call(ThrowingCallable)} throws. */
    public <X extends Throwable> void run(ThrowingRunnable<X> body) throws X {
        BlockingDriver.<ThrowingRunnable<X>, Boolean, X>call(engine, body, own -> {
            own.run();
            return true;
        });
    }

    /**
     * A callable that makes each call by this retry. For a lambda, which may be a {@link Supplier} too, name the type:
     *
     * <pre>{@code
     * Callable<Stock> plain = () -> client.stock(sku);
     * Callable<Stock> retried = retry.decorate(plain);
     * }</pre>
     */
    public <T extends @Nullable Object> Callable<T> decorate(Callable<T> callable) {
        Objects.requireNonNull(callable, "callable");
        return () -> call(callable, Callable::call);
    }

    /** A supplier that makes each call by this retry. */
    public <T extends @Nullable Object> Supplier<T> decorate(Supplier<T> supplier) {
        Objects.requireNonNull(supplier, "supplier");
        return () -> call(supplier, Supplier::get);
    }

    /**
     * A function that makes each call by this retry.
     *
     * <pre>{@code
     * Function<String, Stock> retried = retry.decorate(client::stock);
     * }</pre>
     */
    public <A extends @Nullable Object, T extends @Nullable Object> Function<A, T> decorate(Function<A, T> function) {
        Objects.requireNonNull(function, "function");
        return argument -> call(() -> function.apply(argument));
    }

    /**
     * Makes an asynchronous call. The first attempt begins on this thread, the others on the executor.
     *
     * @return a future that always completes: with the first result, or with the failure of the last attempt as the
     *     stage or the body gave it. Cancelling it cancels the running attempt and ends the retries.
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(
            ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        return StageDriver.call(engine, body);
    }

    /**
     * Ends all delays, and begins no retry any more. Calls that wait end on this thread, {@link StopReason#CANCELLED};
     * attempts that run go on, and first attempts may still begin.
     */
    public void shutdown() {
        engine.shutdownOfCalls().begin(false);
    }

    /** Does what {@link #shutdown} does, and cancels the running attempts of asynchronous calls, so that all have ended. */
    public void shutdownNow() {
        engine.shutdownOfCalls().begin(true);
    }

    /**
     * Takes other settings from now on, and with it all that were made by {@link #with}. Calls that are on their way keep
     * the settings that they have begun with, or already take the new ones for what they haven't needed yet; counters,
     * budget and circuit live on.
     */
    public void change(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        synchronized (this.policy) {
            engine.change(policy.compiled());
            this.policy.set(policy);
        }
    }

    /** The name. */
    public String name() {
        return engine.name();
    }

    /** The settings that hold now. */
    public RetryPolicy policy() {
        return Objects.requireNonNull(policy.get());
    }

    /** The circuit that its attempts go through, if there is one. */
    public Optional<Circuit> circuit() {
        return Optional.ofNullable(engine.circuit());
    }

    /** What its retries are paid from. */
    public RetryBudget budget() {
        return engine.budget();
    }

    /** The clock. */
    public TimeSource time() {
        return engine.time();
    }

    RetryEngine engine() {
        return engine;
    }

    @Override
    public String toString() {
        return "Retry[" + engine.name() + "]";
    }

    /** Collects what a retry is made of; all but the name is optional. */
    public static final class Builder {

        private final String name;
        private RetryPolicy policy = RetryPolicy.defaults();
        private @Nullable Circuit circuit;
        private @Nullable RetryBudget budget;
        private TimeSource time = TimeSource.system();
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private Executor executor = ForkJoinPool.commonPool();
        private @Nullable ContextCarrier carrier;
        private @Nullable AttemptObserver observer;
        private final List<RetryListener> listeners = new ArrayList<>();
        private @Nullable RetryCounters counters;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** The settings. Default {@link RetryPolicy#defaults()}. */
        public Builder policy(RetryPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** A circuit for all attempts, on the same clock. Default none. */
        public Builder circuit(Circuit circuit) {
            this.circuit = Objects.requireNonNull(circuit, "circuit");
            return this;
        }

        /** What retries are paid from, on the same clock. Default a budget of its own with the default settings. */
        public Builder budget(RetryBudget budget) {
            this.budget = Objects.requireNonNull(budget, "budget");
            return this;
        }

        /** The clock. Default {@link TimeSource#system()}. */
        public Builder timeSource(TimeSource time) {
            this.time = Objects.requireNonNull(time, "time");
            return this;
        }

        /** Where jitter comes from; thread-safe, as {@link java.util.Random} is. Default {@link ThreadLocalRandom}. */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** Runs the retries of asynchronous calls. Default {@link ForkJoinPool#commonPool()}. */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** What follows an asynchronous call to the threads of its retries. Default nothing. */
        public Builder context(ContextCarrier carrier) {
            this.carrier = Objects.requireNonNull(carrier, "carrier");
            return this;
        }

        /** Watches each attempt. Default nobody. */
        public Builder observer(AttemptObserver observer) {
            this.observer = Objects.requireNonNull(observer, "observer");
            return this;
        }

        /** Another listener. */
        public Builder listener(RetryListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Counts and times all calls. Off by default. */
        public Builder counters(RetryCounters counters) {
            this.counters = Objects.requireNonNull(counters, "counters");
            return this;
        }

        /**
         * The retry.
         *
         * @throws IllegalArgumentException if circuit or budget run on another clock
         */
        public Retry build() {
            ClassInitialization.once();
            RetryEngine engine = new RetryEngine(
                    name,
                    policy.compiled(),
                    circuit,
                    budget == null ? RetryBudget.of(name, BudgetPolicy.defaults(), time) : budget,
                    new RetryEngine.Collaborators(
                            time,
                            random,
                            executor,
                            carrier,
                            observer,
                            List.copyOf(listeners),
                            counters == null ? null : counters.counters));
            return new Retry(engine, new AtomicReference<>(policy));
        }
    }
}
