package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** A native image keeps what it takes to watch clients. */
class ClientRuntimeHintsTests {

    private final RuntimeHints hints = new RuntimeHints();

    ClientRuntimeHintsTests() {
        SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class)
                .stream()
                .filter(ClientRuntimeHints.class::isInstance)
                .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));
    }

    @Test
    void keepsTheProxiesOfBuildersAndClients() {
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(RestClient.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(RestClient.Builder.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(WebClient.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(WebClient.Builder.class))
                .accepts(hints);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.web.client.DefaultRestClientBuilder",
                "org.springframework.http.client.support.HttpAccessor",
                "org.springframework.http.client.JdkClientHttpResponse",
                "org.springframework.http.client.JettyClientHttpRequestFactory",
                "org.springframework.http.client.reactive.JettyClientHttpConnector",
                "org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
                "org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder",
                "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder",
                "org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder"
            })
    void keepsTheFieldsThatHaveNoAccessor(String type) {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(TypeReference.of(type))
                        .withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS))
                .accepts(hints);
    }
}
