package dev.retrykit.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CausesTests {

    @Test
    void theChainBeginsWithTheFailure() {
        Exception inner = new Exception("inner");
        Exception middle = new Exception("middle", inner);
        Exception outer = new Exception("outer", middle);
        assertThat(Causes.chain(outer)).containsExactly(outer, middle, inner);
        assertThat(Causes.chain(inner)).containsExactly(inner);
    }

    @Test
    void aCircleIsCutAt50() {
        Exception first = new Exception("first");
        first.initCause(new Exception("second", first));
        assertThat(Causes.chain(first)).hasSize(50);
    }

    @Test
    void subtypesAreInstancesToo() {
        Exception failure = new RuntimeException(new FileNotFoundException());
        assertThat(Causes.anyInstance(failure, List.of(IOException.class))).isTrue();
        assertThat(Causes.anyInstance(failure, List.of(Error.class, RuntimeException.class)))
                .isTrue();
        assertThat(Causes.anyInstance(failure, List.of(Error.class))).isFalse();
        assertThat(Causes.anyInstance(failure, List.of())).isFalse();
    }

    @Test
    void onlyTheWrappersOfFuturesAreTakenOff() {
        Exception real = new RuntimeException("real", new IOException("its cause"));
        assertThat(Causes.unwrap(real)).isSameAs(real);
        assertThat(Causes.unwrap(new CompletionException(new ExecutionException(real))))
                .isSameAs(real);
        CompletionException empty = new CompletionException("no cause", null);
        assertThat(Causes.unwrap(empty)).isSameAs(empty);
    }

    @Test
    void fiftyWrappersAreTakenOffAndNoMore() {
        Throwable wrapped = new IOException("real");
        for (int i = 0; i < 50; i++) {
            wrapped = new CompletionException(wrapped);
        }
        assertThat(Causes.unwrap(wrapped)).hasMessage("real");
        assertThat(Causes.unwrap(new CompletionException(wrapped))).isInstanceOf(CompletionException.class);
    }

    @Test
    void wrappersThatRunInACircleEndSomewhere() {
        ExecutionException circle = new ExecutionException("circle", null) {
            private static final long serialVersionUID = 1;

            @Override
            public Throwable getCause() {
                return this;
            }
        };
        assertThat(Causes.unwrap(circle)).isSameAs(circle);
    }

    @Test
    void anAttemptTimeoutTellsWhoseAndHowLong() {
        InterruptedException cause = new InterruptedException();
        AttemptTimeoutException timeout = new AttemptTimeoutException("inventory", Duration.ofMillis(1_500), cause);
        assertThat(timeout)
                .hasMessage("an attempt of policy 'inventory' took longer than 1500 ms")
                .hasCause(cause);
        assertThat(timeout.timeout()).isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void aHintNeedNotNameADelay() {
        RetryHint hint = () -> true;
        assertThat(hint.retryAfter()).isEqualTo(Optional.empty());
    }
}
