package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A redirect that the application requested. The container and the wrappers of filters determine its {@code Location},
 * again for each repeat; therefore the requested target is stored and sent with the same method.
 *
 * @param location the target as the application set it
 */
record Redirect(String location, int status) {

    private static final int FIRST = 300;
    private static final int LAST = 399;

    static boolean isOne(int status) {
        return status >= FIRST && status <= LAST;
    }

    /** Returns the redirect of a response; null if it is not a redirect. */
    static @Nullable Redirect of(Answer answer) {
        return answer.error() && isOne(answer.status())
                ? new Redirect(new String(answer.body(), StandardCharsets.UTF_8), answer.status())
                : null;
    }

    Answer answer(List<Answer.Header> headers) {
        return new Answer(status, true, headers, location.getBytes(StandardCharsets.UTF_8));
    }

    /** Uses the method without a status where possible, because many wrappers override only that one. */
    void send(HttpServletResponse response) throws IOException {
        if (status == HttpServletResponse.SC_FOUND) {
            response.sendRedirect(location);
        } else {
            response.sendRedirect(location, status);
        }
    }
}
