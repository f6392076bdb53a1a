package dev.retrykit.spring.client;

import dev.retrykit.spring.client.ClientMade.Api;
import dev.retrykit.spring.client.RetriedCalls.Sender;
import java.net.URI;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The requests of tables: a POST has a body. */
final class Requests {

    static final String BODY = "a body";

    private Requests() {}

    static RestClient.RequestHeadersSpec<?> of(RestClient client, HttpMethod method, String url) {
        RestClient.RequestBodySpec request = client.method(method).uri(url);
        return method.equals(HttpMethod.POST) ? request.body(BODY) : request;
    }

    static WebClient.RequestHeadersSpec<?> of(WebClient client, HttpMethod method, String url) {
        WebClient.RequestBodySpec request = client.method(method).uri(url);
        return method.equals(HttpMethod.POST) ? request.bodyValue(BODY) : request;
    }

    static Sender<String> plain(RestClient client) {
        return (method, url) -> of(client, method, url).retrieve().body(String.class);
    }

    static Sender<String> plain(RestTemplate client) {
        return (method, url) -> client.exchange(
                        url,
                        method,
                        method.equals(HttpMethod.POST) ? new HttpEntity<>(BODY) : HttpEntity.EMPTY,
                        String.class)
                .getBody();
    }

    static Sender<Mono<String>> plain(WebClient client) {
        return (method, url) -> of(client, method, url).retrieve().bodyToMono(String.class);
    }

    static String plain(Api api, HttpMethod method, String url) {
        return method.equals(HttpMethod.GET) ? api.get(URI.create(url)) : api.post(URI.create(url), BODY);
    }
}
