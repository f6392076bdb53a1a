package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A method of a generic interface that somebody maps is the method that implements it. */
@Tag("server")
class GenericHandlerTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Mappings.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    interface Api<T> {

        @ResponseBody
        String pay(@RequestBody T body);

        @ResponseBody
        String payInScope(@RequestBody T body);
    }

    @Controller
    static class Payments implements Api<String> {

        @Override
        @Idempotent
        public String pay(String body) {
            return body + " " + calls.incrementAndGet();
        }

        @Override
        @Idempotent(scope = "#body.substring(0, 1)")
        public String payInScope(@RequestBody String body) {
            return body + " " + calls.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Mappings {

        @Bean
        static Payments payments() {
            return new Payments();
        }

        @Bean
        static SmartInitializingSingleton mapped(
                @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping, Payments payments) {
            return () -> {
                map("pay", mapping, payments);
                map("payInScope", mapping, payments);
            };
        }

        private static void map(String name, RequestMappingHandlerMapping mapping, Payments payments) {
            try {
                mapping.registerMapping(
                        RequestMappingInfo.paths("/" + name)
                                .methods(RequestMethod.POST)
                                .options(mapping.getBuilderConfiguration())
                                .build(),
                        payments,
                        Api.class.getMethod(name, Object.class));
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pay", "/payInScope"})
    void runsOnce(String path) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        assertThat(text(sent.body("text/plain", "one").assertReplayed())).isEqualTo("one " + (before + 1));
        assertProblem(sent.body("text/plain", "other").send(), 422, "used for a different request");
        assertThat(calls).hasValue(before + 1);
    }
}
