package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Filters that have read or changed a request: a handler reads what they left, and what they took is never taken for nothing. */
@Tag("server")
class ReadBeforeTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Filters.class, Parameters.class, Bodies.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** The usual one: it overrides what applications of its authors call. */
    static class Sanitized extends HttpServletRequestWrapper {

        Sanitized(HttpServletRequest request) {
            super(request);
        }

        static String clean(String text) {
            return text == null ? null : text.replace("<", "&lt;");
        }

        static String[] clean(String[] values) {
            return values == null
                    ? null
                    : Arrays.stream(values).map(Sanitized::clean).toArray(String[]::new);
        }

        @Override
        public String getParameter(String name) {
            return clean(super.getParameter(name));
        }

        @Override
        public String[] getParameterValues(String name) {
            return clean(super.getParameterValues(name));
        }
    }

    /** It overrides the map too. */
    static class SanitizedMap extends Sanitized {

        SanitizedMap(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            Map<String, String[]> cleaned = new LinkedHashMap<>();
            super.getParameterMap().forEach((name, values) -> cleaned.put(name, clean(values)));
            return cleaned;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Filters {

        @Bean
        Filter reading() {
            return (request, response, chain) -> {
                HttpServletRequest http = (HttpServletRequest) request;
                String path = http.getRequestURI();
                if (path.startsWith("/consumed")) {
                    request.setAttribute(
                            "seen", new String(http.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                } else if (path.startsWith("/begun")) {
                    request.setAttribute(
                            "seen", new String(http.getInputStream().readNBytes(4), StandardCharsets.UTF_8));
                }
                chain.doFilter(
                        path.startsWith("/sanitized/map")
                                ? new SanitizedMap(http)
                                : path.startsWith("/sanitized") ? new Sanitized(http) : request,
                        response);
            };
        }
    }

    @RestController
    static class Parameters {

        private static final String ALL = "/{how:values|map}/";

        @Idempotent(required = false)
        @RequestMapping(
                path = "/sanitized" + ALL + "annotated",
                method = {RequestMethod.POST, RequestMethod.GET})
        String annotated(@RequestParam("a") String a, HttpServletRequest request) {
            return plain(a, request);
        }

        @RequestMapping(
                path = "/sanitized" + ALL + "plain",
                method = {RequestMethod.POST, RequestMethod.GET})
        String plain(@RequestParam("a") String a, HttpServletRequest request) {
            return a + " " + request.getParameter("a") + " "
                    + request.getParameterMap().get("a")[0];
        }

        @Idempotent(required = false)
        @PostMapping("/sanitized" + ALL + "raw")
        String raw(HttpServletRequest request) throws IOException {
            return new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @RestController
    static class Bodies {

        @Idempotent(required = false)
        @PutMapping("/form")
        String form(@RequestParam(name = "a", required = false) String a) {
            return "a=" + a + " run " + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping({"/consumed", "/begun"})
        String seen(@RequestBody(required = false) String rest, HttpServletRequest request) {
            return request.getAttribute("seen") + " " + rest + " run " + calls.incrementAndGet();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "values/annotated, true",
        "values/annotated, false",
        "map/annotated, true",
        "map/annotated, false",
        "values/plain, true",
        "values/plain, false",
        "map/plain, true",
        "map/plain, false"
    })
    void neverPassesASanitizerBy(String path, boolean isForm) {
        Exchange sent = isForm
                ? Exchange.post(shop, "/sanitized/" + path).body(Exchange.FORM, "a=%3Cb")
                : Exchange.post(shop, "/sanitized/" + path + "?a=%3Cb").body(Exchange.FORM, "");
        String withoutKey = text(sent.send());
        assertThat(withoutKey).startsWith("&lt;b &lt;b ");
        assertThat(text(sent.key(key).send())).isEqualTo(withoutKey);
    }

    @ParameterizedTest
    @ValueSource(strings = {"values/raw", "map/raw"})
    void leavesTheBytesOfAFormToBeRead(String path) {
        Exchange sent = Exchange.post(shop, "/sanitized/" + path).body(Exchange.FORM, "a=%3Cb&c=d");
        assertThat(text(sent.send())).isEqualTo("a=%3Cb&c=d");
        assertThat(text(sent.key(key).assertReplayed())).isEqualTo("a=%3Cb&c=d");
    }

    @Test
    void comparesAFormOfNoKnownLength() {
        Exchange form = Exchange.post(shop, "/form").as("PUT").key(key);
        HttpResponse<byte[]> first = form.pieces(Exchange.FORM, "a=1").send();
        assertThat(text(first)).startsWith("a=1 ");
        assertProblem(form.pieces(Exchange.FORM, "a=999").send(), 422, "used for a different request");
        assertReplay(first, form.pieces(Exchange.FORM, "a=1").send());
    }

    @ParameterizedTest
    @CsvSource({"/consumed, 1, 2", "/begun, 1111 rest, 2222 rest", "/begun, 1111, 2222"})
    void refusesABodyThatAFilterHasTaken(String path, String one, String two) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        assertProblem(sent.pieces("text/plain", one).send(), 400, "was read before it reached its endpoint");
        assertProblem(sent.pieces("text/plain", two).send(), 400, "was read before it reached its endpoint");
        assertProblem(sent.body("text/plain", one).send(), 400, "was read before it reached its endpoint");
        assertThat(calls).hasValue(before);
    }
}
