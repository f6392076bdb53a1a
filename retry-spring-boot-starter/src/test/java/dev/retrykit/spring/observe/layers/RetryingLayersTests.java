package dev.retrykit.spring.observe.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.Apps;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

/** Libraries that retry by themselves are named at the start. */
@Tag("startup")
@ExtendWith(OutputCaptureExtension.class)
class RetryingLayersTests {

    private static final String POLICY = "retrykit.policies.inventory:";

    /** Reduced to what is looked at. */
    private static final StandIns LIBRARIES = new StandIns(Map.ofEntries(
            Map.entry("software.amazon.awssdk.core.SdkClient", """
                    public interface SdkClient {
                        default Configuration serviceClientConfiguration() { throw new UnsupportedOperationException(); }
                        record Configuration(Override overrideConfiguration) {}
                        record Override(
                            java.util.Optional<Policy> retryPolicy, java.util.Optional<Strategy> retryStrategy) {}
                        record Strategy(int maxAttempts) {}
                        record Policy(int numRetries) {}
                        record Sqs(int attempts) implements SdkClient {
                            public Configuration serviceClientConfiguration() {
                                return new Configuration(new Override(
                                    java.util.Optional.empty(), java.util.Optional.of(new Strategy(attempts))));
                            }
                        }
                        record Configured(int retries, int attempts) implements SdkClient {
                            public Configuration serviceClientConfiguration() {
                                return new Configuration(new Override(java.util.Optional.of(new Policy(retries)),
                                    java.util.Optional.of(new Strategy(attempts))));
                            }
                        }
                        final class Unreadable implements SdkClient {
                            public static int made;
                            public Unreadable() { made++; }
                        }
                    }"""),
            Map.entry("com.openai.client.OpenAIClient", """
                    public interface OpenAIClient {
                        final class Impl implements OpenAIClient {
                            private final Options clientOptions;
                            public Impl(int retries) { clientOptions = new Options(retries); }
                        }
                        record Options(int maxRetries) {}
                    }"""),
            Map.entry("org.springframework.ai.retry.autoconfigure.SpringAiRetryProperties", """
                    public class SpringAiRetryProperties {
                        public int getMaxAttempts() { return 10; }
                    }"""),
            Map.entry("org.springframework.ai.model.Model", """
                    public interface Model {
                        final class Ollama implements Model {
                            private final Retries retryTemplate;
                            public Ollama(int retries) { retryTemplate = new Retries(retries); }
                        }
                        final class OnnxEmbedding implements Model {}
                        record Retries(long getMaxAttempts) {
                            public Retries getRetryPolicy() { return this; }
                            public Retries getBackOff() { return this; }
                        }
                    }"""),
            Map.entry("org.springframework.ai.openai.OpenAiChatModel", """
                    public class OpenAiChatModel {
                        private final Client openAiClient;
                        public OpenAiChatModel(int retries) { openAiClient = new Client(new Options(retries)); }
                        record Client(Options clientOptions) {}
                        record Options(int maxRetries) {}
                    }"""),
            Map.entry("dev.langchain4j.model.chat.ChatModel", """
                    public interface ChatModel {
                        final class OpenAi implements ChatModel {
                            private final Integer maxRetries;
                            public OpenAi(int retries) { maxRetries = retries; }
                        }
                        final class Gemini implements ChatModel {
                            private final Integer maximumRetries;
                            public Gemini(int retries) { maximumRetries = retries; }
                        }
                        final class Local implements ChatModel {}
                    }"""),
            Map.entry("software.amazon.awssdk.services.s3.internal.crt.S3CrtAsyncClient", """
                    public interface S3CrtAsyncClient { final class Impl implements S3CrtAsyncClient {} }"""),
            Map.entry("com.azure.core.http.netty.NettyAsyncHttpClient", "public class NettyAsyncHttpClient {}"),
            Map.entry(
                    "com.azure.messaging.servicebus.ServiceBusProcessorClient",
                    "public class ServiceBusProcessorClient {}"),
            Map.entry("com.azure.cosmos.CosmosClient", "public class CosmosClient {}"),
            Map.entry("feign.Retryer", """
                    public interface Retryer {
                        Retryer NEVER_RETRY = new Retryer() {};
                        class Default implements Retryer { private final int maxAttempts = 5; }
                        class Own implements Retryer {}
                    }"""),
            Map.entry("feign.ReflectiveFeign", """
                    public class ReflectiveFeign {
                        public static class FeignInvocationHandler implements java.lang.reflect.InvocationHandler {
                            private final java.util.Map<String, Handler> dispatch;
                            public FeignInvocationHandler(Retryer retryer) {
                                dispatch = java.util.Map.of("get", new Handler(new Configuration(retryer)));
                            }
                            public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
                                return method.getName().equals("hashCode") ? 7 : method.getName().equals("equals") ? false : null;
                            }
                        }
                        static class Handler {
                            private final Configuration methodHandlerConfiguration;
                            Handler(Configuration configuration) { methodHandlerConfiguration = configuration; }
                        }
                        static class Configuration {
                            private Retryer retryer;
                            Configuration(Retryer retryer) { this.retryer = retryer; }
                        }
                    }"""),
            Map.entry("org.springframework.cloud.client.loadbalancer.RetryLoadBalancerInterceptor", """
                    public class RetryLoadBalancerInterceptor {}"""),
            Map.entry("com.google.cloud.Service", """
                    public interface Service {
                        record Storage(int attempts) implements Service {
                            public Storage getOptions() { return this; }
                            public Storage getRetrySettings() { return this; }
                            public int getMaxAttempts() { return attempts; }
                        }
                    }"""),
            Map.entry("com.azure.storage.blob.BlobServiceClient", "public class BlobServiceClient {}"),
            Map.entry("com.couchbase.client.core.retry.FailFastRetryStrategy", """
                    public class FailFastRetryStrategy {}"""),
            Map.entry("com.couchbase.client.java.Cluster", """
                    public class Cluster {
                        private final Object strategy;
                        public Cluster(Object strategy) { this.strategy = strategy; }
                        public Cluster environment() { return this; }
                        public Object retryStrategy() { return strategy; }
                    }"""),
            Map.entry("org.springframework.kafka.core.KafkaTemplate", "public class KafkaTemplate {}")));

