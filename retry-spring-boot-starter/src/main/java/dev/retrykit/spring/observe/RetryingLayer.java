package dev.retrykit.spring.observe;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * A library with built-in retries. Identified by type names, so that no library needs to be present.
 *
 * @param library its name in messages
 * @param types names of classes and interfaces of its beans
 * @param count the path to the number of attempts: methods and fields, each on the value of the previous one; empty if
 *     there is none
 * @param countsRetries whether the number excludes the first attempt
 * @param off the class of a value on that path that never retries
 * @param evidence what is needed to be sure that it retries
 * @param remedy how to disable its retries
 */
record RetryingLayer(
        String library,
        List<String> types,
        String count,
        boolean countsRetries,
        String off,
        Evidence evidence,
        String remedy) {

    /** The number of attempts is unknown. */
    static final int UNKNOWN = -1;

    /** The library retries until a timeout. */
    static final int UNLIMITED = 0;

    /** The evidence that a library retries. */
    enum Evidence {

        /** A bean has a number of attempts. */
        COUNT,

        /** Such a bean exists. */
        BEAN,

        /** Spring Boot always creates such a bean, so another bean must depend on it. */
        USE
    }

    /** These clients have no common type, only a common suffix of their names. */
    private static final String AZURE_CLIENTS = "com.azure.*Client";

    private static final String NEVER_RETRY = "feign.Retryer$1";
    private static final String FEIGN_REMEDY =
            "Feign.builder().retryer(Retryer.NEVER_RETRY), or with Spring Cloud a bean: @Bean Retryer retryer() {"
                    + " return Retryer.NEVER_RETRY; }";

    static final List<RetryingLayer> ALL = List.of(
            attempts(
                    "The AWS SDK",
                    List.of("software.amazon.awssdk.core.SdkClient"),
                    "serviceClientConfiguration.overrideConfiguration.retryStrategy.maxAttempts",
                    ".overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())) on its builder, or"
                            + " AWS_MAX_ATTEMPTS=1"),
            retries(
                    "The OpenAI SDK",
                    List.of("com.openai.client.OpenAIClient", "com.openai.client.OpenAIClientAsync"),
                    "clientOptions.maxRetries",
                    ".maxRetries(0) on its builder"),
            retries(
                    "The Anthropic SDK",
                    List.of("com.anthropic.client.AnthropicClient", "com.anthropic.client.AnthropicClientAsync"),
                    "clientOptions.maxRetries",
                    ".maxRetries(0) on its builder"),
            retries(
                    "Spring AI",
                    List.of("org.springframework.ai.retry.autoconfigure.SpringAiRetryProperties"),
                    "getMaxAttempts",
                    "spring.ai.retry.max-attempts: 0 (it counts only the retries, not the first attempt)"),
            new RetryingLayer(
                    "Feign", List.of("feign.Retryer"), "maxAttempts", false, NEVER_RETRY, Evidence.BEAN, FEIGN_REMEDY),
            new RetryingLayer(
                    "Feign",
                    List.of("feign.ReflectiveFeign$FeignInvocationHandler"),
                    "dispatch.methodHandlerConfiguration.retryer.maxAttempts",
                    false,
                    NEVER_RETRY,
                    Evidence.COUNT,
                    FEIGN_REMEDY),
            new RetryingLayer(
                    "Spring Cloud LoadBalancer",
                    List.of(
                            "org.springframework.cloud.client.loadbalancer.RetryLoadBalancerInterceptor",
                            "org.springframework.cloud.client.loadbalancer.reactive"
                                    + ".RetryableLoadBalancerExchangeFilterFunction"),
                    "",
                    false,
                    "",
                    Evidence.BEAN,
                    "spring.cloud.loadbalancer.retry.enabled: false"),
            attempts(
                    "The Google Cloud SDK",
                    List.of("com.google.cloud.Service"),
                    "getOptions.getRetrySettings.getMaxAttempts",
                    ".setRetrySettings(ServiceOptions.getNoRetrySettings()) on its options"),
            attempts(
                    "The Google Cloud SDK",
                    List.of("com.google.api.gax.core.BackgroundResource"),
                    "",
                    ".applyToAllUnaryMethods(call -> { call.setRetryableCodes(); return null; }) in its settings"),
            attempts(
                    "The Azure SDK",
                    List.of(AZURE_CLIENTS),
                    "",
                    ".retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO))) on its builder, over AMQP"
                            + " .retryOptions(new AmqpRetryOptions().setMaxRetries(0))"),
            retries(
                    "The Stripe SDK",
                    List.of("com.stripe.StripeClient"),
                    "responseGetter.options.maxNetworkRetries",
                    ".setMaxNetworkRetries(0) on its builder"),
            new RetryingLayer(
                    "The Couchbase SDK",
                    List.of("com.couchbase.client.java.Cluster"),
                    "environment.retryStrategy.none",
                    false,
                    "com.couchbase.client.core.retry.FailFastRetryStrategy",
                    Evidence.COUNT,
                    "ClusterEnvironment.builder().retryStrategy(FailFastRetryStrategy.INSTANCE)"),
            new RetryingLayer(
                    "Kafka's producer",
                    List.of("org.springframework.kafka.core.KafkaTemplate"),
                    "",
                    false,
                    "",
                    Evidence.USE,
                    "spring.kafka.producer.retries: 0. It is better to leave them enabled and to apply no"
                            + " policy to sending"));

    /** A library that is used through static methods, without a bean. */
    static final RetryingLayer STRIPE = retries(
            "The Stripe SDK", List.of("com.stripe.Stripe"), "getMaxNetworkRetries", "Stripe.setMaxNetworkRetries(0)");

    private static RetryingLayer attempts(String library, List<String> types, String count, String remedy) {
        return new RetryingLayer(library, types, count, false, "", Evidence.COUNT, remedy);
    }

    private static RetryingLayer retries(String library, List<String> types, String count, String remedy) {
        return new RetryingLayer(library, types, count, true, "", Evidence.COUNT, remedy);
    }

    private static final Map<String, RetryingLayer> BY_NAME = new HashMap<>();

    static {
        ALL.forEach(layer -> layer.types().forEach(type -> BY_NAME.put(type, layer)));
    }

    /** Returns the library of a bean class; null if there is none. */
    static @Nullable RetryingLayer of(Class<?> type) {
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            RetryingLayer named = named(owner.getName());
            if (named != null) {
                return named;
            }
            for (Class<?> contract : owner.getInterfaces()) {
                RetryingLayer layer = of(contract);
                if (layer != null) {
                    return layer;
                }
            }
        }
        return null;
    }

    private static @Nullable RetryingLayer named(String type) {
        boolean isAzures = type.startsWith("com.azure.") && type.endsWith("Client");
        return BY_NAME.get(isAzures ? AZURE_CLIENTS : type);
    }

    /**
     * Returns the number of attempts per call.
     *
     * @param layer an object of the library, or a class with static methods
     * @return 1 if it does not retry, {@link #UNLIMITED}, or {@link #UNKNOWN}
     */
    int attempts(Object layer) {
        Object value = layer;
        for (String step : count.isEmpty() ? new String[0] : count.split("\\.")) {
            if (value != null && value.getClass().getName().equals(off)) {
                return 1;
            }
            value = value == null ? null : read(value, step);
        }
        if (layer.getClass().getName().equals(off)) {
            return 1;
        }
        return value instanceof Integer number && number >= 0 ? (countsRetries ? number + 1 : number) : UNKNOWN;
    }

    private static @Nullable Object read(Object owner, String name) {
        try {
            Class<?> type = owner instanceof Class<?> statics ? statics : owner.getClass();
            Method method = ReflectionUtils.findMethod(type, name);
            Field field = method == null ? ReflectionUtils.findField(type, name) : null;
            if (method != null && method.trySetAccessible()) {
                return first(method.invoke(owner));
            }
            return field != null && field.trySetAccessible() ? first(field.get(owner)) : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unreadable) {
            return null;
        }
    }

    private static @Nullable Object first(@Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        return value instanceof Map<?, ?> map
                ? map.values().stream().findFirst().orElse(null)
                : value;
    }
}
