package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Controller;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What fails after the handler, or commits beside it, is never taken for nothing. */
@Tag("server")
class LateFailureTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private final String key = UUID.randomUUID().toString();

    @Nested
    class OfTheAnswer {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Interceptor.class, ResponseWriter.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @CsvSource({
            "/converter, 500",
            "/interceptor, 500",
            "/interceptor/once-handled, 503",
            "/circle, 500",
            "/view, 500"
        })
        void saysThatItWasCarriedOut(String path, int status) {
            int before = calls.get();
            Exchange sent = Exchange.post(shop, path).key(key);
            assertThat(sent.send().statusCode()).isEqualTo(status);
            assertProblem(sent.send(), 409, "was executed, but its response was not stored");
            assertThat(calls).hasValue(before + 1);
        }

        @Test
        void refusesARepeatForWhichAnInterceptorFailsToo() {
            Exchange sent = Exchange.post(shop, "/interceptor/always-handled").key(key);
            assertThat(sent.send().statusCode()).isEqualTo(503);
            HttpResponse<byte[]> repeat = sent.send();
            assertThat(repeat.statusCode()).isEqualTo(409);
            assertThat(text(repeat))
                    .contains("was executed, but its response was not stored")
                    .doesNotContain("come again");
        }
    }

    static class Lazy {

        public int getAmount() {
            throw new IllegalStateException("no session");
        }
    }

    private static final Set<String> failed = ConcurrentHashMap.newKeySet();

    private static void failAfter(String path) {
        if (path.endsWith("-handled")) {
            throw new UnsupportedOperationException("after the handler");
        }
        throw new IllegalStateException("after the handler");
    }

    @Configuration(proxyBeanMethods = false)
    static class Interceptor implements WebMvcConfigurer {

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new HandlerInterceptor() {
                @Override
                public void postHandle(
                        HttpServletRequest request, HttpServletResponse response, Object handler, ModelAndView view) {
                    String path = request.getRequestURI();
                    if (path.startsWith("/interceptor") && (failed.add(path) || path.endsWith("/always-handled"))) {
                        failAfter(path);
                    }
                }
            });
        }
    }

    @Controller
    static class ResponseWriter {

        @Idempotent
        @PostMapping("/converter")
        @ResponseBody
        Lazy converter() {
            calls.incrementAndGet();
            return new Lazy();
        }

        @Idempotent
        @PostMapping({"/interceptor", "/interceptor/once-handled", "/interceptor/always-handled"})
        ModelAndView interceptor() {
            calls.incrementAndGet();
            return new ModelAndView((View) (model, request, response) -> {});
        }

        @Idempotent
        @PostMapping("/circle")
        String circle() {
            calls.incrementAndGet();
            return "circle";
        }

        @Idempotent
        @PostMapping("/view")
        ModelAndView view() {
            calls.incrementAndGet();
            return new ModelAndView((View) (model, request, response) -> failAfter(request.getRequestURI()));
        }

        @ExceptionHandler
        ResponseEntity<String> handle(UnsupportedOperationException failure) {
            return ResponseEntity.status(503).body("come again");
        }
    }

    @Nested
    class AfterACommit {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of(
                            "retrykit.idempotency.store", "jdbc",
                            "retrykit.idempotency.initialize-schema", "always",
                            "spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID()),
                    Bank.class,
                    Bookings.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @CsvSource({
            "/itself, may have been executed in part",
            "/forwarded, may have been executed in part",
            "/forwarded-handled, may have been executed in part",
            "/dispatched, may have been executed in part",
            "/dispatched-handled, may have been executed in part",
            "/committed-and-forwarded, was executed",
            "/committed-and-rendered, was executed",
            "/exception-handler, may have been executed in part"
        })
        void neverRepeatsIt(String path, String detail) {
            Bank bank = shop.bean(Bank.class);
            int before = bank.rows();
            Exchange sent = Exchange.post(shop, path).key(key);
            assertThat(sent.send().statusCode()).isEqualTo(500);
            assertProblem(sent.send(), 409, detail);
            assertThat(bank.rows()).isEqualTo(before + 1);
        }

        @Test
        void leavesAModelItsTransactionWhereTheScopeNamesAnArgument() {
            Exchange sent = Exchange.post(shop, "/scoped?tenant=t").key(key);
            assertThat(text(sent.assertReplayed())).startsWith("made in a transaction: true ");
        }
    }

    @Service
    static class Bank {

        private final JdbcTemplate jdbc;

        Bank(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("create table bookings (id varchar(36) primary key)");
        }

        @Transactional
        public void book() {
            jdbc.update("insert into bookings values (?)", UUID.randomUUID().toString());
        }

        int rows() {
            return jdbc.queryForObject("select count(*) from bookings", Integer.class);
        }
    }

    @Controller
    static class Bookings {

        private final Bank bank;

        Bookings(Bank bank) {
            this.bank = bank;
        }

        @Idempotent
        @PostMapping("/itself")
        @ResponseBody
        public String itself() {
            return book();
        }

        @Idempotent
        @PostMapping("/forwarded")
        public String forwarded() {
            return "forward:/book";
        }

        @Idempotent
        @PostMapping("/forwarded-handled")
        public String forwardedAndHandled() {
            return "forward:/book-handled";
        }

        @Idempotent
        @PostMapping({"/dispatched", "/dispatched-handled"})
        public void dispatched(HttpServletRequest request, HttpServletResponse response) throws Exception {
            String target = request.getRequestURI().endsWith("-handled") ? "/book-handled" : "/book";
            request.getRequestDispatcher(target).forward(request, response);
        }

        @Idempotent
        @PostMapping("/committed-and-forwarded")
        public String committed() {
            bank.book();
            return "forward:/receipt";
        }

        @Idempotent
        @PostMapping("/committed-and-rendered")
        public ModelAndView rendered() {
            bank.book();
            return new ModelAndView((View) (model, request, response) -> failAfter(request.getRequestURI()));
        }

        @PostMapping("/receipt")
        @ResponseBody
        public String receipt() {
            throw new IllegalStateException("no printer");
        }

        @PostMapping("/book-handled")
        @ResponseBody
        public String bookAndBeHandled() {
            bank.book();
            throw new IllegalArgumentException("after the commit");
        }

        @ExceptionHandler
        public ResponseEntity<String> handle(IllegalArgumentException failure) {
            return ResponseEntity.internalServerError().body("handled");
        }

        @PostMapping("/book")
        @ResponseBody
        public String book() {
            bank.book();
            throw new IllegalStateException("after the commit");
        }

        @Idempotent
        @PostMapping("/exception-handler")
        @ResponseBody
        public String failing() {
            throw new UnsupportedOperationException("before anything");
        }

        @ExceptionHandler
        public ResponseEntity<String> note(UnsupportedOperationException failure) {
            bank.book();
            return ResponseEntity.internalServerError().body("noted");
        }

        @ModelAttribute("made")
        @Transactional
        public String made() {
            return "made in a transaction: " + TransactionSynchronizationManager.isActualTransactionActive();
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/scoped")
        @ResponseBody
        public String scoped(@RequestParam("tenant") String tenant, @ModelAttribute("made") String made) {
            return made + " " + tenant + " " + calls.incrementAndGet();
        }
    }
}
