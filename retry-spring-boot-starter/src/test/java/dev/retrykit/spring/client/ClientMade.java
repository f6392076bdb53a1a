package dev.retrykit.spring.client;

import dev.retrykit.spring.client.RetriedCalls.Client;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;

/** How an application comes to its clients. */
enum ClientMade {
    BY_BOOT,
    BY_A_TYPED_BUILDER_BEAN,
    BY_AN_UNTYPED_BUILDER_BEAN,
    BY_A_CUSTOMIZER,
    BY_THE_INJECTED_BUILDER,
    BY_HAND,
    AS_A_GROUP,
    AS_A_GROUP_OVER_AN_UNTYPED_BUILDER_BEAN;

    /** Clients of Spring Boot's builders, as a service's constructor makes them. */
    static class Built {

        final RestClient restClient;
        final RestTemplate restTemplate;
        final WebClient webClient;

        Built(RestClient.Builder restClient, RestTemplateBuilder restTemplate, WebClient.Builder webClient) {
            this.restClient = restClient.build();
            this.restTemplate = restTemplate.build();
            this.webClient = webClient.build();
        }
    }

    /** The same, over an own transport. */
    static class Sized extends Built {

        Sized(
                RestClient.Builder restClient,
                RestTemplateBuilder restTemplate,
                WebClient.Builder webClient,
                Transports transports) {
            super(
                    restClient.requestFactory(transports.factory()),
                    restTemplate.requestFactoryBuilder(settings -> transports.factory()),
                    transports.connector() == null ? webClient : webClient.clientConnector(transports.connector()));
        }
    }

    /** A holder, because neither is to be a bean by itself. */
    record Transports(ClientHttpRequestFactory factory, ClientHttpConnector connector) {}

    @Configuration(proxyBeanMethods = false)
    static class ByHand {

        @Bean
        RestClient restClient(Transports transports) {
            return RestClient.builder().requestFactory(transports.factory()).build();
        }

        @Bean
        RestTemplate restTemplate(Transports transports) {
            return new RestTemplate(transports.factory());
        }

        @Bean
        WebClient webClient(Transports transports) {
            return transports.connector() == null
                    ? WebClient.create()
                    : WebClient.builder()
                            .clientConnector(transports.connector())
                            .build();
        }
    }

    @HttpExchange
    interface Api {

        @GetExchange
        String get(URI url);

        @PostExchange
        String post(URI url, @RequestBody String body);
    }

    @HttpExchange
    interface LaterApi {

        @GetExchange
        Mono<String> get(URI url);

