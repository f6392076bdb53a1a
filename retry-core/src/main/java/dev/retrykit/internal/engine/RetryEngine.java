package dev.retrykit.internal.engine;

import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.RetryListener;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.report.CallCounters;
import dev.retrykit.internal.report.EventPublisher;
import dev.retrykit.internal.timer.Shutdown;
import dev.retrykit.internal.timer.TimerOffload;
import dev.retrykit.time.TimeSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Shared by all calls of a retry. Thread-safe. */
public final class RetryEngine {

    private final String name;
    private final CurrentPolicy policy;
    private final @Nullable Circuit circuit;
    private final RetryBudget budget;
    private final Collaborators collaborators;
    private final TimeSource time;
    private final TimerOffload offTimer;
    private final EventPublisher events;
    private final Shutdown shutdown;
    private final Cooldowns cooldowns;

    /**
     * The configuration of a retry.
     *
     * @param time the clock
     * @param random the source of jitter
     * @param executor runs the retries of asynchronous calls
     * @param carrier carries the caller's context to the threads of retries; null for none
     * @param observer observes attempts; null for none
     * @param listeners notified of events
     * @param counters counts the calls; null for none
     */
    public record Collaborators(
            TimeSource time,
            RandomGenerator random,
            Executor executor,
            @Nullable ContextCarrier carrier,
            @Nullable AttemptObserver observer,
            List<RetryListener> listeners,
            @Nullable CallCounters counters) {}

    /**
     * Creates an engine.
     *
     * @throws IllegalArgumentException if circuit or budget use another clock
     */
    public RetryEngine(
            String name,
            CompiledPolicy policy,
            @Nullable Circuit circuit,
            RetryBudget budget,
            Collaborators collaborators) {
        this.name = name;
        this.policy = new CurrentPolicy(policy);
        this.circuit = circuit;
        this.budget = budget;
        this.collaborators = collaborators;
        this.time = collaborators.time();
        this.offTimer = new TimerOffload(collaborators.executor());
        this.events = new EventPublisher(name, collaborators.listeners(), collaborators.counters());
        this.shutdown = new Shutdown();
        this.cooldowns = Cooldowns.of(time);
        requireOneClock();
    }

    private RetryEngine(RetryEngine whole, @Nullable Circuit circuit, RetryBudget budget) {
        this.name = whole.name;
        this.policy = whole.policy;
        this.circuit = circuit;
        this.budget = budget;
        this.collaborators = whole.collaborators;
        this.time = whole.time;
        this.offTimer = whole.offTimer;
        this.events = whole.events;
        this.shutdown = whole.shutdown;
        this.cooldowns = whole.cooldowns;
        requireOneClock();
    }

    /** The same engine with another circuit and budget. */
    public RetryEngine with(@Nullable Circuit otherCircuit, RetryBudget otherBudget) {
        return new RetryEngine(this, otherCircuit, otherBudget);
    }

    private void requireOneClock() {
        requireClock(circuit == null ? time : circuit.time(), "circuit");
        requireClock(budget.time(), "budget");
    }

    private void requireClock(TimeSource other, String what) {
        if (other != time) {
            throw new IllegalArgumentException("retry '" + name + "' and its " + what
                    + " must use the same TimeSource: pass the TimeSource of the retry to the " + what);
        }
    }

    public void change(CompiledPolicy next) {
        policy.now = next;
    }

    public String name() {
        return name;
    }

    public CompiledPolicy policy() {
        return policy.now;
    }

    @Nullable
    public Circuit circuit() {
        return circuit;
    }

    public RetryBudget budget() {
        return budget;
    }

    public TimeSource time() {
        return time;
    }

    /** The current time; never {@link CallFrame#UNREAD}. */
    public long readClock() {
        long now = time.nanoTime();
        return now == CallFrame.UNREAD ? now + 1 : now;
    }

    RandomGenerator random() {
        return collaborators.random();
    }

    public TimerOffload offTimer() {
        return offTimer;
    }

    public EventPublisher events() {
        return events;
    }

    public Shutdown shutdownOfCalls() {
        return shutdown;
    }

    Cooldowns cooldowns() {
        return cooldowns;
    }

    @Nullable
    public ContextCarrier carrier() {
        return collaborators.carrier();
    }

    @Nullable
    public AttemptObserver observer() {
        return collaborators.observer();
    }

    /** Removes a task from the timer, if there is one. If the timer refuses, the task does nothing when it runs. */
    public static void cancel(TimeSource.@Nullable Scheduled pending) {
        if (pending != null) {
            try {
                pending.cancel();
            } catch (Throwable refused) {
                // it does nothing when it runs
            }
        }
    }

    @Override
    public String toString() {
        return "Retry[" + name + "]";
    }

    /** The current settings, shared by a retry and all of its parts. */
    private static final class CurrentPolicy {

        private volatile CompiledPolicy now;

        private CurrentPolicy(CompiledPolicy first) {
            this.now = first;
        }
    }
}
