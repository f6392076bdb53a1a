package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;

/** A handler that ran isn't run again, whoever called it, and a handler that nobody can look into works as it always does. */
@Tag("server")
class SeenCallTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private final String key = UUID.randomUUID().toString();

    private static String call(String what) {
        return what + " " + calls.incrementAndGet();
    }

    private void assertRunsOnce(Shop shop, String path) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        assertThat(sent.assertReplayed().statusCode()).isLessThan(300);
        assertThat(calls).hasValue(before + 1);
    }

    @RestController
    static class Paths {

        @Idempotent
        @Async
        @PostMapping("/async/stage")
        public CompletableFuture<String> stage() {
            return CompletableFuture.completedFuture(call("stage"));
        }

        /** Mapped by hand. */
        @Idempotent
        public String mapped() {
            return call("mapped");
        }

        @Idempotent
        @PostMapping("/link")
        String link() {
            return call("link");
        }

        @Idempotent
        @PostMapping("/range")
        ResponseEntity<Resource> range() {
            call("range");
            return ResponseEntity.ok(new ByteArrayResource("0123456789".getBytes(StandardCharsets.UTF_8)));
        }

        @Idempotent(required = false)
        @PostMapping("/part")
        void part(HttpServletResponse response) throws IOException {
            response.getWriter().print(call("part"));
        }

        @PostMapping("/page")
        void page(HttpServletRequest request, HttpServletResponse response) throws Exception {
            response.getWriter().print("<");
            request.getRequestDispatcher("/part").include(request, response);
            response.getWriter().print(">");
        }
    }

    @RestController
    static class Workers {

        static final CompletableFuture<String> WORKED = new CompletableFuture<>();

        @Idempotent
        @Async
        @PostMapping("/async/void")
        public void work() {
            WORKED.complete(call("void"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Mvc implements WebMvcConfigurer {

        @Bean
        static HandlerMapping mapping(Paths paths) throws ReflectiveOperationException {
            HandlerMethod handler = new HandlerMethod(paths, Paths.class.getMethod("mapped"));
            AbstractHandlerMapping mapping = new AbstractHandlerMapping() {
                @Override
                protected Object getHandlerInternal(HttpServletRequest request) {
                    return request.getRequestURI().equals("/mapped") ? handler : null;
                }
            };
            mapping.setOrder(-1);
            return mapping;
        }

        @Bean
        static Filter forwarding() {
            return (request, response, chain) -> {
                if (((HttpServletRequest) request).getRequestURI().equals("/v1/link")) {
                    request.getRequestDispatcher("/link").forward(request, response);
                } else {
                    chain.doFilter(request, response);
                }
            };
        }

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new HandlerInterceptor() {
                @Override
                public void postHandle(
                        HttpServletRequest request, HttpServletResponse response, Object handler, ModelAndView view) {
                    response.addHeader("Link", "<next>");
                }
            });
        }
    }

    @Nested
    class InOneApplication {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.SERVLET, Map.of(), Mvc.class, Paths.class, Workers.class, Closed.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @ValueSource(strings = {"/async/stage", "/mapped", "/link", "/v1/link", "/closed/pay"})
        void runsOnce(String path) {
            assertRunsOnce(shop, path);
        }

        @Test
        void runsOnceOnAnotherThread() {
            Exchange sent = Exchange.post(shop, "/async/void").key(key);
            HttpResponse<byte[]> first = sent.send();
            String worked = Workers.WORKED.join();
            assertReplay(first, sent.send());
            assertThat(worked).isEqualTo("void " + calls.get());
        }

        @Test
        void addsTheHeadersOfAnInterceptorOnce() {
            Exchange sent = Exchange.post(shop, "/range").key(key);
            assertThat(sent.send().headers().allValues("Link")).containsExactly("<next>");
            assertThat(sent.send().headers().allValues("Link")).containsExactly("<next>");
        }

        @Test
        void givesAPartOfAResourceAgainAsThatPart() {
            Exchange sent =
                    Exchange.post(shop, "/range").with("Range", "bytes=2-4").key(key);
            HttpResponse<byte[]> first = sent.assertReplayed();
            assertThat(first.statusCode()).isEqualTo(206);
            assertThat(text(first)).isEqualTo("234");
            assertThat(sent.send().headers().allValues("Content-Range"))
                    .isEqualTo(first.headers().allValues("Content-Range"))
                    .containsExactly("bytes 2-4/10");
        }

        @Test
        void neverTakesAPartOfAPageForAnAnswer() {
            assertThat(text(Exchange.post(shop, "/page").send())).matches("<part \\d+>");
            int before = calls.get();
            assertThat(Exchange.post(shop, "/page").key(key).send().statusCode())
                    .isEqualTo(500);
            assertThat(Exchange.post(shop, "/page").key(key).send().statusCode())
                    .isEqualTo(500);
            assertThat(calls).hasValue(before);
        }

        @ParameterizedTest
        @CsvSource({"private, private of the bean", "final, final of the bean", "thrown, caught of the bean"})
        void callsWhatNobodyOverrides(String path, String answer) {
            assertThat(text(Exchange.post(shop, "/closed/" + path).as("GET").send()))
                    .isEqualTo(answer);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/closed/final", "/closed/private"})
        void keepsAnswersOfWhatNobodyOverrides(String path) {
            assertRunsOnce(shop, path);
        }

        @Test
        void letsAPrivateExceptionHandlerAnswer() {
            Exchange sent = Exchange.post(shop, "/closed/refused").key(key);
            int before = calls.get();
            HttpResponse<byte[]> first = sent.assertReplayed();
            assertThat(first.statusCode()).isEqualTo(422);
            assertThat(text(first)).isEqualTo("refused of the bean");
            assertThat(calls).hasValue(before + 1);
        }
    }

    /** Its methods are called on the bean itself, never on an object without its fields. */
    @RestController
    static class Closed {

        private final String of;

        Closed() {
            of = " of the bean"; // not a constant, which an object without its fields would have too
        }

        @ModelAttribute("made")
        private String made() {
            return "made" + of;
        }

        @InitBinder
        private void bind(WebDataBinder binder) {
            assertThat(of).isNotNull();
        }

        @Idempotent
        @PostMapping("/closed/pay")
        String pay(@ModelAttribute("made") String made) {
            assertThat(made).isEqualTo("made" + of);
            return call("pay" + of);
        }

        @Idempotent
        @PostMapping("/closed/final")
        final String finalPay() {
            return call("final" + of);
        }

        @Idempotent
        @PostMapping("/closed/private")
        private String privatePay() {
            return call("private" + of);
        }

        @Idempotent
        @PostMapping("/closed/refused")
        String refused() {
            call("refused");
            throw new IllegalArgumentException();
        }

        @GetMapping("/closed/private")
        private String privateOne() {
            return "private" + of;
        }

        @GetMapping("/closed/final")
        final String finalOne() {
            return "final" + of;
        }

        @GetMapping("/closed/thrown")
        String thrown() {
            throw new UnsupportedOperationException();
        }

        @ExceptionHandler
        private String caught(UnsupportedOperationException thrown) {
            return "caught" + of;
        }

        @ExceptionHandler
        private ResponseEntity<String> refused(IllegalArgumentException thrown) {
            return ResponseEntity.unprocessableContent().body("refused" + of);
        }
    }

    @RestController
    static class OfPrototype {

        @Idempotent
        @PostMapping("/prototype")
        public String pay() {
            return call("prototype");
        }
    }

    @RestController
    static class OfRequest {

        @Idempotent
        @PostMapping("/request")
        public String pay() {
            return call("request");
        }
    }

    @RestController
    static final class FinalController {

        @Idempotent
        @PostMapping("/final")
        public String pay() {
            return call("final");
        }
    }

    @Controller
    static class Plain {

        @Idempotent(scope = "'all'")
        @PostMapping("/unopened")
        @ResponseBody
        public String pay() {
            return call("plain");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scopes {

        @Bean
        @Scope("prototype")
        OfPrototype ofPrototype() {
            return new OfPrototype();
        }

        @Bean
        @RequestScope
        OfRequest ofRequest() {
            return new OfRequest();
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class WithoutProxiesOfTheApplication {

        @Test
        void runsOnceAndWarnsOfWhatNobodyCanSee(CapturedOutput output) {
            try (Shop shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of("spring.aop.auto", "false"),
                    Scopes.class,
                    FinalController.class,
                    Plain.class)) {
                assertThat(output).containsOnlyOnce("No proxy can intercept the calls of");
                assertThat(output).contains("No proxy can intercept the calls of FinalController.pay()");
                for (String path : new String[] {"/prototype", "/request", "/final", "/unopened"}) {
                    assertRunsOnce(shop, path);
                }
                assertProblem(Exchange.post(shop, "/final").send(), 400, "is missing");
            }
        }
    }
}
