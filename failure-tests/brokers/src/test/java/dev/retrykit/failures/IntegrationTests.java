package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.failureOf;
import static org.mockito.Mockito.mock;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelAuthorizationException;
import org.apache.camel.CamelException;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.ValidationException;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.mockito.Answers;
import org.springframework.batch.core.job.StartLimitExceededException;
import org.springframework.batch.core.job.UnexpectedJobExecutionException;
import org.springframework.batch.core.launch.JobExecutionAlreadyRunningException;
import org.springframework.batch.core.launch.JobInstanceAlreadyCompleteException;
import org.springframework.batch.core.launch.JobRestartException;
import org.springframework.batch.core.step.skip.SkipLimitExceededException;
import org.springframework.batch.infrastructure.item.NonTransientResourceException;
import org.springframework.batch.infrastructure.item.ParseException;
import org.springframework.batch.infrastructure.item.WriteFailedException;
import org.springframework.cloud.stream.binder.BinderException;
import org.springframework.cloud.stream.binder.RequeueCurrentMessageException;
import org.springframework.cloud.stream.converter.ConversionException;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.core.MethodParameter;
import org.springframework.integration.MessageDispatchingException;
import org.springframework.integration.MessageRejectedException;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dispatcher.AggregateMessageDeliveryException;
import org.springframework.integration.handler.ReplyRequiredException;
import org.springframework.integration.handler.advice.RequestHandlerCircuitBreakerAdvice;
import org.springframework.integration.mapping.MessageMappingException;
import org.springframework.integration.store.MessageStoreException;
import org.springframework.integration.support.PartialSuccessException;
import org.springframework.integration.transformer.MessageTransformationException;
import org.springframework.integration.util.PoolItemNotAvailableException;
import org.springframework.integration.util.SimplePool;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.core.DestinationResolutionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;
import org.springframework.messaging.simp.stomp.ConnectionLostException;
import org.springframework.messaging.simp.stomp.StompConversionException;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.retry.ExhaustedRetryException;

/** What failures of Spring Messaging, Integration, Cloud Stream and Batch mean, and of Camel. */
class IntegrationTests extends BookTests {

    private static final Message<?> MESSAGE = new GenericMessage<>("10 EUR");
    private static final SocketException RESET = new SocketException("Connection reset");

    static Stream<Row> rows() {
        return Stream.of(messaging(), integration(), stream(), batch(), camel()).flatMap(rows -> rows);
    }

    private static Stream<Row> messaging() {
        return Stream.of(
                row("Messaging: around a reset", new MessagingException(MESSAGE, RESET), "transient"),
                row("Messaging: a handler's failure", new MessageHandlingException(MESSAGE, RESET), "transient"),
                row("Messaging: nothing is said", new MessagingException("bug"), "unknown"),
                row("Messaging: around a reset, on its way", new MessageDeliveryException(MESSAGE, RESET), "transient"),
                row("Messaging: delivery failed", new MessageDeliveryException("no"), "unknown"),
                row("Messaging: a channel is full", failureOf(IntegrationTests::fill), "transient"),
                row("Messaging: no message", new MessageConversionException("no"), "neutral"),
                row(
                        "Messaging: not for this method",
                        failureOf(() -> {
                            MethodParameter parameter = new MethodParameter(String.class.getMethod("length"), -1);
                            throw new MethodArgumentResolutionException(MESSAGE, parameter);
                        }),
                        "neutral"),
                row("Messaging: no channel", new DestinationResolutionException("none"), "neutral"),
                row("STOMP: lost", new ConnectionLostException("Connection closed"), "transient"),
                row("STOMP: not understood", new StompConversionException("no"), "neutral"));
    }

    private static Stream<Row> integration() {
        return Stream.of(
                row("spring-retry: retried to the end", new ExhaustedRetryException("no recovery", RESET), "nested"),
                row(
                        "spring-retry: retried an answer",
                        new ExhaustedRetryException("no recovery", new MessageConversionException("no")),
                        "neutral"),
                row(
                        "Integration: no reply to a request that was sent",
                        new MessageTimeoutException(MESSAGE, "Timed out waiting for response"),
                        "unknown-effect"),
                row(
                        "Integration: no reply in the time of a socket",
                        new MessageTimeoutException(MESSAGE, "late", new SocketTimeoutException()),
                        "unknown-effect"),
                row("Integration: no handler", failureOf(() -> new DirectChannel().send(MESSAGE)), "neutral"),
                row("Integration: not started", new MessageDispatchingException("stopped"), "neutral"),
                row("Integration: filtered", new MessageRejectedException(MESSAGE, "no"), "neutral"),
                row("Integration: no reply was made", new ReplyRequiredException(MESSAGE, "none"), "neutral"),
                row(
                        "Integration: its own circuit is open",
                        new RequestHandlerCircuitBreakerAdvice.CircuitBreakerOpenException(MESSAGE, "open"),
                        "neutral"),
                row(
                        "Integration: all handlers failed, one of them for good",
                        new AggregateMessageDeliveryException(
                                MESSAGE, "failed", List.of(RESET, new MessageRejectedException(MESSAGE, "no"))),
                        "neutral"),
                row(
                        "Integration: some files were transferred",
                        new PartialSuccessException(MESSAGE, "some", RESET, List.of("a"), List.of("a", "b")),
                        "unknown-effect"),
                row(
                        "Integration: not to be transformed",
                        new MessageTransformationException(MESSAGE, "no", new IllegalStateException()),
                        "neutral"),
                row(
                        "Integration: transforming asks another service",
                        new MessageTransformationException(MESSAGE, "no", RESET),
                        "transient"),
                row("Integration: not to be mapped", new MessageMappingException(MESSAGE, "no"), "neutral"),
                row("Integration: a store is lost", new MessageStoreException("lost", RESET), "transient"),
                row("Integration: no session is free", failureOf(IntegrationTests::empty), "transient"),
                row(
                        "Integration: interrupted while waiting for one",
                        new PoolItemNotAvailableException("no", new InterruptedException()),
                        "interrupted"));
    }

