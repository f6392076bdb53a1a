package dev.retrykit.spring.observe.layers;

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
 * @param count paths to the number of attempts, separated by {@code |}: methods and fields, each on the value of the
 *     previous one, with {@code +1} after them if the number excludes the first attempt. The first that can be read
 *     counts; empty if there is none
 * @param off the class of a value on that path that never retries
 * @param evidence what is needed to be sure that it retries
 * @param remedy how to disable its retries
 */
record RetryingLayer(String library, List<String> types, String count, String off, Evidence evidence, String remedy) {

    /** The number of attempts is unknown. */
    static final int UNKNOWN = -1;

    /** The library retries until a timeout. */
    static final int UNLIMITED = 0;

    /** The evidence that a library retries. */
    enum Evidence {

        /** A bean has a number of attempts. */
        COUNT,

        /** A bean has a number of attempts; other beans of the type do not retry. */
        COUNT_ONLY,

        /** Such a bean exists. */
        BEAN,

        /** Spring Boot always creates such a bean, so another bean must depend on it. */
        USE
    }

    /** Beyond any configured number: the library retries until a timeout. */
    private static final int MOST = 1_000_000;

    /** These clients have no common type, only a common suffix of their names. */
    private static final String AZURE_CLIENTS = "com.azure.*Client";

    /** Packages and kinds whose names have that suffix, but that are no clients of a service, or send nothing. */
    private static final List<String> NOT_AZURE_CLIENTS = List.of("com.azure.core.", "com.azure.spring.");

    private static final String AZURE_RECEIVERS = "ProcessorClient";
    private static final String OPENAI_REMEDY = ".maxRetries(0) on its builder";
    private static final String MODELS_OF_SPRING_AI = "org.springframework.ai.openai.OpenAi";

    private static final String NEVER_RETRY = "feign.Retryer$1";
    private static final String FEIGN_REMEDY =
            "Feign.builder().retryer(Retryer.NEVER_RETRY), or with Spring Cloud a bean: @Bean Retryer retryer() {"
                    + " return Retryer.NEVER_RETRY; }";

    static final List<RetryingLayer> ALL = List.of(
            attempts(
                    "The AWS SDK",
                    List.of("software.amazon.awssdk.core.SdkClient"),
                    "serviceClientConfiguration.overrideConfiguration.retryPolicy.numRetries+1"
                            + "|serviceClientConfiguration.overrideConfiguration.retryStrategy.maxAttempts",
                    ".overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())) on its builder, or"
                            + " AWS_MAX_ATTEMPTS=1 (not for DynamoDB)"),
            attempts(
                    "The S3 client of the AWS Common Runtime",
                    List.of("software.amazon.awssdk.services.s3.internal.crt.S3CrtAsyncClient"),
                    "",
                    "not possible. Build S3AsyncClient.builder().multipartEnabled(true) instead"),
            retries(
                    "The OpenAI SDK",
                    List.of("com.openai.client.OpenAIClient", "com.openai.client.OpenAIClientAsync"),
                    "clientOptions.maxRetries",
                    OPENAI_REMEDY),
            retries(
                    "The OpenAI SDK of Spring AI",
                    List.of(
                            MODELS_OF_SPRING_AI + "ChatModel",
                            MODELS_OF_SPRING_AI + "EmbeddingModel",
                            MODELS_OF_SPRING_AI + "ImageModel",
                            MODELS_OF_SPRING_AI + "ModerationModel",
                            MODELS_OF_SPRING_AI + "AudioSpeechModel",
                            MODELS_OF_SPRING_AI + "AudioTranscriptionModel"),
                    "openAiClient.clientOptions.maxRetries",
                    "spring.ai.openai.max-retries: 0"),
            retries(
                    "The Anthropic SDK",
                    List.of("com.anthropic.client.AnthropicClient", "com.anthropic.client.AnthropicClientAsync"),
                    "clientOptions.maxRetries",
                    OPENAI_REMEDY),
            retries(
                    "The Anthropic SDK of Spring AI",
                    List.of("org.springframework.ai.anthropic.AnthropicChatModel"),
                    "anthropicClient.clientOptions.maxRetries",
                    "spring.ai.anthropic.max-retries: 0"),
            new RetryingLayer(
                    "Spring AI",
                    List.of("org.springframework.ai.model.Model"),
                    "retryTemplate.getRetryPolicy.getBackOff.getMaxAttempts+1",
                    "",
                    Evidence.COUNT_ONLY,
                    "spring.ai.retry.max-attempts: 0 (it counts only the retries, not the first attempt)"),
            new RetryingLayer(
                    "LangChain4j",
                    List.of(
                            "dev.langchain4j.model.chat.ChatModel",
                            "dev.langchain4j.model.language.LanguageModel",
                            "dev.langchain4j.model.embedding.EmbeddingModel",
                            "dev.langchain4j.model.image.ImageModel",
                            "dev.langchain4j.model.moderation.ModerationModel",
                            "dev.langchain4j.model.scoring.ScoringModel",
                            "dev.langchain4j.model.audio.AudioTranscriptionModel",
                            "dev.langchain4j.model.audio.TextToSpeechModel"),
                    "maxRetries+1|maximumRetries+1",
                    "",
                    Evidence.COUNT_ONLY,
                    ".maxRetries(0) on the model's builder, or the property max-retries: 0 of the model"),
            attempts(
                    "The Google GenAI SDK",
                    List.of("com.google.genai.Client"),
                    "apiClient.httpOptions.retryOptions.attempts",
                    ".retryOptions(HttpRetryOptions.builder().attempts(1)) in its HttpOptions"),
            retries(
                    "The Cohere SDK",
                    List.of("com.cohere.api.Cohere", "com.cohere.api.AsyncCohere"),
                    "clientOptions.maxRetries",
                    OPENAI_REMEDY),
            retries(
                    "The Square SDK",
                    List.of("com.squareup.square.SquareClient", "com.squareup.square.AsyncSquareClient"),
                    "clientOptions.maxRetries",
                    OPENAI_REMEDY),
            retries(
                    "The Auth0 SDK",
                    List.of("com.auth0.client.mgmt.ManagementApi", "com.auth0.client.mgmt.AsyncManagementApi"),
                    "clientOptions.maxRetries",
                    OPENAI_REMEDY),
            retries(
                    "The Google Maps client",
                    List.of("com.google.maps.GeoApiContext"),
                    "maxRetries",
                    ".disableRetries() on the builder of its GeoApiContext"),
            new RetryingLayer(
                    "Feign", List.of("feign.Retryer"), "maxAttempts", NEVER_RETRY, Evidence.BEAN, FEIGN_REMEDY),
            new RetryingLayer(
                    "Feign",
                    List.of("feign.ReflectiveFeign$FeignInvocationHandler"),
                    "dispatch.methodHandlerConfiguration.retryer.maxAttempts",
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
                    List.of(
                            "com.google.api.gax.core.BackgroundResource",
                            "com.google.cloud.bigtable.data.v2.BigtableDataClient"),
                    "",
                    ".applyToAllUnaryMethods(call -> { call.setRetryableCodes(); return null; }) in its settings"),
            attempts(
                    "Google's Spanner client",
                    List.of("com.google.cloud.spanner.Spanner"),
                    "",
                    ".getSpannerStubSettingsBuilder().applyToAllUnaryMethods(call -> { call.setRetryableCodes(); return"
                            + " null; }) on its options"),
            attempts(
                    "The Azure SDK",
                    List.of(AZURE_CLIENTS),
                    "",
                    ".retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO))) on its builder, over AMQP"
                            + " .retryOptions(new AmqpRetryOptions().setMaxRetries(0))"),
            attempts(
                    "The Azure Cosmos DB SDK",
                    List.of("com.azure.cosmos.CosmosClient", "com.azure.cosmos.CosmosAsyncClient"),
                    "",
                    ".throttlingRetryOptions(new ThrottlingRetryOptions().setMaxRetryAttemptsOnThrottledRequests(0)) on"
                            + " its builder, for throttled requests"),
            retries(
                    "The Stripe SDK",
                    List.of("com.stripe.StripeClient"),
                    "responseGetter.options.maxNetworkRetries",
                    ".setMaxNetworkRetries(0) on its builder"),
            new RetryingLayer(
                    "The Couchbase SDK",
                    List.of("com.couchbase.client.java.Cluster"),
                    "environment.retryStrategy.none",
                    "com.couchbase.client.core.retry.FailFastRetryStrategy",
                    Evidence.COUNT,
                    "ClusterEnvironment.builder().retryStrategy(FailFastRetryStrategy.INSTANCE)"),
            new RetryingLayer(
                    "Kafka's producer",
                    List.of("org.springframework.kafka.core.KafkaTemplate"),
                    "",
                    "",
                    Evidence.USE,
                    "spring.kafka.producer.retries: 0. It is better to leave them enabled and to apply no"
                            + " policy to sending"));

