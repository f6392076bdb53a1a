package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.Retry;
import dev.retrykit.RetryAfterSharing;
import dev.retrykit.RetryContext;
import dev.retrykit.RetryPolicy;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.time.ManualTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExhaustedFailureTests {

    @Test
    void aRequestThatWasNotSentSaysWhenToComeBack() {
        Retry retry = Retry.builder("shop")
                .policy(RetryPolicy.builder()
                        .retryAfterSharing(RetryAfterSharing.ALL)
                        .build())
                .timeSource(new ManualTime())
                .build();
        Throwable busy = catchThrowable(() -> retry.run(() -> {
            RetryContext attempt = RetryContext.current().orElseThrow();
            attempt.requests()
                    .answered("shop:80", 429, name -> name.equals("retry-after") ? List.of("1.5") : List.of());
            attempt.requests().sendTo("shop:80");
        }));

        assertThat(busy).isInstanceOf(PeerBusyException.class);
        assertThat(ExhaustedFailure.problem(busy, null, "POST", false))
                .extracting(Problem::status, Problem::header, Problem::value)
                .containsExactly(503, "Retry-After", "2");
    }
}
