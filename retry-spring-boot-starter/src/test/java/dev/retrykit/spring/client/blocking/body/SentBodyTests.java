package dev.retrykit.spring.client.blocking.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.retrykit.spring.idempotency.AtOnce;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/** Whether a body can be sent again while a transport may still write it. */
class SentBodyTests {

    /** Says that it can be written twice. */
    private interface Source extends Body {
        @Override
        default boolean repeatable() {
            return true;
        }
    }

    private static Source of(Iterable<String> parts) {
        return out -> {
            for (String part : parts) {
                out.write(part.getBytes(StandardCharsets.US_ASCII));
            }
        };
    }

    /** Its parts are there once. */
    private static Source once(String... parts) {
        Iterator<String> left = List.of(parts).iterator();
        return of(() -> left);
    }

    private static SentBody sent(Body source, long length) {
        return new SentBody(source, length, () -> {});
    }

    private static void write(Body body, OutputStream out) {
        try {
            body.writeTo(out);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A connection that breaks after some bytes. */
    private static OutputStream breakingAfter(int bytes) {
        return new OutputStream() {
            private int left = bytes;

            @Override
            public void write(int next) throws IOException {
                if (left-- <= 0) {
                    throw new IOException("broken pipe");
                }
            }
        };
    }

    private static SentBody cutOff(Source source, long length, int bytes) {
        SentBody body = sent(source, length);
        try {
            body.body().writeTo(breakingAfter(bytes));
        } catch (IOException broken) {
            // as it was to be
        }
        return body;
    }

    @Test
    void whatIsTheSameAgainCanBeSentAgain() throws IOException {
        for (int bytes : new int[] {0, 1, 2, 3, 100}) {
            SentBody body = cutOff(of(List.of("a", "b", "c")), -1, bytes);
            assertThat(body.isRepeatable()).isTrue();
            assertThat(body.withdraw()).isTrue();
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            body.next().writeTo(again);
            assertThat(again).hasToString("abc");
        }
    }

    @Test
    void whatIsThereOnceCannotBeSentAgain() {
        for (int bytes : new int[] {0, 1, 2, 3, 100}) {
            assertThat(cutOff(once("a", "b", "c"), -1, bytes).withdraw()).isFalse();
            assertThat(cutOff(once("a", "a", "a", "a", "a"), -1, bytes).isRepeatable())
                    .isFalse();
        }
    }

    @Test
    void whatDiffersCannotBeSentAgain() {
        int[] count = new int[1];
        assertThat(cutOff(out -> out.write(count[0]++), -1, 1).withdraw()).isFalse();
        Source longer = out -> out.write(new byte[++count[0]]);
        assertThat(cutOff(longer, -1, 100).withdraw()).isFalse();
        assertThat(cutOff(longer, -1, 0).withdraw()).isFalse();
    }

    @Test
    void ofOneTooLargeToBeComparedTheSizeMustBeKnown() {
        Source large = of(() ->
                IntStream.range(0, 17 * 1024).mapToObj(i -> "0".repeat(1024)).iterator());
        assertThat(cutOff(large, -1, 5000).withdraw()).isFalse();
        assertThat(cutOff(large, 17 * 1024 * 1024, 5000).withdraw()).isTrue();
    }

    /** A thread pool may come to it long after its connection was given up. */
    @Test
    void whatBeginsAfterItWasGivenUpWritesNothing() throws IOException {
        SentBody body = sent(once("a", "b"), -1);
        Body late = body.body();
        assertThat(body.withdraw()).isTrue();
        Body next = body.next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatIOException().isThrownBy(() -> late.writeTo(out)).withMessageContaining("was stale");
        assertThat(out.size()).isZero();
        next.writeTo(out);
        assertThat(out).hasToString("ab");
    }

    @Test
    void whatIsStillWritingIsWaitedFor() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SentBody body = sent(of(List.of("a", "b", "c")), -1);
        CompletableFuture<Void> writing = AtOnce.run(() -> write(body.body(), new Gate(begun, go)));
        begun.await();
        CompletableFuture<Boolean> asked = AtOnce.start(body::withdraw);
        go.countDown();
        assertThat(asked.get()).isTrue();
        writing.get();
    }

    @Test
    void whatDoesNotEndIsNotSentAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SentBody body = sent(of(List.of("a", "b", "c")), -1);
        CompletableFuture<Void> writing = AtOnce.run(() -> write(body.body(), new Gate(begun, go)));
        begun.await();
        assertThat(body.withdraw()).isFalse();
        go.countDown();
        writing.get();
    }

    /** Who writes to it waits. */
    private static final class Gate extends OutputStream {

        private final CountDownLatch begun;
        private final CountDownLatch go;

        Gate(CountDownLatch begun, CountDownLatch go) {
            this.begun = begun;
            this.go = go;
        }

        @Override
        public void write(int next) throws IOException {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException over) {
                throw new IOException(over);
            }
        }
    }
}