    /** A library that is used through static methods, without a bean. */
    static final RetryingLayer STRIPE = retries(
            "The Stripe SDK", List.of("com.stripe.Stripe"), "getMaxNetworkRetries", "Stripe.setMaxNetworkRetries(0)");

    private static RetryingLayer attempts(String library, List<String> types, String count, String remedy) {
        return new RetryingLayer(library, types, count, "", Evidence.COUNT, remedy);
    }

    private static RetryingLayer retries(String library, List<String> types, String count, String remedy) {
        return new RetryingLayer(library, types, count + "+1", "", Evidence.COUNT, remedy);
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
        RetryingLayer named = BY_NAME.get(type);
        return named == null && isAzureClient(type) ? BY_NAME.get(AZURE_CLIENTS) : named;
    }

    private static boolean isAzureClient(String type) {
        return type.startsWith("com.azure.")
                && type.endsWith("Client")
                && !type.endsWith(AZURE_RECEIVERS)
                && NOT_AZURE_CLIENTS.stream().noneMatch(type::startsWith);
    }

    /**
     * Returns the number of attempts per call.
     *
     * @param layer an object of the library, or a class with static methods
     * @return 1 if it does not retry, {@link #UNLIMITED}, or {@link #UNKNOWN}
     */
    int attempts(Object layer) {
        if (layer.getClass().getName().equals(off)) {
            return 1;
        }
        for (String path : count.isEmpty() ? new String[0] : count.split("\\|")) {
            int attempts = attempts(layer, path);
            if (attempts != UNKNOWN) {
                return attempts;
            }
        }
        return UNKNOWN;
    }

    private int attempts(Object layer, String path) {
        boolean countsRetries = path.endsWith("+1");
        Object value = layer;
        for (String step : (countsRetries ? path.substring(0, path.length() - 2) : path).split("\\.")) {
            if (value != null && value.getClass().getName().equals(off)) {
                return 1;
            }
            value = value == null ? null : read(value, step);
        }
        long number = value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
        if (number < 0) {
            return UNKNOWN;
        }
        return number > MOST ? UNLIMITED : (int) (countsRetries ? number + 1 : number);
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
