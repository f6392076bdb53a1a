package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** A fallback that is a default method of an interface that isn't public, which a proxy can't call. */
class HiddenInterfaceTests {

    interface Client {

        @GetExchange("/stock")
        @Retryable(maxAttempts = 1, fallback = "unknown")
        String stock();

        default String unknown(Throwable failure) {
            return "unknown";
        }
    }

    private interface Hidden extends Client {}

    private static <T> T client(Class<T> type) {
        RestClient nobody = RestClient.create("http://127.0.0.1:1");
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(nobody))
                .build()
                .createClient(type);
    }

    @Test
    void isCalled() {
        Apps.plain()
                .withBean(Client.class, () -> client(Client.class))
                .run(context ->
                        assertThat(context.getBean(Client.class).stock()).isEqualTo("unknown"));
    }

    @Test
    void isCalledWhenInherited() {
        Apps.plain()
                .withBean(Client.class, () -> client(Hidden.class))
                .run(context ->
                        assertThat(context.getBean(Client.class).stock()).isEqualTo("unknown"));
    }
}
