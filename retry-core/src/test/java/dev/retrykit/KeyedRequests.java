package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls whose requests have idempotency keys. */
abstract class KeyedRequests {

    static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    final ManualTime time = new ManualTime();
    final List<RetryEvent> events = new ArrayList<>();
    final List<String> sent = new ArrayList<>();

    void send(RetryContext context, String kind) {
        send(context, kind, null, Outcome.UNKNOWN);
    }

    void send(RetryContext context, String kind, @Nullable String body, Outcome outcome) {
        begin(context, kind, body).ended(outcome);
    }

    KeyedRequest begin(RetryContext context, String kind, @Nullable String body) {
        KeyedRequest request =
                context.requests().nextKeyedRequest(kind, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        sent.add(kind + " " + request.key());
        context.sideEffect(kind, true);
        return request;
    }

    record Result(int attempts, StopReason reason) {}

    @FunctionalInterface
    interface Body {
        void run(RetryContext context) throws IOException;
    }

    Result call(Retry retry, Body body) {
        List<Integer> attempts = new ArrayList<>();
        Throwable failure = catchThrowable(() -> retry.run(() -> {
            RetryContext context = context();
            attempts.add(context.attempt());
            body.run(context);
            throw new SocketTimeoutException();
        }));
        assertThat(failure).isNotNull();
        return new Result(attempts.size(), ended().reason());
    }

    RetryEvent.Ended ended() {
        return (RetryEvent.Ended) events.get(events.size() - 1);
    }

    static RetryContext context() {
        return RetryContext.current().orElseThrow();
    }

    Retry keyed() {
        return retry(policy -> policy.sendsKeys(true));
    }

    Retry retry(Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = RetryPolicy.builder().jitter(Jitter.NONE);
        settings.accept(policy);
        return Retry.builder("test")
                .policy(policy.build())
                .timeSource(time)
                .executor(Runnable::run)
                .budget(RetryBudget.of("test", BudgetPolicy.unlimited(), time))
                .listener(events::add)
                .build();
    }
}
