package dev.retrykit.spring.client;

import java.net.URI;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.JettyClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.registry.ImportHttpServices;

/** How applications come to their clients, with transports that they make by hand as they like. */
enum ClientWay {
    BUILDER(None.class, context -> context.getBean(RestClient.Builder.class)),
    OWN_FACTORY_BUILDER(FactoryBuilder.class, context -> context.getBean(RestClient.Builder.class)),
    OWN_LAMBDA_FACTORY_BUILDER(LambdaFactoryBuilder.class, context -> context.getBean(RestClient.Builder.class)),
    FACTORY_BY_CUSTOMIZER(FactoryCustomizer.class, context -> context.getBean(RestClient.Builder.class)),
    FACTORY_ON_INJECTED_BUILDER(
            None.class, context -> context.getBean(RestClient.Builder.class).requestFactory(factory(context))),
    FACTORY_AFTER_MUTATE(
            None.class,
            context ->
                    context.getBean(RestClient.Builder.class).build().mutate().requestFactory(factory(context))),
    CONFIGURED_BUILDER(
            None.class,
            context -> context.getBean(RestClientBuilderConfigurer.class)
                    .configure(RestClient.builder().requestFactory(factory(context)))),
    OWN_BUILDER_BEAN(BuilderBean.class, context -> context.getBean(RestClient.Builder.class)),
    CLONED_BUILDER(
            None.class,
            context -> context.getBean(RestClient.Builder.class)
                    .clone()
                    .apply(builder -> builder.requestFactory(factory(context)))),
    REST_CLIENT_BEAN(ClientBean.class, null),
    DEFAULT_REST_CLIENT_BEAN(DefaultClientBean.class, null),
    REST_TEMPLATE_BEAN(TemplateBean.class, null),
    REST_TEMPLATE_BUILDER(None.class, null),
    OWN_REST_TEMPLATE_BUILDER(TemplateBuilderBean.class, null),
    SERVICE_OVER_CLIENT_BEAN(ClientBean.class, null),
    SERVICE_GROUP(Group.class, null),
    WEB_CLIENT_BUILDER(None.class, null),
    WEB_CLIENT_CONNECTOR_ON_INJECTED_BUILDER(None.class, null),
    OWN_CONNECTOR_BUILDER(ConnectorBuilder.class, null),
    WEB_CLIENT_BEAN(WebClientBean.class, null),
    DEFAULT_WEB_CLIENT_BEAN(DefaultWebClientBean.class, null);

    /** Makes the builder of a {@code RestClient}. */
    interface Made {
        RestClient.Builder builder(ApplicationContext context);
    }

    private final Class<?> configuration;
    private final Made made;

    ClientWay(Class<?> configuration, Made made) {
        this.configuration = configuration;
        this.made = made;
    }

    ApplicationContextRunner declare(ApplicationContextRunner app) {
        return app.withUserConfiguration(configuration);
    }

    boolean has(String transport) {
        boolean chosenBySpring = this == DEFAULT_REST_CLIENT_BEAN || this == DEFAULT_WEB_CLIENT_BEAN;
        boolean isReactive = name().contains("WEB_CLIENT") || this == OWN_CONNECTOR_BUILDER;
        return chosenBySpring ? transport.equals("jdk") : !isReactive || !transport.equals("simple");
    }

    String send(ApplicationContext context, HttpMethod method, URI uri) {
        return switch (this) {
            case REST_CLIENT_BEAN, DEFAULT_REST_CLIENT_BEAN -> send(context.getBean(RestClient.class), method, uri);
            case REST_TEMPLATE_BEAN -> send(context.getBean(RestTemplate.class), method, uri);
            case REST_TEMPLATE_BUILDER ->
                send(
                        context.getBean(RestTemplateBuilder.class)
                                .requestFactory(() -> factory(context))
                                .build(),
                        method,
                        uri);
            case OWN_REST_TEMPLATE_BUILDER ->
                send(context.getBean(RestTemplateBuilder.class).build(), method, uri);
            case SERVICE_OVER_CLIENT_BEAN ->
                send(
                        HttpServiceProxyFactory.builderFor(RestClientAdapter.create(context.getBean(RestClient.class)))
                                .build()
                                .createClient(Service.class),
                        method,
                        uri);
            case SERVICE_GROUP -> send(context.getBean(Service.class), method, uri);
            case WEB_CLIENT_BUILDER, OWN_CONNECTOR_BUILDER ->
                send(context.getBean(WebClient.Builder.class).build(), method, uri);
            case WEB_CLIENT_CONNECTOR_ON_INJECTED_BUILDER ->
                send(
                        context.getBean(WebClient.Builder.class)
                                .clientConnector(connector(context))
                                .build(),
                        method,
                        uri);
            case WEB_CLIENT_BEAN, DEFAULT_WEB_CLIENT_BEAN -> send(context.getBean(WebClient.class), method, uri);
            default -> send(made.builder(context).build(), method, uri);
        };
    }

