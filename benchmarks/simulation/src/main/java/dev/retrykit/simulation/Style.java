package dev.retrykit.simulation;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OpenBehavior;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How the clients of a fleet retry. Each client has a budget and a circuit of its own, as each process has. */
enum Style {
    NO_RETRY("no retry"),
    PLAIN("three tries"),
    REQUEST_BUDGET("20 % request budget"),
    DEFAULT("retrykit"),
    WITHOUT_MIN_SUCCESS("retrykit, min-success off"),
    CIRCUIT_ON_RETRIES("circuit on retries"),
    DEFAULT_WITH_CIRCUIT("retrykit with circuit"),
    WAITING("retrykit with circuit, on-open wait"),
    BATCH("retrykit, batch"),
    BATCH_WITH_CIRCUIT("retrykit, batch with circuit"),
    RESILIENCE4J("Resilience4j"),
    RESILIENCE4J_WITH_CIRCUIT("Resilience4j with circuit");

    private static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final double EARNED_PER_REQUEST = 0.2;
    private static final double MOST_EARNED = 10;

    final String title;

    Style(String title) {
        this.title = title;
    }

    /** Somebody who makes calls. */
    @FunctionalInterface
    interface Caller {
        CompletableFuture<?> call(Supplier<CompletableFuture<Boolean>> attempt);
    }

    Caller caller(World world) {
        return switch (this) {
            case NO_RETRY ->
                engine(world.retry(
                        "client", RetryPolicy.builder().maxAttempts(1).build()));
            case PLAIN -> engine(plain(world));
            case REQUEST_BUDGET -> new RequestBudget(world);
            case DEFAULT -> engine(standard(world, BudgetPolicy.defaults()));
            case WITHOUT_MIN_SUCCESS ->
                engine(standard(world, BudgetPolicy.builder().minSuccess(0).build()));
            case CIRCUIT_ON_RETRIES ->
                engine(plain(world)
                        .circuit(world.circuit(CircuitPolicy.builder()
                                .blocks(BlockScope.RETRIES)
                                .build())));
            case DEFAULT_WITH_CIRCUIT ->
                engine(standard(world, BudgetPolicy.defaults()).circuit(world.circuit(CircuitPolicy.defaults())));
            case WAITING -> engine(standard(world, BudgetPolicy.defaults()).circuit(world.circuit(waiting())));
            case BATCH -> engine(batch(world));
            case BATCH_WITH_CIRCUIT -> engine(batch(world).circuit(world.circuit(waiting())));
            case RESILIENCE4J -> resilience4j(world);
            case RESILIENCE4J_WITH_CIRCUIT -> resilience4jWithCircuit(world);
        };
    }

    private static Caller engine(Retry.Builder builder) {
        Retry retry = builder.build();
        return attempt -> retry.callAsync(attempt::get);
    }

    private static Retry.Builder standard(World world, BudgetPolicy budget) {
        return world.retry("client", RetryPolicy.defaults()).budget(RetryBudget.of("client", budget, world.time()));
    }

    /** What people write by hand: no jitter, no limit. */
    private static Retry.Builder plain(World world) {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(TRIES)
                .backoff(BackoffPolicy.fixed(PAUSE))
                .jitter(Jitter.NONE)
                .build();
        return world.retry("client", policy).budget(RetryBudget.of("client", BudgetPolicy.unlimited(), world.time()));
    }

    private static CircuitPolicy waiting() {
        return CircuitPolicy.builder().onOpen(OpenBehavior.WAIT).build();
    }

    /** The settings for batches: no user waits, and each worker holds one item. */
    private static Retry.Builder batch(World world) {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(10)
                .backoff(BackoffPolicy.exponential(Duration.ofSeconds(1), 2, Duration.ofMinutes(1)))
                .jitter(Jitter.EQUAL)
                .timeBudget(Duration.ofMinutes(10))
                .build();
        return world.retry("client", policy).budget(RetryBudget.of("client", BudgetPolicy.unlimited(), world.time()));
    }

    /** Its defaults: three attempts, half a second between them, whatever the failure is. */
    private static Caller resilience4j(World world) {
        io.github.resilience4j.retry.Retry retry = io.github.resilience4j.retry.Retry.ofDefaults("client");
        ScheduledExecutorService scheduler = scheduler(world);
        return attempt -> retry.executeCompletionStage(scheduler, attempt::get).toCompletableFuture();
    }

    /** The same around its circuit of defaults: 100 calls, 50 %, a minute. */
    private static Caller resilience4jWithCircuit(World world) {
        Caller retry = resilience4j(world);
        CircuitBreaker circuit = CircuitBreaker.of(
                "client",
                CircuitBreakerConfig.custom()
                        .currentTimestampFunction(clock -> world.time().nanoTime(), TimeUnit.NANOSECONDS)
                        .clock(new WorldClock(world))
                        .build());
        return attempt -> retry.call(() -> {
            try {
                return circuit.executeCompletionStage(attempt::get).toCompletableFuture();
            } catch (CallNotPermittedException open) {
                return CompletableFuture.failedFuture(open);
            }
        });
    }

    /** All that it asks of a scheduler is to run something once. */
    private static ScheduledExecutorService scheduler(World world) {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                Style.class.getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (scheduler, method, arguments) -> {
                    if (!method.getName().equals("schedule") || !(arguments[0] instanceof Runnable task)) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    world.after(((TimeUnit) arguments[2]).toMillis((long) arguments[1]), task);
                    return null;
                });
    }

    /** A control without this library: each request, failed or not, earns a fifth of a retry. */
    private static final class RequestBudget implements Caller {

        private final World world;
        private double earned;

        RequestBudget(World world) {
            this.world = world;
        }

        @Override
        public CompletableFuture<?> call(Supplier<CompletableFuture<Boolean>> attempt) {
            earned = Math.min(MOST_EARNED, earned + EARNED_PER_REQUEST);
            CompletableFuture<Boolean> call = new CompletableFuture<>();
            begin(attempt, 1, call);
            return call;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the call is told
        private void begin(Supplier<CompletableFuture<Boolean>> attempt, int number, CompletableFuture<Boolean> call) {
            attempt.get().whenComplete((result, failure) -> {
                if (failure == null) {
                    call.complete(result);
                } else if (number < TRIES && earned >= 1) {
                    earned--;
                    world.after(PAUSE.toMillis(), () -> begin(attempt, number + 1, call));
                } else {
                    call.completeExceptionally(failure);
                }
            });
        }
    }
}