    private static final StandIns STRIPE = new StandIns(Map.of(
            "com.stripe.Stripe",
            "public class Stripe { public static int retries = 2;"
                    + " public static int getMaxNetworkRetries() { return retries; } }",
            "com.stripe.StripeClient",
            "public class StripeClient { private StripeClient responseGetter = this; private"
                    + " StripeClient options = this;"
                    + " private int maxNetworkRetries; }"));

    private static Object stripeClient() throws ReflectiveOperationException {
        return Class.forName("com.stripe.StripeClient", true, STRIPE)
                .getDeclaredConstructor()
                .newInstance();
    }

    private static Object make(String type, Object... arguments) {
        try {
            Constructor<?> constructor = Arrays.stream(
                            Class.forName(type, true, LIBRARIES).getDeclaredConstructors())
                    .filter(one -> one.getParameterCount() == arguments.length)
                    .findFirst()
                    .orElseThrow();
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException wrong) {
            throw new AssertionError(type, wrong);
        }
    }

    private static Object neverRetry() throws ReflectiveOperationException {
        return Class.forName("feign.Retryer", true, LIBRARIES)
                .getField("NEVER_RETRY")
                .get(null);
    }

    private static Object aws(int attempts) {
        return make("software.amazon.awssdk.core.SdkClient$Sqs", attempts);
    }

    @SuppressWarnings("unchecked")
    private static <T> void register(
            GenericApplicationContext context, String name, Object bean, BeanDefinitionCustomizer... customizers) {
        context.registerBean(name, (Class<T>) bean.getClass(), () -> (T) bean, customizers);
    }

