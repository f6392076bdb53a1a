package dev.retrykit.spring.observe;

import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyCounters;
import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Meters for the outcomes of requests with idempotency keys, read when a registry is scraped. */
public final class IdempotencyMeters implements MeterBinder, AutoCloseable {

    private final IdempotencyCounters counters;
    private final Queue<Runnable> removals = new ConcurrentLinkedQueue<>();

    /** Creates the meters for all methods that are called with keys. */
    public IdempotencyMeters(Idempotency idempotency) {
        this.counters = idempotency.counters();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Result result : Result.values()) {
            Meter meter = FunctionCounter.builder(
                            Meters.IDEMPOTENCY.meterName, counters, counts -> counts.count(result))
                    .description(Meters.IDEMPOTENCY.description)
                    .tag("result", result.name().toLowerCase(Locale.ROOT))
                    .register(registry);
            removals.add(() -> registry.remove(meter));
        }
    }

    /**
     * Removes the meters: in a registry that outlives the application, they would conflict with those of the next one.
     */
    @Override
    public void close() {
        removals.forEach(Runnable::run);
        removals.clear();
    }
}
