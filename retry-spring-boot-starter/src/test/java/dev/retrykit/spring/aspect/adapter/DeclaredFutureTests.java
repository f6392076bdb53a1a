package dev.retrykit.spring.aspect.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.AopTestUtils;

@ExtendWith(OutputCaptureExtension.class)
class DeclaredFutureTests {

    private static final String YML = """
            retrykit.policies.files: { backoff: { strategy: fixed, delay: 100ms }, jitter: none }
            """;

    static class Files {

        final Deque<Callable<Future<String>>> attempts = new ArrayDeque<>();

        @Retryable(value = "files", fallback = "nothing")
        Future<String> readOrNothing() throws Exception {
            return attempts.remove().call();
        }

        Future<String> nothing() {
            return new FutureTask<>(() -> "nothing");
        }

        @Retryable("files")
        public Future<String> read() throws Exception {
            return attempts.remove().call();
        }
    }

    private final FutureTask<String> task = new FutureTask<>(() -> "read");
    private ManualTime time;
    private Files files;
    private Deque<Callable<Future<String>>> attempts;

    private interface Use {
        void with() throws Exception;
    }

    private void with(Use use) {
        Apps.with(YML).withBean(Files.class).run(context -> {
            time = context.getBean(ManualTime.class);
            files = context.getBean(Files.class);
            attempts = ((Files) AopTestUtils.getTargetObject(files)).attempts;
            use.with();
        });
    }

    private static Future<String> refuse() throws Exception {
        throw new ConnectException("down");
    }

    @Test
    void aFutureThatIsNoStageIsHandedOverAsItIs() {
        with(() -> {
            attempts.add(() -> task);
            assertThat(files.read()).isSameAs(task);
        });
    }

    @Test
    void whatTheMethodThrowsIsRetriedWithoutHoldingAThread() {
        with(() -> {
            attempts.add(DeclaredFutureTests::refuse);
            attempts.add(DeclaredFutureTests::refuse);
            attempts.add(() -> task);
            Future<String> read = files.read();
            assertThat(attempts).hasSize(2);
            assertThatThrownBy(() -> read.get(0, TimeUnit.NANOSECONDS)).isInstanceOf(TimeoutException.class);
            time.advance(Duration.ofMillis(200));
            assertThat(attempts).isEmpty();
            assertThat(read.isDone()).as("its task hasn't run").isFalse();
            task.run();
            assertThat(read.isDone()).isTrue();
            assertThat(read.get()).isEqualTo("read");
            assertThat(read.get(1, TimeUnit.SECONDS)).isEqualTo("read");
        });
    }

    @Test
    void whatItAlwaysThrowsIsWhatTheFutureFailsWith() {
        with(() -> {
            for (int i = 0; i < 3; i++) {
                attempts.add(DeclaredFutureTests::refuse);
            }
            Future<String> read = files.read();
            time.advance(Duration.ofSeconds(1));
            assertThat(read.isDone()).isTrue();
            assertThatThrownBy(read::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseExactlyInstanceOf(ConnectException.class);
        });
    }

    @Test
    void aFutureThatIsAStageIsRetriedWhenItFailsLater() {
        with(() -> {
            CompletableFuture<String> first = new CompletableFuture<>();
            attempts.add(() -> first);
            attempts.add(() -> CompletableFuture.completedFuture("read"));
            Future<String> read = files.read();
            assertThat(read).isInstanceOf(CompletionStage.class);
            first.completeExceptionally(new ConnectException("down"));
            time.advance(Duration.ofMillis(100));
            assertThat(read.get()).isEqualTo("read");
        });
    }

    @Test
    void aMethodThatReturnsAStageFirstAndAnotherFutureThenFails() {
        with(() -> {
            CompletableFuture<String> first = new CompletableFuture<>();
            attempts.add(() -> first);
            attempts.add(() -> task);
            Future<String> read = files.read();
            first.completeExceptionally(new ConnectException("down"));
            time.advance(Duration.ofMillis(100));
            assertThatThrownBy(read::get)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must return the same kind of future");
        });
    }

    @Test
    void cancellingEndsTheRetriesAndLaterTheFutureItself() {
        with(() -> {
            attempts.add(DeclaredFutureTests::refuse);
            Future<String> waiting = files.read();
            assertThat(waiting.cancel(true)).isTrue();
            assertThat(waiting.isCancelled()).isTrue();
            assertThat(time.pending()).isZero();
            assertThatThrownBy(waiting::get).isInstanceOf(CancellationException.class);

            attempts.add(DeclaredFutureTests::refuse);
            attempts.add(() -> task);
            Future<String> running = files.read();
            time.advance(Duration.ofMillis(100));
            assertThat(running.isCancelled()).isFalse();
            assertThat(running.cancel(true)).isTrue();
            assertThat(task.isCancelled()).isTrue();
            assertThat(running.isCancelled()).isTrue();
        });
    }

    @Test
    void aFallbackAnswersWithAFutureOfItsOwn() {
        with(() -> {
            attempts.add(() -> {
                throw new IllegalArgumentException("no such file");
            });
            Future<String> read = files.readOrNothing();
            assertThat(read).isInstanceOf(FutureTask.class);
        });
    }

    @Test
    void theStartWarnsOfSuchMethods(CapturedOutput output) {
        with(() -> {});
        assertThat(output)
                .contains("Files.read() returns a Future. Later failures are retried only if it is a CompletableFuture;"
                        + " otherwise, only what the method itself throws is retried. Declare a CompletableFuture.");
    }
}
