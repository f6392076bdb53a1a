package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.internal.thread.ThreadPermits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Uses of a circuit inside of calls, by the drivers and by the model: what a running call around holds lets them through,
 * uncounted; all others ask.
 */
final class ReentrantUses {

    private final Circuit circuit;
    private final CircuitModel model;
    private final Random random;
    private final LongSupplier now;
    private final Retry retry;
    private int bodies;

    ReentrantUses(Circuit circuit, CircuitModel model, Random random, LongSupplier now) {
        this.circuit = circuit;
        this.model = model;
        this.random = random;
        this.now = now;
        this.retry = Retry.builder("inner")
                .policy(RetryPolicy.builder()
                        .maxAttempts(2)
                        .backoff(BackoffPolicy.fixed(Duration.ZERO))
                        .classifier(ReentrantUses::classify)
                        .build())
                .circuit(circuit)
                .budget(RetryBudget.of("inner", BudgetPolicy.unlimited(), circuit.time()))
                .timeSource(circuit.time())
                .build();
    }

    /** What the failures of these calls mean to the circuit. */
    static Verdict classify(Throwable failure) {
        return failure instanceof Told told ? Verdict.of(Verdict.Kind.RETRYABLE, told.signal) : Verdict.unknown();
    }

    /** Makes one of the possible uses inside of a call. Returns the use if it goes on. */
    @Nullable
    Held inside(Held around, String at) {
        ThreadPermits holds = ThreadPermits.current();
        int outside = holds.depth();
        holds.enter(around.hold);
        try {
            return switch (random.nextInt(3)) {
                case 0 -> alone(around, at);
                case 1 -> retried(around, at);
                default -> staged(around, at);
            };
        } finally {
            holds.restore(outside);
        }
    }

    private @Nullable Held alone(Held around, String at) {
        Held use = begun(around, around.lets(false) ? null : model.tryAcquire(true, now.getAsLong()));
        boolean passes = use.lets(false);
        Signal signal = signal();
        bodies++;
        int before = bodies;
        try {
            circuit.run(() -> body(use, signal, at));
        } catch (Told | CircuitOpenException told) {
            // by the model, too
        }
        assertThat(bodies > before).as(at).isEqualTo(passes);
        end(use, signal);
        return null;
    }

    private @Nullable Held retried(Held around, String at) {
        List<Held> attempts = new ArrayList<>();
        Signal first = signal();
        Signal second = signal();
        attempts.add(begun(around, around.lets(false) ? null : model.tryAcquire(true, now.getAsLong())));
        boolean passes = attempts.get(0).lets(false);
        AtomicInteger made = new AtomicInteger();
        try {
            retry.run(() -> {
                if (made.incrementAndGet() == 2) {
                    end(attempts.get(0), first);
                    attempts.add(begun(around, around.lets(true) ? null : model.tryAcquire(false, now.getAsLong())));
                    assertThat(around.lets(true) || attempts.get(1).expected != null)
                            .as(at)
                            .isTrue();
                }
                body(attempts.get(made.get() - 1), made.get() == 1 ? first : second, at);
            });
        } catch (Told | CircuitOpenException told) {
            // by the model, too
        }
        end(attempts.get(attempts.size() - 1), made.get() == 2 ? second : first);
        assertThat(made.get() > 0).as(at).isEqualTo(passes);
        if (made.get() == 1 && first != Signal.SUCCESS) {
            assertThat(around.lets(true) || model.admits(now.getAsLong()))
                    .as(at)
                    .isFalse();
        }
        return null;
    }

    /** A use that is not carried anywhere. */
    private Held begun(Held around, @Nullable Integer permit) {
        boolean covers = permit != null && model.coversRetries(permit);
        return new Held(null, null, permit, null, covers, around, now.getAsLong());
    }

    private @Nullable Held staged(Held around, String at) {
        boolean passes = around.lets(false);
        Integer permit = passes ? null : model.tryAcquire(true, now.getAsLong());
        boolean covers = permit != null && model.coversRetries(permit);
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<HeldPermit> held = new CompletableFuture<>();
        try {
            circuit.callAsync(() -> {
                held.complete(ThreadPermits.current().capture());
                return stage;
            });
        } catch (CircuitOpenException told) {
            // by the model, too
        }
        assertThat(held.isDone()).as(at).isEqualTo(passes || permit != null);
        return held.isDone() ? new Held(null, stage, permit, held.join(), covers, around, now.getAsLong()) : null;
    }

    private void end(Held use, Signal signal) {
        use.over();
        if (use.expected != null) {
            model.end(use.expected, signal, false, 0, now.getAsLong());
        }
    }

    /** Sometimes uses the circuit once more on the same thread. */
    private void body(Held use, Signal signal, String at) throws Told {
        bodies++;
        switch (random.nextInt(8)) {
            case 0 -> alone(use, at);
            case 1 -> retried(use, at);
            default -> {}
        }
        if (signal != Signal.SUCCESS) {
            throw new Told(signal);
        }
    }

    private Signal signal() {
        return random.nextInt(3) == 0 ? Signal.FAILURE : Signal.SUCCESS;
    }

    /** A failure that says what it means. */
    static final class Told extends Exception {

        private static final long serialVersionUID = 1;

        private final Signal signal;

        Told(Signal signal) {
            super(null, null, false, false);
            this.signal = signal;
        }
    }

    /** A call that was let in, or passes within another one. */
    static final class Held {

        final @Nullable Permit permit;
        final @Nullable CompletableFuture<String> stage;
        final @Nullable Integer expected;
        final @Nullable HeldPermit hold;
        final long began;
        private final boolean coversRetries;
        private final @Nullable Held around;
        private boolean running = true;

        /**
         * Of one permit or one stage.
         *
         * @param expected the model's permit; null if it passes within another call
         */
        Held(
                @Nullable Permit permit,
                @Nullable CompletableFuture<String> stage,
                @Nullable Integer expected,
                @Nullable HeldPermit hold,
                boolean coversRetries,
                @Nullable Held around,
                long began) {
            this.permit = permit;
            this.stage = stage;
            this.expected = expected;
            this.hold = hold;
            this.coversRetries = coversRetries;
            this.around = around;
            this.began = began;
        }

        /** Whether what runs inside passes without a permit of its own. */
        boolean lets(boolean retry) {
            for (Held held = this; held != null; held = held.around) {
                if (held.expected != null && held.running && (held.coversRetries || !retry)) {
                    return true;
                }
            }
            return false;
        }

        void over() {
            running = false;
        }
    }
}
