package dev.retrykit.spring.observe.layers;

import dev.retrykit.spring.observe.layers.RetryingLayer.Evidence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The libraries with built-in retries. */
final class RetryingLibraries {

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

    private static final List<RetryingLayer> ALL = List.of(
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

    private RetryingLibraries() {}

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
}
