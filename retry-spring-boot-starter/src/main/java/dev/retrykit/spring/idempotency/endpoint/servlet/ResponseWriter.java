package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.idempotency.endpoint.content.KeptHeaders;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.ExhaustedFailureResolver;
import dev.retrykit.spring.server.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the responses that replace a call. */
final class ResponseWriter {

    private ResponseWriter() {}

    /**
     * Returns an error response, for which the container creates a page. The exceptions are redirects and other 3xx
     * statuses, which have no page.
     */
    static Answer ofError(int status, String reason, List<Answer.Header> headers) {
        return Redirect.isOne(status)
                ? new Answer(status, false, headers, new byte[0])
                : new Answer(status, true, headers, reason.getBytes(StandardCharsets.UTF_8));
    }

    static void write(RefusedException refused, HttpServletResponse response) throws IOException {
        Problem problem = refused.problem();
        Answer answer = refused.answer();
        if (problem != null) {
            ExhaustedFailureResolver.write(problem, response);
        } else if (answer != null) {
            response.setHeader(IdempotencyRules.REPLAYED, "true");
            ExhaustedFailureResolver.expose(response);
            write(answer, response);
        }
    }

    private static void write(Answer answer, HttpServletResponse response) throws IOException {
        KeptHeaders.write(answer, response::setHeader, response::addHeader);
        Redirect redirect = Redirect.of(answer);
        if (redirect != null) {
            redirect.send(response);
            return;
        }
        if (answer.error()) {
            response.sendError(answer.status(), new String(answer.body(), StandardCharsets.UTF_8));
            return;
        }
        response.setStatus(answer.status());
        if (answer.body().length > 0) {
            response.setContentLength(answer.body().length);
            response.getOutputStream().write(answer.body());
        }
    }
}
