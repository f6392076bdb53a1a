package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM whose common pool may have no thread, or one. */
class NoCommonPoolTests {

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    @Timeout(60)
    void retriesRunAllTheSame(String parallelism) throws Exception {
        String said = ChildJvm.run(
                Calling.class, List.of("-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + parallelism));
        assertThat(said).contains("second, second");
    }

    /** The process. */
    static final class Calling {

        private Calling() {}

        public static void main(String[] arguments) throws Exception {
            String byDefault = call(Retry.builder("default"));
            String configured = call(Retry.builder("configured").executor(ForkJoinPool.commonPool()));
            System.out.println(byDefault + ", " + configured);
        }

        private static String call(Retry.Builder builder) throws Exception {
            AtomicInteger attempts = new AtomicInteger();
            return builder.policy(RetryPolicy.builder()
                            .timeBudget(Duration.ofSeconds(20))
                            .build())
                    .build()
                    .callAsync(() -> attempts.incrementAndGet() == 1
                            ? CompletableFuture.<String>failedFuture(new ConnectException("first"))
                            : CompletableFuture.completedFuture("second"))
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
