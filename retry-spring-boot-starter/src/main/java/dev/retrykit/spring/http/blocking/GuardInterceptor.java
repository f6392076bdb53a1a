package dev.retrykit.spring.http.blocking;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.failure.Answer;
import dev.retrykit.spring.failure.SpringAnswers;
import dev.retrykit.spring.http.Answered;
import dev.retrykit.spring.http.BodyContent;
import dev.retrykit.spring.http.ClientRules;
import dev.retrykit.spring.http.Exchange;
import dev.retrykit.spring.http.Guard;
import dev.retrykit.spring.http.Outgoing;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * The outermost interceptor of {@code RestClient} and {@code RestTemplate}: sets the idempotency key before others sign
 * the request, and makes the attempts of its guard.
 */
public final class GuardInterceptor implements ClientHttpRequestInterceptor {

    private final ClientRules rules;
    private final @Nullable String group;
    private final Executor executor;

    /**
     * For the clients of a group, or of none.
     *
     * @param executor closes answers that nobody wants and that haven't come to their end
     */
    public GuardInterceptor(ClientRules rules, @Nullable String group, Executor executor) {
        this.rules = rules;
        this.group = group;
        this.executor = executor;
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Guard guard = rules.guard(request.getURI(), group);
        Outgoing outgoing = Outgoing.of(
                rules,
                new Outgoing.Message(request.getMethod(), request.getURI(), request.getHeaders(), BodyContent.of(body)),
                RetryContext.current(),
                guard);
        if (guard == null) {
            return attempt(outgoing, request, body, execution).response();
        }
        try {
            return guarded(guard, outgoing, request, body, execution);
        } finally {
            outgoing.ended();
        }
    }

    private ClientHttpResponse guarded(
            Guard guard, Outgoing outgoing, HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        return guard.engine(request.getURI())
                .<Answered<ClientHttpResponse>, IOException>call(() -> {
                    Answered<ClientHttpResponse> answered = attempt(outgoing, request, body, execution);
                    RetryContext.current().ifPresent(attempt -> attempt.onRetry(() -> discard(answered)));
                    return answered;
                })
                .response();
    }

    private void discard(Answered<ClientHttpResponse> answered) {
        try {
            answered.replace(Unwanted.close(answered.response(), executor));
        } catch (IOException unreadable) {
            answered.response().close();
        }
    }

    private static Answered<ClientHttpResponse> attempt(
            Outgoing outgoing, HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Optional<RetryContext> attempt = RetryContext.current();
        outgoing.tell(request.getHeaders(), attempt);
        Exchange exchange = outgoing.begin(attempt);
        request.getAttributes().put(Exchange.ATTRIBUTE, exchange);
        try {
            ClientHttpResponse response = execution.execute(request, body);
            Answer answer = SpringAnswers.of(response.getStatusCode().value(), response.getHeaders());
            exchange.answered(answer.status(), answer.headers());
            return new Answered<>(response, exchange.isOwnConflict() ? answer.asExpected() : answer);
        } catch (IOException | RuntimeException failure) {
            exchange.failed(failure);
            throw failure;
        }
    }
}
