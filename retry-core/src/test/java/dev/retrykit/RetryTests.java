package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RetryTests {

    private final ManualTime time = new ManualTime();

    @Test
    void isMadeOfWhatItWasGiven() {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(2).build();
        Circuit circuit = Circuit.of("circuit", CircuitPolicy.defaults(), time);
        RetryBudget budget = RetryBudget.of("budget", BudgetPolicy.defaults(), time);
        Retry retry = Retry.builder("all")
                .policy(policy)
                .circuit(circuit)
                .budget(budget)
                .timeSource(time)
                .build();
        assertThat(retry.name()).isEqualTo("all");
        assertThat(retry.policy()).isSameAs(policy);
        assertThat(retry.circuit()).containsSame(circuit);
        assertThat(retry.budget()).isSameAs(budget);
        assertThat(retry.time()).isSameAs(time);
    }

    @Test
    void hasABudgetOfItsOwnAndNoCircuitUnlessToldOtherwise() {
        Retry retry = Retry.builder("bare").timeSource(time).build();
        assertThat(retry.circuit()).isEmpty();
        assertThat(retry.budget().name()).isEqualTo("bare");
        assertThat(retry.budget().time()).isSameAs(time);
        assertThat(retry.budget().policy()).isSameAs(BudgetPolicy.defaults());
        assertThat(retry.policy()).isSameAs(RetryPolicy.defaults());
    }

    @Test
    void rejectsACircuitOnAnotherClock() {
        Retry.Builder builder =
                Retry.builder("orders").timeSource(time).circuit(Circuit.of("orders", CircuitPolicy.defaults()));
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("retry 'orders' and its circuit must use the same TimeSource: "
                        + "pass the TimeSource of the retry to the circuit");
    }

    @Test
    void rejectsABudgetOnAnotherClock() {
        Retry.Builder builder = Retry.builder("orders")
                .timeSource(time)
                .budget(RetryBudget.of("orders", BudgetPolicy.defaults(), new ManualTime()));
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("retry 'orders' and its budget must use the same TimeSource: "
                        + "pass the TimeSource of the retry to the budget");
    }

    @Test
    void worksForAPartOfTheDependencyWithThatPartsCircuitAndBudget() {
        List<String> ended = new ArrayList<>();
        RetryCounters counters = new RetryCounters();
        Retry whole = Retry.builder("orders")
                .policy(RetryPolicy.builder().maxAttempts(2).build())
                .timeSource(time)
                .counters(counters)
                .listener(event -> ended.add(event.policy()))
                .build();
        Circuit circuit = Circuit.of("eu", CircuitPolicy.defaults(), time);
        RetryBudget budget = RetryBudget.of("eu", BudgetPolicy.of(0, Duration.ofSeconds(1), 1), time);
        Retry part = whole.with(circuit, budget);
        assertThat(part.name()).isEqualTo("orders");
        assertThat(part.policy()).isSameAs(whole.policy());
        assertThat(part.circuit()).containsSame(circuit);
        assertThat(whole.circuit()).isEmpty();
        assertThatThrownBy(() -> part.call(() -> {
                    throw new ConnectException();
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(circuit.snapshot().failures()).isEqualTo(2);
        assertThat(budget.snapshot().granted()).isEqualTo(1);
        assertThat(whole.budget().snapshot().granted()).isZero();
        assertThat(counters.attempts()).isEqualTo(2);
        assertThat(ended).containsOnly("orders").isNotEmpty();
    }

    @Test
    void theShutdownOfTheWholeIsThatOfItsParts() {
        Retry whole = Retry.builder("orders").timeSource(time).build();
        Retry part = whole.with(
                Circuit.of("eu", CircuitPolicy.defaults(), time), RetryBudget.of("eu", BudgetPolicy.defaults(), time));
        CompletableFuture<Object> call = part.callAsync(() -> CompletableFuture.failedFuture(new ConnectException()));
        assertThat(call).isNotDone();
        whole.shutdown();
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void aPartRunsOnTheClockOfTheWhole() {
        Retry whole = Retry.builder("orders").timeSource(time).build();
        Circuit circuit = Circuit.of("eu", CircuitPolicy.defaults(), time);
        RetryBudget budget = RetryBudget.of("eu", BudgetPolicy.defaults(), time);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.with(Circuit.of("eu", CircuitPolicy.defaults()), budget));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.with(circuit, RetryBudget.of("eu", BudgetPolicy.defaults())));
    }

    @Test
    void rejectsNull() {
        Retry.Builder builder = Retry.builder("orders");
        assertThatNullPointerException().isThrownBy(() -> Retry.builder(null));
        assertThatNullPointerException().isThrownBy(() -> builder.policy(null));
        assertThatNullPointerException().isThrownBy(() -> builder.timeSource(null));
        assertThatNullPointerException().isThrownBy(() -> builder.random(null));
        assertThatNullPointerException().isThrownBy(() -> builder.executor(null));
        assertThatNullPointerException().isThrownBy(() -> builder.listener(null));
        assertThatNullPointerException().isThrownBy(() -> builder.counters(null));
    }

    @Test
    void policiesThatShareABudgetStarveEachOther() {
        RetryBudget shared = RetryBudget.of("shared", BudgetPolicy.of(0, Duration.ofSeconds(10), 3), time);
        List<StopReason> reasons = new ArrayList<>();
        for (String name : List.of("one", "other")) {
            Retry retry = Retry.builder(name)
                    .policy(Scenario.plainPolicy().build())
                    .budget(shared)
                    .timeSource(time)
                    .listener(event -> {
                        if (event instanceof RetryEvent.Ended ended) {
                            reasons.add(ended.reason());
                        }
                    })
                    .build();
            assertThatThrownBy(() -> retry.run(() -> {
                        throw new ConnectException(name);
                    }))
                    .isInstanceOf(ConnectException.class);
        }
        assertThat(reasons).containsExactly(StopReason.EXHAUSTED, StopReason.RETRY_BUDGET);
    }

    @Test
    void whatStoppedTheCallReadsLikeASentence() {
        Retry retry = Retry.builder("orders")
                .policy(Scenario.plainPolicy().build())
                .timeSource(time)
                .build();
        assertThatThrownBy(() -> retry.run(() -> {
                    throw new ConnectException("again");
                }))
                .satisfies(failure -> assertThat(failure.getSuppressed()[0])
                        .hasMessage("policy 'orders' stopped: EXHAUSTED after 3 attempts in 200 ms; "
                                + "earlier failures: java.net.ConnectException, java.net.ConnectException"));
        assertThatThrownBy(() -> retry.run(() -> {
                    throw new IllegalStateException("once");
                }))
                .satisfies(failure -> assertThat(failure.getSuppressed()[0])
                        .hasMessage("policy 'orders' stopped: NOT_RETRYABLE after 1 attempt in 0 ms"));
    }

    @Test
    void anExceptionCarriesOneStopOfEachPolicyItWentThrough() {
        ConnectException failure = new ConnectException("inner");
        Retry inner = Retry.builder("inner")
                .policy(Scenario.plainPolicy().build())
                .timeSource(time)
                .build();
        Retry outer = Retry.builder("outer").timeSource(time).build();
        assertThatThrownBy(() -> outer.run(() -> inner.run(() -> {
                    throw failure;
                })))
                .isSameAs(failure);
        assertThat(failure.getSuppressed())
                .extracting(stopped -> ((RetryStopped) stopped).policy() + " " + ((RetryStopped) stopped).reason())
                .containsExactly("inner EXHAUSTED", "outer NESTED");
    }

    @Test
    void isMadeInOneLine() {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(7).build();

        assertThat(Retry.of("inventory", policy).policy()).isSameAs(policy);
        assertThat(Retry.of("inventory", policy).name()).isEqualTo("inventory");
        assertThat(Retry.ofDefaults("inventory").policy()).isSameAs(RetryPolicy.defaults());
    }

    @Test
    void decoratesWhatIsCalledMoreThanOnce() throws Exception {
        Retry retry = Retry.builder("decorated").timeSource(new ManualTime()).build();
        AtomicInteger calls = new AtomicInteger();
        Callable<String> callable = () -> failFirst(calls);
        Supplier<String> supplier = () -> failFirstUnchecked(calls);
        Function<String, String> function = text -> text + failFirstUnchecked(calls);

        assertThat(retry.decorate(callable).call()).isEqualTo("2");
        assertThat(retry.decorate(supplier).get()).isEqualTo("4");
        assertThat(retry.decorate(function).apply("call ")).isEqualTo("call 6");
    }

    private static String failFirst(AtomicInteger calls) throws ConnectException {
        if (calls.incrementAndGet() % 2 == 1) {
            throw new ConnectException("down");
        }
        return String.valueOf(calls.get());
    }

    private static String failFirstUnchecked(AtomicInteger calls) {
        try {
            return failFirst(calls);
        } catch (ConnectException down) {
            throw new UncheckedIOException(down);
        }
    }
}
