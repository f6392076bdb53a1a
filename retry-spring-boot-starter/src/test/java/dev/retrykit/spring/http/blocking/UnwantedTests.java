package dev.retrykit.spring.http.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.client.MockClientHttpResponse;

/** An answer that nobody wants is closed, and nobody waits for the end of it. */
class UnwantedTests {

    private final List<Runnable> later = new ArrayList<>();

    @Test
    void oneThatIsHereIsClosedAtOnceAndKept() throws IOException {
        Answer answer = new Answer("all of it", 9);

        Unwanted rest = Unwanted.close(answer, later::add);

        assertThat(rest.getBody()).hasContent("all of it");
        assertThat(rest.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(rest.getHeaders().getContentLength()).isEqualTo(9);

        assertThat(answer.closed).isTrue();
        assertThat(later).isEmpty();
    }

    @Test
    void oneWithoutABodyIsClosedAtOnce() throws IOException {
        Answer answer = new Answer("", 0);

        Unwanted.close(answer, later::add);

        assertThat(answer.closed).isTrue();
    }

    @Test
    void oneThatTricklesIsClosedByAnotherThread() throws IOException {
        Answer answer = new Answer("a part", 5000);

        Unwanted.close(answer, later::add);

        assertThat(answer.closed).isFalse();
        later.forEach(Runnable::run);
        assertThat(answer.closed).isTrue();
    }

    @Test
    void oneOfUnknownOrOfGreatLengthIsClosedByAnotherThread() throws IOException {
        Unwanted.close(new Answer("some", -1), later::add);
        Unwanted.close(new Answer("x".repeat(9000), 9000), later::add);

        assertThat(later).hasSize(2);
    }

    @Test
    void withoutAnotherThreadItIsClosedAllTheSame() throws IOException {
        Answer answer = new Answer("a part", 5000);

        Unwanted.close(answer, task -> {
            throw new RejectedExecutionException();
        });

        assertThat(answer.closed).isTrue();
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
