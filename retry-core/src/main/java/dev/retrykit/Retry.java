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
 * Retries calls to a dependency, within a time budget and a retry budget. Thread-safe; create one per dependency and
 * keep it.
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
     * Creates a retry with a policy, its own budget with the default settings, no circuit, and the system clock.
     *
     * <pre>{@code
     * Retry retry = Retry.of("inventory", RetryPolicy.builder().maxAttempts(5).build());
     * }</pre>
     */
    public static Retry of(String name, RetryPolicy policy) {
        return builder(name).policy(policy).build();
    }

    /** Creates a retry with the {@linkplain RetryPolicy#defaults() default policy}, and otherwise like {@link #of}. */
    public static Retry ofDefaults(String name) {
        return builder(name).build();
    }

    /** Starts with the default policy, a separate budget, no circuit, and the system clock. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Derives a retry for one part of the dependency, such as a shard, with that part's circuit and budget. Settings,
     * listeners, counters and shutdown are shared.
     *
     * @param circuit null for none
     * @throws IllegalArgumentException if circuit or budget use another clock
     */
    public Retry with(@Nullable Circuit circuit, RetryBudget budget) {
        Objects.requireNonNull(budget, "budget");
        return new Retry(engine.with(circuit, budget), policy);
    }

    /**
     * Makes a call, and retries it as the policy allows.
     *
     * @throws X the failure of the last attempt, as it was thrown; {@link RetryStopped} is attached to it
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        return BlockingDriver.call(engine, body, ThrowingCallable::call);
    }

    /**
     * Like {@link #call(ThrowingCallable)}, with an argument that is passed to the body, so that one body object can
     * serve all calls.
     */
    public <C, T extends @Nullable Object, X extends Throwable> T call(C argument, ThrowingFunction<C, T, X> body)
            throws X {
        return BlockingDriver.call(engine, argument, body);
    }

    /** Makes a call that returns nothing. Throws what {@link #call(ThrowingCallable)} throws. */
    public <X extends Throwable> void run(ThrowingRunnable<X> body) throws X {
        BlockingDriver.<ThrowingRunnable<X>, Boolean, X>call(engine, body, own -> {
            own.run();
            return true;
        });
    }

    /**
     * Returns a callable that makes each call through this retry. A lambda, which may also be a {@link Supplier}, needs
     * an explicit type:
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

    /** Returns a supplier that makes each call through this retry. */
    public <T extends @Nullable Object> Supplier<T> decorate(Supplier<T> supplier) {
        Objects.requireNonNull(supplier, "supplier");
        return () -> call(supplier, Supplier::get);
    }

    /**
     * Returns a function that makes each call through this retry.
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
     * Makes an asynchronous call. The first attempt starts on this thread, the others on the executor.
     *
     * @return a future that always completes, with the first result or with the failure of the last attempt as the
     *     stage or the body produced it. Cancelling it cancels the running attempt and ends the retries.
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(
            ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        return StageDriver.call(engine, body);
    }

    /**
     * Cancels pending delays and starts no further retries. Waiting calls end on this thread with
     * {@link StopReason#CANCELLED}; running attempts continue, and first attempts may still start.
     */
    public void shutdown() {
        engine.shutdownOfCalls().begin(false);
    }

    /**
     * Does what {@link #shutdown} does, and also cancels the running attempts of asynchronous calls, so that all of
     * these have ended.
     */
    public void shutdownNow() {
        engine.shutdownOfCalls().begin(true);
    }

    /**
     * Changes the settings, also of all retries made from this one by {@link #with}. Running calls keep the settings
     * that they began with, except that they may use the new ones for settings that they have not read yet. Counters,
     * budget and circuit are kept.
     */
    public void change(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        synchronized (this.policy) {
            engine.change(policy.compiled());
            this.policy.set(policy);
        }
    }

    /** The name of this retry. */
    public String name() {
        return engine.name();
    }

    /** The current settings. */
    public RetryPolicy policy() {
        return Objects.requireNonNull(policy.get());
    }

    /** The circuit that all attempts go through; empty if there is none. */
    public Optional<Circuit> circuit() {
        return Optional.ofNullable(engine.circuit());
    }

    /** The budget whose tokens the retries spend. */
    public RetryBudget budget() {
        return engine.budget();
    }

    /** The clock of this retry. */
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

    /** Builds a {@link Retry}; everything except the name is optional. */
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

        /** The circuit for all attempts. It must use the same clock. Default none. */
        public Builder circuit(Circuit circuit) {
            this.circuit = Objects.requireNonNull(circuit, "circuit");
            return this;
        }

        /**
         * The budget whose tokens the retries spend. It must use the same clock. Default: a separate budget with the
         * default settings.
         */
        public Builder budget(RetryBudget budget) {
            this.budget = Objects.requireNonNull(budget, "budget");
            return this;
        }

        /** The clock. Default {@link TimeSource#system()}. */
        public Builder timeSource(TimeSource time) {
            this.time = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * The source of jitter; must be thread-safe, as {@link java.util.Random} is. Default {@link ThreadLocalRandom}.
         */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** Runs the retries of asynchronous calls. Default {@link ForkJoinPool#commonPool()}. */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** Carries the context of an asynchronous call to the threads of its retries. Default none. */
        public Builder context(ContextCarrier carrier) {
            this.carrier = Objects.requireNonNull(carrier, "carrier");
            return this;
        }

        /** Observes each attempt. Default none. */
        public Builder observer(AttemptObserver observer) {
            this.observer = Objects.requireNonNull(observer, "observer");
            return this;
        }

        /** Adds a listener. */
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
         * Builds the retry.
         *
         * @throws IllegalArgumentException if circuit or budget use another clock
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