    private static Stream<Row> stream() {
        return Stream.of(
                row("Cloud Stream: around a reset", new BinderException("no", RESET), "transient"),
                row("Cloud Stream: nothing is said", new BinderException("bug", null), "unknown"),
                row("Cloud Stream: declaring", new ProvisioningException("no", RESET), "transient"),
                row("Cloud Stream: put back", new RequeueCurrentMessageException("later"), "neutral"),
                row("Cloud Stream: no message", new ConversionException("no"), "neutral"));
    }

    private static Stream<Row> batch() {
        return Stream.of(
                row("Batch: running already", new JobExecutionAlreadyRunningException("running"), "neutral"),
                row("Batch: done", new JobInstanceAlreadyCompleteException("done"), "neutral"),
                row("Batch: around a reset", new JobRestartException("no", RESET), "transient"),
                row("Batch: started too often", new StartLimitExceededException("often"), "neutral"),
                row("Batch: a step's failure", new UnexpectedJobExecutionException("failed", RESET), "transient"),
                row(
                        "Batch: too many skipped",
                        new SkipLimitExceededException(1, new IllegalStateException()),
                        "neutral"),
                row("Batch: no record", new ParseException("no"), "neutral"),
                row("Batch: nothing to read", new NonTransientResourceException("none"), "permanent"),
                row("Batch: writing", new WriteFailedException("lost", RESET), "transient"),
                row(
                        "Batch: no item",
                        new org.springframework.batch.infrastructure.item.validator.ValidationException("no"),
                        "neutral"));
    }

    private static Stream<Row> camel() {
        Exchange exchange = mock(Exchange.class, Answers.RETURNS_DEEP_STUBS);
        return Stream.of(
                row(
                        "Camel: HTTP 503, Retry-After 1",
                        http(503, Map.of("Retry-After", "1")),
                        "transient after 1s status 503"),
                row("Camel: HTTP 404", http(404, Map.of()), "answered status 404"),
                row("Camel: HTTP 401", http(401, Map.of()), "neutral status 401"),
                row("Camel: HTTP 302", http(302, Map.of()), "unknown"),
                row("Camel: no reply to a message", new ExchangeTimedOutException(exchange, 100), "unknown-effect"),
                row("Camel: FTP 450", file(450), "transient"),
                row("Camel: FTP 550", file(550), "answered"),
                row("Camel: FTP 530", file(530), "neutral"),
                row("Camel: a file around a reset", new GenericFileOperationFailedException("no", RESET), "transient"),
                row("Camel: around a reset", new CamelExchangeException("no", exchange, RESET), "transient"),
                row("Camel: nothing is said", new CamelException("bug"), "unknown"),
                row(
                        "Camel: a route's failure",
                        new CamelExecutionException("no", exchange, http(404, Map.of())),
                        "answered status 404"),
                row("Camel: unchecked", new RuntimeCamelException(RESET), "transient"),
                row("Camel: no right", new CamelAuthorizationException("no", exchange), "neutral"),
                row("Camel: rolled back", new RollbackExchangeException("no", exchange), "neutral"),
                row("Camel: no message", new ValidationException(exchange, "no"), "neutral"),
                row("Camel: not of this type", new InvalidPayloadException(exchange, String.class), "neutral"),
                row(
                        "Camel: nothing converts it",
                        new NoTypeConversionAvailableException("a", Integer.class),
                        "neutral"),
                row(
                        "Camel: not to be converted",
                        new TypeConversionException("a", Integer.class, new IllegalStateException()),
                        "neutral"));
    }

    private static Exception file(int code) {
        return new GenericFileOperationFailedException(code, code + " no");
    }

    private static Exception http(int status, Map<String, String> headers) {
        return new HttpOperationFailedException("http://127.0.0.1", status, "", null, headers, "");
    }

    private static void fill() {
        MessagingTemplate template = new MessagingTemplate();
        template.setSendTimeout(1);
        QueueChannel channel = new QueueChannel(1);
        template.send(channel, MESSAGE);
        template.send(channel, MESSAGE);
    }

    private static void empty() {
        SimplePool<String> pool = new SimplePool<>(1, new SimplePool.PoolItemCallback<>() {
            @Override
            public String createForPool() {
                return "session";
            }

            @Override
            public boolean isStale(String item) {
                return false;
            }

            @Override
            public void removedFromPool(String item) {}
        });
        pool.setWaitTimeout(1);
        pool.getItem();
        pool.getItem();
    }
}
