package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.ContextCarrier;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What hangs on the caller's thread follows an asynchronous retry; what hangs on its thread doesn't stay behind. */
class CarriedContextTests {

    private static final ThreadLocal<String> TENANT = ThreadLocal.withInitial(() -> "nobody");

    private final ManualTime time = new ManualTime();
    private final List<String> seen = new ArrayList<>();

    private Retry.Builder retry() {
        return Retry.builder("orders")
                .policy(Scenario.plainPolicy().build())
                .timeSource(time)
                .executor(Runnable::run)
                .context(CarriedContextTests::capture);
    }

    private static Executor capture() {
        String captured = TENANT.get();
        return task -> {
            String before = TENANT.get();
            TENANT.set(captured);
            try {
                task.run();
            } finally {
                TENANT.set(before);
            }
        };
    }

    private CompletableFuture<String> attempt() {
        seen.add(TENANT.get());
        return seen.size() == 3
                ? CompletableFuture.completedFuture("third")
                : CompletableFuture.failedFuture(new ConnectException("again"));
    }

    @AfterEach
    void forget() {
        TENANT.remove();
    }

    @Test
    void retriesRunInTheContextOfTheCaller() {
        TENANT.set("acme");
        CompletableFuture<String> call = retry().build().callAsync(this::attempt);
        TENANT.set("timer");
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedWithValue("third");
        assertThat(seen).containsExactly("acme", "acme", "acme");
        assertThat(TENANT.get()).isEqualTo("timer");
    }

    @Test
    void soDoesWhateverHangsOnACallWhoseTimeIsOver() {
        TENANT.set("acme");
        CompletableFuture<Object> call = retry().build().callAsync(CompletableFuture::new);
        call.whenComplete((result, failure) -> seen.add(TENANT.get()));
        TENANT.set("timer");
        time.advance(Duration.ofSeconds(31));
        assertThat(call).isCompletedExceptionally();
        assertThat(seen).containsExactly("acme");
    }

    @Test
    void aCaptureThatFailsOrIsNullIsNoCapture() {
        for (ContextCarrier broken : List.<ContextCarrier>of(
                () -> {
                    throw new IllegalStateException("broken");
                },
                () -> null)) {
            seen.clear();
            CompletableFuture<String> call = retry().context(broken).build().callAsync(this::attempt);
            time.advance(Duration.ofSeconds(1));
            assertThat(call).isCompletedWithValue("third");
        }
    }

    @Test
    void aContextThatCantBeRestoredKeepsNothingFromRunning() {
        Executor broken = task -> {
            throw new IllegalStateException("broken");
        };
        Executor doesItTwice = task -> {
            task.run();
            task.run();
        };
        Executor doesItAndFails = task -> {
            task.run();
            throw new IllegalStateException("broken");
        };
        Executor doesNothing = task -> {};
        for (Executor each : List.of(broken, doesItTwice, doesItAndFails, doesNothing)) {
            seen.clear();
            CompletableFuture<String> call = retry().context(() -> each).build().callAsync(this::attempt);
            time.advance(Duration.ofSeconds(1));
            assertThat(call).isCompletedWithValue("third");
            assertThat(seen).hasSize(3);
        }
    }
}
