package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.Scope;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What an attempt has left behind does something that must not happen twice. */
class LateEffectTests {

    private static final ConnectException DOWN = new ConnectException("down");

    private final List<RetryContext> attempts = new ArrayList<>();
    private final List<RetryEvent.Ended> ended = new ArrayList<>();
    private Runnable inDelay = () -> {};

    private Retry retry(Consumer<RetryPolicy.Builder> settings) {
        RetryPolicy.Builder policy = Scenario.plainPolicy().maxAttempts(2);
        settings.accept(policy);
        return Retry.builder("orders")
                .policy(policy.build())
                .timeSource(new ManualTime())
                .executor(Runnable::run)
                .listener(event -> {
                    if (event instanceof RetryEvent.Retrying) {
                        inDelay.run();
                    } else if (event instanceof RetryEvent.Ended end) {
                        ended.add(end);
                    }
                })
                .build();
    }

    private RetryContext begin() {
        RetryContext attempt = RetryContext.current().orElseThrow();
        attempts.add(attempt);
        return attempt;
    }

    private static void post(RetryContext attempt) {
        attempt.sideEffect("POST http://host/pay", false);
    }

    private String failOnceThen(Consumer<RetryContext> second) throws ConnectException {
        RetryContext attempt = begin();
        if (attempt.attempt() == 1) {
            throw DOWN;
        }
        second.accept(attempt);
        return "done";
    }

    @Test
    void beforeAnotherAttemptBeginsEndsTheCall() {
        inDelay = () -> post(attempts.get(0));
        Retry retry = retry(policy -> {});

        assertThat(catchThrowable(() -> retry.call(() -> failOnceThen(second -> {}))))
                .isSameAs(DOWN);

        assertThat(attempts).hasSize(1);
        assertThat(ended).singleElement().satisfies(end -> {
            assertThat(end.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(end.sideEffect()).isPresent();
        });
    }

    @Test
    void afterwardsItIsNotDone() throws Exception {
        List<Throwable> refused = new ArrayList<>();

        retry(policy -> {})
                .call(() -> failOnceThen(second -> {
                    refused.add(catchThrowable(() -> post(attempts.get(0))));
                    post(second);
                }));

        assertThat(refused).singleElement().isInstanceOf(AttemptOverException.class);
        assertThat(ended).singleElement().extracting(RetryEvent.Ended::reason).isEqualTo(StopReason.SUCCESS);
    }

    @Test
    void alsoInACallWithinIt() throws Exception {
        Retry inner = retry(policy -> {});
        List<Throwable> refused = new ArrayList<>();

        retry(policy -> {})
                .call(() -> failOnceThen(second -> {
                    try (Scope scope = attempts.get(0).enter()) {
                        refused.add(catchThrowable(() ->
                                inner.run(() -> post(RetryContext.current().orElseThrow()))));
                    }
                }));

        assertThat(refused).singleElement().isInstanceOf(AttemptOverException.class);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NEVER")
    void withAKeyItIs(UnsafeMethods unsafe) throws Exception {
        inDelay = () -> attempts.get(0).sideEffect("POST http://host/pay", true);

        retry(policy -> policy.unsafeMethods(unsafe)).call(() -> failOnceThen(second -> inDelay.run()));

        assertThat(attempts).hasSize(2);
    }

    @Test
    void whereASecondOneDoesNoHarmItIs() throws Exception {
        inDelay = () -> post(attempts.get(0));

        retry(policy -> policy.idempotent(true)).call(() -> failOnceThen(second -> inDelay.run()));

        assertThat(attempts).hasSize(2);
    }

    @Test
    void ofTheLastAttemptItIs() {
        Retry retry = retry(policy -> {});

        assertThat(catchThrowable(() -> retry.call(() -> {
                    begin();
                    throw DOWN;
                })))
                .isSameAs(DOWN);

        assertThat(catchThrowable(() -> post(attempts.get(1)))).isNull();
    }
}
