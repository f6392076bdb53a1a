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
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.condition.RequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Neither another caller nor another handler of the same path is ever given an answer, however they are told apart. */
@Tag("server")
class OwnerTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of(),
                Callers.class,
                Payments.class,
                Conditions.class,
                ByCondition.class,
                SecondServlet.class,
                TwoBeans.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private static String call(String what) {
        return what + " " + calls.incrementAndGet();
    }

    /** A caller that a library knows by something else than its name. */
    record Nameless(String name, String subject) implements Principal {

        @Override
        public String getName() {
            return name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Callers {

        @Bean
        static Filter authenticating() {
            return (request, response, chain) -> {
                HttpServletRequest http = (HttpServletRequest) request;
                String subject = http.getHeader("X-Subject");
                if (subject == null) {
                    chain.doFilter(request, response);
                    return;
                }
                Principal caller = new Nameless(http.getHeader("X-Name"), subject);
                chain.doFilter(
                        new HttpServletRequestWrapper(http) {
                            @Override
                            public Principal getUserPrincipal() {
                                return caller;
                            }
                        },
                        response);
            };
        }
    }

    @RestController
    static class Payments {

        @Idempotent
        @PostMapping("/pay")
        String pay(HttpServletRequest request) {
            return call("for " + request.getUserPrincipal());
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/scoped")
        String scoped(@RequestHeader(name = "X-Tenant", defaultValue = "") String tenant) {
            return call("in " + tenant);
        }

        @Idempotent(scope = "' '")
        @PostMapping("/blank")
        String blank() {
            return call("nowhere");
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Edition {
        String value();
    }

    record EditionCondition(String edition) implements RequestCondition<EditionCondition> {

        @Override
        public EditionCondition combine(EditionCondition other) {
            return other;
        }

        @Override
        public EditionCondition getMatchingCondition(HttpServletRequest request) {
            return edition.equals(request.getHeader("X-Which")) ? this : null;
        }

        @Override
        public int compareTo(EditionCondition other, HttpServletRequest request) {
            return 0;
        }

        /** Tells nothing, as most do. */
        @Override
        public String toString() {
            return "condition";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Conditions implements WebMvcRegistrations {

        @Override
        public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
            return new RequestMappingHandlerMapping() {
                @Override
                protected RequestCondition<?> getCustomMethodCondition(Method method) {
                    Edition edition = method.getAnnotation(Edition.class);
                    return edition == null ? null : new EditionCondition(edition.value());
                }
            };
        }
    }

    @RestController
    static class ByCondition {

        @Edition("one")
        @Idempotent
        @PostMapping("/condition")
        String one() {
            return call("one");
        }

        @Edition("two")
        @Idempotent
        @PostMapping("/condition")
        String two() {
            return call("two");
        }
    }

    @RestController
    static class ByHeader {

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Which=one")
        String one() {
            return call("one");
        }

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Which=two")
        String two() {
            return call("two");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class Child {

        @Bean
        ByHeader byHeader() {
            return new ByHeader();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondServlet {

        @Bean
        static ServletRegistrationBean<DispatcherServlet> second() {
            AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
            context.register(Child.class);
            ServletRegistrationBean<DispatcherServlet> registration =
                    new ServletRegistrationBean<>(new DispatcherServlet(context), "/child/*");
            registration.setName("child");
            return registration;
        }
    }

    static class NamedShop {

        private final String name;

        NamedShop(String name) {
            this.name = name;
        }

        @Idempotent
        @ResponseBody
        public String pay() {
            return call(name);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoBeans {

        @Autowired
        void map(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping)
                throws ReflectiveOperationException {
            for (String name : List.of("one", "two")) {
                RequestMappingInfo info = RequestMappingInfo.paths("/beans")
                        .methods(RequestMethod.POST)
                        .headers("X-Which=" + name)
                        .options(mapping.getBuilderConfiguration())
                        .build();
                mapping.registerMapping(info, new NamedShop(name), NamedShop.class.getMethod("pay"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({",", "''", "' '"})
    void refusesCallersWithoutAName(String name) {
        int before = calls.get();
        for (String subject : List.of("alice", "bob")) {
            Exchange sent = Exchange.post(shop, "/pay")
                    .key(key)
                    .with("X-Subject", subject)
                    .with("X-Name", name);
            assertProblem(sent.send(), 403, "the caller of this request is unknown");
        }
        assertThat(calls).hasValue(before);
    }

    @ParameterizedTest
    @CsvSource({"/scoped,", "/scoped, ''", "/scoped, ' '", "/blank, t"})
    void refusesBlankScopes(String path, String tenant) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key).with("X-Tenant", tenant);
        assertProblem(sent.send(), 400, "is missing. It determines the owner of the idempotency key");
        assertThat(calls).hasValue(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/condition", "/child/headers", "/beans"})
    void neverAnswersForAnotherHandler(String path) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        HttpResponse<byte[]> first = sent.with("X-Which", "one").send();
        assertThat(text(first)).startsWith("one ");
        assertProblem(sent.with("X-Which", "two").send(), 422, "used for a different request");
        assertReplay(first, sent.with("X-Which", "one").send());
        assertThat(calls).hasValue(before + 1);
    }
}
