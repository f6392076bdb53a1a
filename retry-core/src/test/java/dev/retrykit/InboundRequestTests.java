package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A request knows how its own calls ended, whatever hangs on a failure that they share with others. */
class InboundRequestTests {

    /** Can't have anything attached to it. */
    private static final class Bare extends RuntimeException {
        private static final long serialVersionUID = 1;

        Bare() {
            super("down", null, false, false);
        }
    }

    private final ManualTime time = new ManualTime();
    private final ConnectException shared = new ConnectException("down");
    private final Retry retry = retry("stock", 3);

    private Retry retry(String name, int attempts) {
        return Retry.builder(name)
                .policy(RetryPolicy.builder()
                        .maxAttempts(attempts)
                        .retryOn(Bare.class)
                        .build())
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    private static void fail(Retry by, Throwable failure) {
        assertThatThrownBy(() -> by.run(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    private static List<StopReason> reasons(InboundRequest request, Throwable failure) {
        return request.stops(failure).stream().map(RetryStopped::reason).toList();
    }

    @Test
    void knowsTheCallsInItsScopeAndNoOthers() {
        InboundRequest one = new InboundRequest();
        InboundRequest other = new InboundRequest();
        try (Scope scope = one.enter()) {
            fail(retry, shared);
            try (Scope inner = other.enter()) {
                fail(retry("elsewhere", 2), new ConnectException("another"));
            }
        }

        assertThat(reasons(one, shared)).containsExactly(StopReason.EXHAUSTED);
        assertThat(reasons(one, new IllegalStateException(shared))).containsExactly(StopReason.EXHAUSTED);
        assertThat(reasons(one, new ConnectException("down"))).isEmpty();
        assertThat(reasons(other, shared)).isEmpty();
    }

    @Test
    void knowsItOfAFailureThatNothingCanBeAttachedTo() {
        Bare bare = new Bare();
        InboundRequest request = new InboundRequest();
        try (Scope scope = request.enter()) {
            fail(retry, bare);
            fail(retry, bare);
        }

        assertThat(reasons(request, bare)).containsExactly(StopReason.EXHAUSTED);
    }

    @Test
    void hearsOfCallsThatGoOnOnOtherThreadsAndOfThoseInsideOfThem() {
        InboundRequest request = new InboundRequest();
        List<RetryContext> carried = new ArrayList<>();
        CompletableFuture<String> call;
        try (Scope scope = request.enter()) {
            call = retry.callAsync(() -> {
                carried.add(RetryContext.current().orElseThrow());
                return new CompletableFuture<String>();
            });
        }
        carried.get(0).call(() -> {
            fail(retry("inner", 2), shared);
            return null;
        });
        time.advance(Duration.ofMinutes(1));

        assertThat(reasons(request, shared)).containsExactly(StopReason.EXHAUSTED);
        assertThat(call).isCompletedExceptionally();
        assertThat(reasons(request, call.handle((value, failure) -> failure).join()))
                .containsExactly(StopReason.TIME_BUDGET);
    }

    @Test
    void hearsOfTheCallsOfAnAttemptThatNobodyAskedAbout() {
        InboundRequest request = new InboundRequest();
        try (Scope scope = request.enter()) {
            assertThatThrownBy(() -> retry("outer", 1)
                            .run(() -> retry.run(() -> {
                                throw shared;
                            })))
                    .isSameAs(shared);
        }

        assertThat(request.stops(shared)).extracting(RetryStopped::policy).containsExactly("stock", "outer");
    }

    @Test
    void ofCallsWithoutAKnownRequestThoseCountThatEndedSince() {
        ConnectException earlier = new ConnectException("earlier");
        fail(retry, earlier);
        InboundRequest request = new InboundRequest();
        fail(retry, shared);

        assertThat(reasons(request, earlier)).isEmpty();
        assertThat(reasons(request, shared)).containsExactly(StopReason.EXHAUSTED);
    }

    @Test
    void keepsTheLatestOfManyFailures() {
        InboundRequest request = new InboundRequest();
        ConnectException first = new ConnectException("first");
        try (Scope scope = request.enter()) {
            fail(retry, first);
            for (int i = 0; i < 100; i++) {
                fail(retry, new ConnectException("number " + i));
            }
            fail(retry, shared);
        }

        assertThat(reasons(request, first)).isEmpty();
        assertThat(reasons(request, shared)).containsExactly(StopReason.EXHAUSTED);
    }
}