        @PostExchange
        Mono<String> post(URI url, @RequestBody String body);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "blocking", types = Api.class)
    @ImportHttpServices(group = "reactive", types = LaterApi.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
    static class Groups {}

    boolean isGroup() {
        return this == AS_A_GROUP || this == AS_A_GROUP_OVER_AN_UNTYPED_BUILDER_BEAN;
    }

    /** Whether the transport came ready-made: then nothing can be set in it any more. */
    boolean isReady() {
        return this == BY_AN_UNTYPED_BUILDER_BEAN
                || this == AS_A_GROUP_OVER_AN_UNTYPED_BUILDER_BEAN
                || this == BY_A_CUSTOMIZER
                || this == BY_THE_INJECTED_BUILDER
                || this == BY_HAND;
    }

    /** Adds what the application declares. */
    ApplicationContextRunner declare(ApplicationContextRunner app, Transport transport, Transport.Made made) {
        return switch (this) {
            case BY_BOOT -> app.withPropertyValues(transport.properties()).withBean(Built.class);
            case BY_A_TYPED_BUILDER_BEAN -> typed(app, transport).withBean(Built.class);
            case BY_AN_UNTYPED_BUILDER_BEAN -> untyped(app, transport, made).withBean(Built.class);
            case BY_A_CUSTOMIZER -> customized(app, transports(transport, made)).withBean(Built.class);
            case BY_THE_INJECTED_BUILDER ->
                app.withBean(Transports.class, () -> transports(transport, made))
                        .withBean(Sized.class);
            case BY_HAND ->
                app.withBean(Transports.class, () -> transports(transport, made))
                        .withUserConfiguration(ByHand.class);
            case AS_A_GROUP -> app.withPropertyValues(transport.properties()).withUserConfiguration(Groups.class);
            case AS_A_GROUP_OVER_AN_UNTYPED_BUILDER_BEAN ->
                untyped(app, transport, made).withUserConfiguration(Groups.class);
        };
    }

    private static Transports transports(Transport transport, Transport.Made made) {
        return new Transports(made.factory(), transport.isReactive() ? made.connector() : null);
    }

    private static ApplicationContextRunner typed(ApplicationContextRunner app, Transport transport) {
        ApplicationContextRunner blocking = bean(app, transport.builder());
        return transport.isReactive() ? bean(blocking, transport.connectorBuilder()) : blocking;
    }

    @SuppressWarnings("unchecked")
    private static <T> ApplicationContextRunner bean(ApplicationContextRunner app, T builder) {
        return app.withBean("own" + builder.getClass().getSimpleName(), (Class<T>) builder.getClass(), () -> builder);
    }

    private static ApplicationContextRunner untyped(
            ApplicationContextRunner app, Transport transport, Transport.Made made) {
        ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> factories = settings -> made.factory();
        ApplicationContextRunner blocking =
                app.withBean("ownFactories", ClientHttpRequestFactoryBuilder.class, () -> factories);
        ClientHttpConnectorBuilder<ClientHttpConnector> connectors = settings -> made.connector();
        return transport.isReactive()
                ? blocking.withBean("ownConnectors", ClientHttpConnectorBuilder.class, () -> connectors)
                : blocking;
    }

    private static ApplicationContextRunner customized(ApplicationContextRunner app, Transports transports) {
        RestClientCustomizer restClient = builder -> builder.requestFactory(transports.factory());
        RestTemplateCustomizer restTemplate = template -> template.setRequestFactory(transports.factory());
        WebClientCustomizer webClient = builder -> builder.clientConnector(transports.connector());
        ApplicationContextRunner blocking = app.withBean(RestClientCustomizer.class, () -> restClient)
                .withBean(RestTemplateCustomizer.class, () -> restTemplate);
        return transports.connector() == null
                ? blocking
                : blocking.withBean(WebClientCustomizer.class, () -> webClient);
    }

    /** The clients of an application. */
    List<Client> clients(ApplicationContext app, Transport transport) {
        if (isGroup()) {
            List<Client> clients = new ArrayList<>(List.of(service(app.getBean(Api.class))));
            if (transport.isReactive()) {
                clients.add(service(app.getBean(LaterApi.class)));
            }
            return clients;
        }
        boolean byHand = this == BY_HAND;
        Built built = byHand ? null : app.getBean(Built.class);
        RestClient restClient = byHand ? app.getBean(RestClient.class) : built.restClient;
        RestTemplate restTemplate = byHand ? app.getBean(RestTemplate.class) : built.restTemplate;
        WebClient webClient = byHand ? app.getBean(WebClient.class) : built.webClient;
        List<Client> clients = new ArrayList<>();
        clients.add(Client.blocking("RestClient", Requests.plain(restClient)));
        clients.add(Client.blocking("RestTemplate", Requests.plain(restTemplate)));
        if (transport.isReactive()) {
            clients.add(Client.reactive("WebClient", Requests.plain(webClient)));
        }
        return clients;
    }

    private static Client service(Api api) {
        return Client.blocking("RestClient interface", (method, url) -> Requests.plain(api, method, url));
    }

    private static Client service(LaterApi api) {
        return Client.reactive(
                "WebClient interface",
                (method, url) -> method.equals(HttpMethod.GET)
                        ? api.get(URI.create(url))
                        : api.post(URI.create(url), Requests.BODY));
    }
}
