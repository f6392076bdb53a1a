package dev.retrykit.spring.client;

import dev.retrykit.spring.client.RetriedCalls.ApiException;
import dev.retrykit.spring.client.RetriedCalls.Client;
import dev.retrykit.spring.client.RetriedCalls.Sender;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResponseErrorHandler;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;

/** What applications make of a bad answer before a policy sees it. */
enum Translation {
    RAW(true),
    WRAPPED(true),
    /** By an exception that doesn't carry the client's. */
    REPLACED(true),
    BY_A_STATUS_HANDLER(false),
    BY_A_DEFAULT_STATUS_HANDLER(false),
    BY_EXCHANGE(false),
    BY_AN_ERROR_HANDLER(false),
    IN_A_STAGE(true),
    IN_A_STAGE_OF_A_WEB_CLIENT(true),
    BY_A_SERVICE_INTERFACE(false);

    private final boolean ofFailures;

    Translation(boolean ofFailures) {
        this.ofFailures = ofFailures;
    }

    /** Whether it concerns a body that couldn't be read, too, and not only an answer whose status is bad. */
    boolean isOfFailures() {
        return ofFailures;
    }

    /** Whether the client's exception is still there. */
    boolean isLossless() {
        return this == RAW || this == WRAPPED;
    }

    /** The clients with which an application can do so. */
    List<Client> clients(ApplicationContext app, Transport transport) {
        RestClient.Builder rest = app.getBean(RestClient.Builder.class);
        RestTemplateBuilder template = app.getBean(RestTemplateBuilder.class);
        WebClient.Builder web = app.getBean(WebClient.Builder.class);
        List<Client> clients = switch (this) {
            case RAW, WRAPPED, REPLACED ->
                List.of(
                        blocking("RestClient", around(Requests.plain(rest.build()))),
                        blocking("RestTemplate", around(Requests.plain(template.build()))),
                        reactive(aroundLater(Requests.plain(web.build()))));
            case BY_A_STATUS_HANDLER ->
                List.of(blocking("RestClient", handled(rest.build())), reactive(handled(web.build())));
            case BY_A_DEFAULT_STATUS_HANDLER ->
                List.of(
                        blocking("RestClient", Requests.plain(withHandler(rest).build())),
                        reactive(Requests.plain(withHandler(web).build())));
            case BY_EXCHANGE ->
                List.of(blocking("RestClient", exchanged(rest.build())), reactive(exchanged(web.build())));
            case BY_AN_ERROR_HANDLER ->
                List.of(blocking("RestTemplate", Requests.plain(withErrorHandler(template.build()))));
            case IN_A_STAGE -> List.of(staged("RestClient", inStage(Requests.plain(rest.build()))));
            case IN_A_STAGE_OF_A_WEB_CLIENT -> List.of(staged("WebClient", future(web.build())));
            case BY_A_SERVICE_INTERFACE -> List.of(blocking("interface", service(rest)));
        };
        return clients.stream()
                .filter(client -> transport.isReactive() || !client.name().startsWith("WebClient"))
                .toList();
    }

    /** The same client, whose application throws exceptions of its own. */
    @SuppressWarnings("unchecked")
    static Client replaced(Client client) {
        return client.kind() == RetriedCalls.Kind.BLOCKING
                ? REPLACED.blocking(client.name(), REPLACED.around((Sender<String>) client.sender()))
                : REPLACED.reactive(REPLACED.aroundLater((Sender<Mono<String>>) client.sender()));
    }

    private Client blocking(String client, Sender<String> sender) {
        return Client.blocking(client + " " + this, sender);
    }

    private Client reactive(Sender<Mono<String>> sender) {
        return Client.reactive("WebClient " + this, sender);
    }

    private Client staged(String client, Sender<CompletableFuture<String>> sender) {
        return Client.staged(client + " " + this, sender);
    }

    private Sender<String> around(Sender<String> sender) {
        return (method, url) -> {
            try {
                return sender.send(method, url);
            } catch (RestClientException failure) {
                throw this == RAW ? failure : (ApiException) translated(failure);
            }
        };
    }

    private Throwable translated(Throwable failure) {
        return switch (this) {
            case RAW -> failure;
            case WRAPPED -> new ApiException(failure);
            default -> new ApiException();
        };
    }

    private Sender<Mono<String>> aroundLater(Sender<Mono<String>> sender) {
        return (method, url) -> sender.send(method, url).onErrorMap(this::translated);
    }

    private static Sender<String> handled(RestClient client) {
        return (method, url) -> Requests.of(client, method, url)
                .retrieve()
                .onStatus(HttpStatusCode::isError, (request, response) -> {
                    throw new ApiException();
                })
                .body(String.class);
    }

    private static Sender<Mono<String>> handled(WebClient client) {
        return (method, url) -> Requests.of(client, method, url)
                .retrieve()
                .onStatus(HttpStatusCode::isError, response -> Mono.error(new ApiException()))
                .bodyToMono(String.class);
    }

    private static Sender<String> exchanged(RestClient client) {
        return (method, url) -> Requests.of(client, method, url).exchange((request, response) -> {
            if (response.getStatusCode().isError()) {
                throw new ApiException();
            }
            return response.bodyTo(String.class);
        });
    }

    private static Sender<Mono<String>> exchanged(WebClient client) {
        return (method, url) -> Requests.of(client, method, url)
                .exchangeToMono(response -> response.statusCode().isError()
                        ? response.releaseBody().then(Mono.error(new ApiException()))
                        : response.bodyToMono(String.class));
    }

    private static RestTemplate withErrorHandler(RestTemplate template) {
        template.setErrorHandler(new ResponseErrorHandler() {
            @Override
            public boolean hasError(ClientHttpResponse response) throws java.io.IOException {
                return response.getStatusCode().isError();
            }

            @Override
            public void handleError(URI url, HttpMethod method, ClientHttpResponse response) {
                throw new ApiException();
            }
        });
        return template;
    }

    /** On the caller's thread: how attempts travel over threads is tested elsewhere. */
    private static Sender<CompletableFuture<String>> inStage(Sender<String> sender) {
        return (method, url) -> CompletableFuture.completedFuture("")
                .thenApply(nothing -> sender.send(method, url))
                .handle(Translation::orReplaced);
    }

    private static Sender<CompletableFuture<String>> future(WebClient client) {
        return (method, url) ->
                Requests.plain(client).send(method, url).toFuture().handle(Translation::orReplaced);
    }

    private static String orReplaced(String answer, Throwable failure) {
        if (failure != null) {
            throw new ApiException();
        }
        return answer;
    }

    private static RestClient.Builder withHandler(RestClient.Builder builder) {
        return builder.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
            throw new ApiException();
        });
    }

    private static WebClient.Builder withHandler(WebClient.Builder builder) {
        return builder.defaultStatusHandler(HttpStatusCode::isError, response -> Mono.error(new ApiException()));
    }

    private static Sender<String> service(RestClient.Builder builder) {
        ClientMade.Api api = HttpServiceProxyFactory.builderFor(
                        RestClientAdapter.create(withHandler(builder).build()))
                .build()
                .createClient(ClientMade.Api.class);
        return (method, url) -> Requests.plain(api, method, url);
    }
}