    private static String send(RestClient client, HttpMethod method, URI uri) {
        RestClient.RequestBodySpec request = client.method(method).uri(uri);
        return (method.equals(HttpMethod.POST) ? request.body("x") : request)
                .retrieve()
                .body(String.class);
    }

    private static String send(RestTemplate template, HttpMethod method, URI uri) {
        return method.equals(HttpMethod.POST)
                ? template.postForObject(uri, "x", String.class)
                : template.getForObject(uri, String.class);
    }

    private static String send(WebClient client, HttpMethod method, URI uri) {
        WebClient.RequestBodySpec request = client.method(method).uri(uri);
        return (method.equals(HttpMethod.POST) ? request.bodyValue("x") : request)
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }

    private static String send(Service service, HttpMethod method, URI uri) {
        return method.equals(HttpMethod.POST) ? service.post(uri, "x") : service.get(uri);
    }

    /** As an application makes it that knows nothing of Spring Boot. */
    private static ClientHttpRequestFactory factory(ApplicationContext context) {
        return factory(context.getEnvironment());
    }

    private static ClientHttpRequestFactory factory(Environment environment) {
        return switch (environment.getRequiredProperty("test.transport")) {
            case "http-components" -> new HttpComponentsClientHttpRequestFactory();
            case "jetty" -> new JettyClientHttpRequestFactory();
            case "reactor" -> new ReactorClientHttpRequestFactory();
            case "simple" -> new SimpleClientHttpRequestFactory();
            default -> new JdkClientHttpRequestFactory();
        };
    }

    private static ClientHttpConnector connector(ApplicationContext context) {
        return connector(context.getEnvironment());
    }

    private static ClientHttpConnector connector(Environment environment) {
        return switch (environment.getRequiredProperty("test.transport")) {
            case "http-components" -> new HttpComponentsClientHttpConnector();
            case "jetty" -> new JettyClientHttpConnector();
            case "reactor" -> new ReactorClientHttpConnector();
            default -> new JdkClientHttpConnector();
        };
    }

    private static ClientHttpRequestFactoryBuilder<?> sized(Environment environment) {
        return switch (environment.getRequiredProperty("test.transport")) {
            case "http-components" ->
                ClientHttpRequestFactoryBuilder.httpComponents()
                        .withConnectionManagerCustomizer(pool -> pool.setMaxConnPerRoute(50));
            case "jetty" -> ClientHttpRequestFactoryBuilder.jetty();
            case "reactor" -> ClientHttpRequestFactoryBuilder.reactor();
            case "simple" -> ClientHttpRequestFactoryBuilder.simple();
            default -> ClientHttpRequestFactoryBuilder.jdk();
        };
    }

    @HttpExchange
    interface Service {

        @GetExchange
        String get(URI uri);

        @PostExchange
        String post(URI uri, @RequestBody String body);
    }

    @Configuration(proxyBeanMethods = false)
    static class None {}

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "services", types = Service.class)
    static class Group {}

    @Configuration(proxyBeanMethods = false)
    static class FactoryBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<?> http(Environment environment) {
            return sized(environment);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LambdaFactoryBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> http(Environment environment) {
            return settings -> factory(environment);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FactoryCustomizer {

        @Bean
        RestClientCustomizer http(Environment environment) {
            return builder -> builder.requestFactory(factory(environment));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BuilderBean {

        @Bean
        RestClient.Builder http(Environment environment) {
            return RestClient.builder().requestFactory(factory(environment));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClientBean {

        @Bean
        RestClient http(Environment environment) {
            return RestClient.create(new RestTemplate(factory(environment)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefaultClientBean {

        @Bean
        RestClient http() {
            return RestClient.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TemplateBean {

        @Bean
        RestTemplate http(Environment environment) {
            return new RestTemplate(factory(environment));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TemplateBuilderBean {

        @Bean
        RestTemplateBuilder http(Environment environment) {
            return new RestTemplateBuilder().requestFactory(() -> factory(environment));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ConnectorBuilder {

        @Bean
        ClientHttpConnectorBuilder<?> http(Environment environment) {
            return switch (environment.getRequiredProperty("test.transport")) {
                case "http-components" -> ClientHttpConnectorBuilder.httpComponents();
                case "jetty" -> ClientHttpConnectorBuilder.jetty();
                case "reactor" -> ClientHttpConnectorBuilder.reactor();
                default -> ClientHttpConnectorBuilder.jdk();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WebClientBean {

        @Bean
        WebClient http(Environment environment) {
            return WebClient.builder().clientConnector(connector(environment)).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefaultWebClientBean {

        @Bean
        WebClient http() {
            return WebClient.create();
        }
    }
}
