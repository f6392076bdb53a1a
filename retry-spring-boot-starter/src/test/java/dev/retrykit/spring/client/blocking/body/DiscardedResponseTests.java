package dev.retrykit.spring.client.blocking.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.client.tracking.ConnectionUse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.mock.http.client.MockClientHttpResponse;

/** An answer that nobody wants is closed, and nobody waits for the end of it. */
class DiscardedResponseTests {

    private final List<Runnable> later = new ArrayList<>();
    private final ConnectionUse use = new ConnectionUse();
    private boolean aborted;

    @BeforeEach
    void canBeAborted() {
        use.abortsBy(() -> aborted = true);
    }

    @Test
    void oneThatIsHereIsClosedAtOnceAndKept() throws IOException {
        Answer answer = new Answer("all of it", 9);

        ClientHttpResponse rest = close(answer);

        assertThat(rest.getBody()).hasContent("all of it");
        assertThat(rest.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(rest.getHeaders().getContentLength()).isEqualTo(9);

        assertThat(answer.closed).isTrue();
        assertThat(later).isEmpty();
    }

    @Test
    void oneWithoutABodyIsClosedAtOnce() {
        Answer answer = new Answer("", 0);

        close(answer);

        assertThat(answer.closed).isTrue();
    }

    @Test
    void oneThatComesToItsEndIsClosedByAnotherThread() {
        Answer answer = new Answer("a part", 5000);

        close(answer);

        assertThat(answer.closed).isFalse();
        later.forEach(Runnable::run);
        assertThat(answer.closed).isTrue();
        assertThat(aborted).isFalse();
    }

    @Test
    void oneOfUnknownOrOfGreatLengthIsClosedByAnotherThread() {
        close(new Answer("some", -1));
        close(new Answer("x".repeat(9000), 9000));

        assertThat(later).hasSize(2);
    }

    @Test
    void oneThatIsTooLongIsAborted() {
        Answer answer = new Answer("x".repeat(70_000), 70_000);

        close(answer);
        later.forEach(Runnable::run);

        assertThat(aborted).isTrue();
        assertThat(answer.closed).isFalse();
    }

    @Test
    void withoutAnotherThreadItIsAborted() {
        DiscardedResponse.close(new Answer("a part", 5000), use, task -> {
            throw new RejectedExecutionException();
        });

        assertThat(aborted).isTrue();
    }

    private ClientHttpResponse close(Answer answer) {
        return DiscardedResponse.close(answer, use, later::add);
    }

    private static final class Answer extends MockClientHttpResponse {

        private boolean closed;

        Answer(String body, long length) {
            super(body.getBytes(StandardCharsets.UTF_8), HttpStatus.SERVICE_UNAVAILABLE);
            if (length >= 0) {
                getHeaders().setContentLength(length);
            }
        }

        @Override
        public InputStream getBody() throws IOException {
            return super.getBody();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
