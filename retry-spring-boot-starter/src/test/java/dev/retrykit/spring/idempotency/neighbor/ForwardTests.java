package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/** Each way to another handler or view ends with an answer: no client waits for bytes that were announced. */
@Tag("server")
class ForwardTests {

    private static final AtomicInteger calls = new AtomicInteger();

    @Controller
    static class Forwarding {

        @Idempotent
        @PostMapping("/view")
        String view(HttpServletRequest request) {
            request.setAttribute("call", calls.incrementAndGet());
            return "forward:/target";
        }

        @Idempotent
        @PostMapping("/by-request")
        void byRequest(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            request.setAttribute("call", calls.incrementAndGet());
            request.getRequestDispatcher("/target").forward(request, response);
        }

        @Idempotent
        @PostMapping("/by-context")
        void byContext(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            request.setAttribute("call", calls.incrementAndGet());
            request.getServletContext().getRequestDispatcher("/target").forward(request, response);
        }

        @Idempotent
        @PostMapping("/include")
        void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            request.setAttribute("call", calls.incrementAndGet());
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().print("before, ");
            response.getWriter().flush();
            request.getRequestDispatcher("/target").include(request, response);
        }

        @Idempotent
        @PostMapping("/redirect")
        String redirect() {
            return "redirect:/elsewhere/" + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping("/to-endpoint")
        String toEndpoint(HttpServletRequest request) {
            request.setAttribute("call", calls.incrementAndGet());
            return "forward:/idempotent-target";
        }

        @PostMapping("/target")
        @ResponseBody
        String target(HttpServletRequest request) {
            return "target of call " + request.getAttribute("call");
        }

        @Idempotent
        @PostMapping("/idempotent-target")
        @ResponseBody
        String idempotentTarget(HttpServletRequest request) {
            return "target of call " + request.getAttribute("call");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Etags {

        @Bean
        static ShallowEtagHeaderFilter etags() {
            return new ShallowEtagHeaderFilter();
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        private HttpResponse<byte[]> post(String path) {
            return BoundedClient.send(HttpRequest.newBuilder(URI.create(shop().url(path)))
                    .header("Idempotency-Key", key)
                    .POST(BodyPublishers.noBody())
                    .build());
        }

        @ParameterizedTest
        @ValueSource(strings = {"/view", "/by-request", "/include"})
        void answersAndReplays(String path) {
            int before = calls.get();
            HttpResponse<byte[]> first = post(path);
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(text(first)).endsWith("target of call " + (before + 1));
            HttpResponse<byte[]> repeat = post(path);
            assertReplay(first, repeat);
            assertThat(repeat.headers().firstValue("ETag"))
                    .isEqualTo(first.headers().firstValue("ETag"));
            assertThat(calls).hasValue(before + 1);
        }

        @Test
        void redirectsAgain() {
            int before = calls.get();
            HttpResponse<byte[]> first = post("/redirect");
            assertThat(first.headers().firstValue("Location").orElseThrow()).endsWith("/elsewhere/" + (before + 1));
            assertReplay(first, post("/redirect"));
            assertThat(calls).hasValue(before + 1);
        }

        /** One key is one claim, of the handler that the request came to first. */
        @Test
        void forwardsToAnotherIdempotentHandler() {
            int before = calls.get();
            HttpResponse<byte[]> first = post("/to-endpoint");
            assertThat(first.statusCode()).as(text(first)).isEqualTo(200);
            assertThat(text(first)).isEqualTo("target of call " + (before + 1));
            assertReplay(first, post("/to-endpoint"));
            assertThat(calls).hasValue(before + 1);
        }

        /** The container's context knows nothing of a request, so this may be refused, but neither hang nor run twice. */
        @Test
        void endsAForwardByTheContext() {
            int before = calls.get();
            HttpResponse<byte[]> first = post("/by-context");
            HttpResponse<byte[]> repeat = post("/by-context");
            assertThat(calls.get() - before).isLessThanOrEqualTo(1);
            if (first.statusCode() == 200) {
                assertThat(text(first)).isEqualTo("target of call " + (before + 1));
                assertReplay(first, repeat);
            } else {
                assertThat(first.statusCode()).as(text(first)).isEqualTo(500);
            }
        }
    }

    @Nested
    class Bare extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Forwarding.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @Nested
    class WithEtags extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Forwarding.class, Etags.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }
}