    private static List<String> started(
            String yml, ClassLoader loader, CapturedOutput output, Map<String, Object> beans) {
        Apps.with(yml)
                .withClassLoader(loader)
                .withInitializer(context ->
                        beans.forEach((name, bean) -> register((GenericApplicationContext) context, name, bean)))
                .run(context -> assertThat(context).hasNotFailed());
        return lines(output);
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("dev.retrykit.layers"))
                .toList();
    }

    private static String started(CapturedOutput output, Object bean) {
        return String.join("\n", started(POLICY, LIBRARIES, output, Map.of("client", bean)));
    }

    @Test
    void aClientWithTheAttemptsThatItMakesAndTheRemedy(CapturedOutput output) {
        assertThat(started(output, aws(4)))
                .isEqualTo("WARN dev.retrykit.layers - The AWS SDK retries on its own, up to 4 attempts (bean"
                        + " 'client')."
                        + " Together with a policy, that makes two layers of retries: keep only one. To disable the"
                        + " library's retries:"
                        + " .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())) on its"
                        + " builder, or AWS_MAX_ATTEMPTS=1 (not for DynamoDB)");
    }

    @Test
    void severalClientsOfALibraryInOneLine(CapturedOutput output) {
        Map<String, Object> clients = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c", "d")) {
            clients.put(name, aws(name.equals("b") ? 9 : 4));
        }
        clients.put("off", aws(1));

        assertThat(started(POLICY, LIBRARIES, output, clients))
                .singleElement()
                .asString()
                .contains("up to 9 attempts (beans 'a', 'b', 'c' and 1 more)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.openai.client.OpenAIClient$Impl                                   | 2 | The OpenAI"
                        + " SDK retries on its own, up to 3 attempts | .maxRetries(0)",
                "org.springframework.ai.model.Model$Ollama                             | 10 | Spring AI"
                        + " retries on its own, up to 11 attempts | spring.ai.retry.max-attempts: 0",
                "org.springframework.ai.openai.OpenAiChatModel                         | 3 | The OpenAI"
                        + " SDK of Spring AI retries on its own, up to 4 attempts | spring.ai.openai.max-retries: 0",
                "dev.langchain4j.model.chat.ChatModel$OpenAi                           | 2 | LangChain4j"
                        + " retries on its own, up to 3 attempts | .maxRetries(0)",
                "dev.langchain4j.model.chat.ChatModel$Gemini                           | 2 | LangChain4j"
                        + " retries on its own, up to 3 attempts | .maxRetries(0)",
                "com.google.cloud.Service$Storage                                      | 6 | The Google"
                        + " Cloud SDK retries on its own, up to 6 attempts | ServiceOptions.getNoRetrySettings()",
                "com.google.cloud.Service$Storage                                      | 0 | The Google"
                        + " Cloud SDK retries on its own until a timeout | ServiceOptions.getNoRetrySettings()",
            })
    void whateverTellsHowOften(String type, int count, String text, String remedy, CapturedOutput output) {
        assertThat(started(output, make(type, count))).startsWith("WARN").contains(text, remedy);
    }

    @ParameterizedTest
    @CsvSource({
        "software.amazon.awssdk.core.SdkClient$Sqs, 1",
        "com.openai.client.OpenAIClient$Impl, 0",
        "org.springframework.ai.model.Model$Ollama, 0",
        "org.springframework.ai.openai.OpenAiChatModel, 0",
        "dev.langchain4j.model.chat.ChatModel$OpenAi, 0",
        "com.google.cloud.Service$Storage, 1"
    })
    void nothingThatIsSwitchedOff(String type, int count, CapturedOutput output) {
        assertThat(started(output, make(type, count))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "org.springframework.ai.model.Model$OnnxEmbedding",
        "org.springframework.ai.retry.autoconfigure.SpringAiRetryProperties",
        "dev.langchain4j.model.chat.ChatModel$Local",
        "com.azure.core.http.netty.NettyAsyncHttpClient",
        "com.azure.messaging.servicebus.ServiceBusProcessorClient"
    })
    void nothingThatOnlyLooksLikeAClientThatRetries(String type, CapturedOutput output) {
        assertThat(started(output, make(type))).isEmpty();
    }

    @Test
    void theOlderSettingOfAwsWherePresent(CapturedOutput output) {
        String type = "software.amazon.awssdk.core.SdkClient$Configured";
        assertThat(started(output, make(type, 0, 4))).isEmpty();
        assertThat(started(output, make(type, 5, 4))).startsWith("WARN").contains("up to 6 attempts");
    }

    @ParameterizedTest
    @CsvSource({
        "software.amazon.awssdk.services.s3.internal.crt.S3CrtAsyncClient$Impl, The S3 client of the AWS Common Runtime,"
                + " S3AsyncClient.builder()",
        "com.azure.cosmos.CosmosClient, The Azure Cosmos DB SDK, throttlingRetryOptions"
    })
    void aClientOfItsOwnKind(String type, String library, String remedy, CapturedOutput output) {
        assertThat(started(output, make(type))).startsWith("INFO").contains(library, remedy);
    }

    @Test
    void feignsRetryersUnlessTheyNeverRetry(CapturedOutput output) throws ReflectiveOperationException {
        assertThat(started(output, neverRetry())).isEmpty();
        assertThat(started(output, make("feign.Retryer$Default")))
                .startsWith("WARN")
                .contains("Feign retries on its own, up to 5 attempts");
        assertThat(started(output, make("feign.Retryer$Own"))).contains("Feign retries on its own (bean 'client')");
    }

    @Test
    void feignsClientsByWhatTheyWereBuiltWith(CapturedOutput output) throws ReflectiveOperationException {
        assertThat(started(output, feign(neverRetry()))).isEmpty();
        assertThat(started(output, feign(make("feign.Retryer$Default"))))
                .startsWith("WARN")
                .contains("Feign retries on its own, up to 5 attempts", "Feign.builder().retryer(Retryer.NEVER_RETRY)");
    }

    private static Object feign(Object retryer) {
        Object handler = make("feign.ReflectiveFeign$FeignInvocationHandler", retryer);
        return Proxy.newProxyInstance(LIBRARIES, new Class<?>[] {Runnable.class}, (InvocationHandler) handler);
    }

    @Test
    void whatIsThereOnlyIfItRetries(CapturedOutput output) {
        assertThat(started(output, make("org.springframework.cloud.client.loadbalancer.RetryLoadBalancerInterceptor")))
                .startsWith("WARN")
                .contains("Spring Cloud LoadBalancer retries on its own (bean 'client')")
                .endsWith("spring.cloud.loadbalancer.retry.enabled: false");
    }

    @Test
    void whatDoesNotTellIsNoWarning(CapturedOutput output) {
        assertThat(started(output, make("com.azure.storage.blob.BlobServiceClient")))
                .startsWith("INFO")
                .contains("The Azure SDK retries on its own unless configured otherwise (bean 'client')");
    }

    @Test
    void couchbaseUnlessItFailsFast(CapturedOutput output) {
        Object failFast = make("com.couchbase.client.core.retry.FailFastRetryStrategy");

        assertThat(started(output, make("com.couchbase.client.java.Cluster", failFast)))
                .isEmpty();
        assertThat(started(output, make("com.couchbase.client.java.Cluster", "best effort")))
                .startsWith("INFO");
    }

    @Test
    void kafkasProducerWhereSomebodyUsesIt(CapturedOutput output) {
        Object template = make("org.springframework.kafka.core.KafkaTemplate");
        assertThat(started(output, template)).isEmpty();

        Apps.with(POLICY)
                .withInitializer(context -> {
                    GenericApplicationContext beans = (GenericApplicationContext) context;
                    register(beans, "kafkaTemplate", template);
                    beans.getBeanFactory().registerDependentBean("kafkaTemplate", "orders");
                })
                .run(context -> assertThat(lines(output))
                        .singleElement()
                        .asString()
                        .startsWith("INFO")
                        .contains("Kafka's producer"));
    }

    @Test
    void staticClientsWhereTheirClassIsThere(CapturedOutput output) throws ReflectiveOperationException {
        assertThat(started(POLICY, STRIPE, output, Map.of()))
                .singleElement()
                .asString()
                .startsWith("INFO")
                .contains(
                        "The Stripe SDK retries on its own, up to 3 attempts (through its static methods)",
                        "Stripe.setMaxNetworkRetries(0)");
        Class.forName("com.stripe.Stripe", true, STRIPE).getField("retries").set(null, 0);
        assertThat(started(POLICY, STRIPE, output, Map.of())).hasSize(1);
    }

    /** It does not retry, and an application that uses it does not use the static methods. */
    @Test
    void noStaticClientsBesideAClientThatDoesNotRetry(CapturedOutput output) throws ReflectiveOperationException {
        assertThat(started(POLICY, STRIPE, output, Map.of("client", stripeClient())))
                .isEmpty();
    }

    @Test
    void aClientOfTheParentContextOfAPolicy(CapturedOutput output) {
        Apps.with("")
                .withClassLoader(LIBRARIES)
                .withInitializer(context -> register((GenericApplicationContext) context, "client", aws(4)))
                .run(parent -> Apps.with(POLICY)
                        .withClassLoader(LIBRARIES)
                        .withParent(parent)
                        .run(child -> assertThat(child).hasNotFailed()));

        assertThat(lines(output)).singleElement().asString().startsWith("WARN").contains("(bean 'client')");
    }

    @Test
    void aClientOfAChildContextOfAPolicyAndEachBeanOnce(CapturedOutput output) {
        Apps.with(POLICY)
                .withClassLoader(LIBRARIES)
                .withInitializer(context -> register((GenericApplicationContext) context, "outer", aws(4)))
                .run(parent -> Apps.with("")
                        .withClassLoader(LIBRARIES)
                        .withParent(parent)
                        .withInitializer(context -> register((GenericApplicationContext) context, "inner", aws(4)))
                        .run(child -> assertThat(child).hasNotFailed()));

        assertThat(lines(output)).hasSize(2);
        assertThat(lines(output).get(0)).contains("(bean 'outer')");
        assertThat(lines(output).get(1)).contains("(bean 'inner')");
    }

    @Test
    void nothingWithoutAPolicy(CapturedOutput output) {
        assertThat(started("retrykit.circuits.inventory:", LIBRARIES, output, Map.of("client", aws(4))))
                .isEmpty();
    }

    @Test
    void nothingWhereNoLibraryIsThere(CapturedOutput output) {
        assertThat(started(POLICY, getClass().getClassLoader(), output, Map.of("text", "text")))
                .isEmpty();
    }

    @Test
    void clientsBehindTwoProxies(CapturedOutput output) {
        Object inner = new ProxyFactory(feign(make("feign.Retryer$Default"))).getProxy(LIBRARIES);
        assertThat(started(output, new ProxyFactory(inner).getProxy(LIBRARIES)))
                .startsWith("WARN")
                .contains("Feign retries on its own, up to 5 attempts");
    }

    @Test
    void clientsBehindProxies(CapturedOutput output) {
        ProxyFactory proxies = new ProxyFactory(aws(4));

        assertThat(started(output, proxies.getProxy(LIBRARIES)))
                .startsWith("WARN")
                .contains("up to 4 attempts");
    }

    /** None is made, and none of its methods is called. */
    @Test
    void clientsThatAreNotMadeYet(CapturedOutput output) throws Exception {
        Class<?> type = Class.forName("software.amazon.awssdk.core.SdkClient$Unreadable", true, LIBRARIES);
        Callable<Integer> made = () -> (int) type.getField("made").get(null);
        int before = made.call();
        Apps.with(POLICY)
                .withInitializer(context -> {
                    GenericApplicationContext beans = (GenericApplicationContext) context;
                    beans.registerBean("lazy", type, definition -> definition.setLazyInit(true));
                    beans.registerBean(
                            "prototype", type, definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE));
                })
                .run(context -> {
                    assertThat(lines(output))
                            .singleElement()
                            .asString()
                            .startsWith("INFO")
                            .contains(
                                    "The AWS SDK retries on its own unless configured otherwise",
                                    "'lazy', 'prototype'");
                    assertThat(made.call()).isEqualTo(before);
                });
    }

    @Test
    void aClientThatCannotBeAskedStopsNothing(CapturedOutput output) {
        List<Object> unreadable = new ArrayList<>();
        unreadable.add(make("software.amazon.awssdk.core.SdkClient$Unreadable"));

        assertThat(started(output, unreadable.get(0))).startsWith("INFO").contains("The AWS SDK");
    }
}
