package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.filter.OncePerRequestFilter;

/** A redirect leads with a key where it leads without one, at first and again. */
@Tag("server")
class RedirectTests {

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of("server.forward-headers-strategy", "framework", "server.tomcat.use-relative-redirects", "false"),
                Sessions.class,
                Redirecting.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** Rewrites targets, as one does that hides a path of its own. */
    static class Sessions extends OncePerRequestFilter {

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            chain.doFilter(
                    request,
                    request.getHeader("X-Rewrite") == null
                            ? response
                            : new HttpServletResponseWrapper(response) {
                                @Override
                                public void sendRedirect(String location) throws IOException {
                                    super.sendRedirect("/rewritten" + location);
                                }
                            });
        }
    }

    @Controller
    static class Redirecting {

        @Idempotent(required = false)
        @PostMapping("/deep/absolute")
        void absolute(HttpServletResponse response) throws IOException {
            response.addHeader("Link", "<next>");
            response.sendRedirect("/elsewhere");
            if (response.isCommitted()) {
                response.getWriter().print("nobody reads this");
            }
        }

        @Idempotent(required = false)
        @PostMapping("/deep/relative")
        void relative(HttpServletResponse response) throws IOException {
            response.sendRedirect("elsewhere?a=b");
        }

        @Idempotent(required = false)
        @PostMapping("/deep/foreign")
        void foreign(HttpServletResponse response) throws IOException {
            response.sendRedirect("https://example.org/a");
        }

        @Idempotent(required = false)
        @PostMapping("/deep/status")
        void status(HttpServletResponse response) throws IOException {
            response.sendRedirect("/elsewhere", 303);
        }

        @Idempotent(required = false)
        @PostMapping("/deep/with-body")
        void withBody(HttpServletResponse response) throws IOException {
            response.getWriter().print("gone there");
            response.sendRedirect("https://example.org/a", 303, false);
        }

        @Idempotent(required = false)
        @PostMapping("/deep/view")
        String view() {
            return "redirect:/elsewhere";
        }

        @Idempotent(required = false)
        @PostMapping("/deep/stage")
        CompletableFuture<String> stage() {
            return CompletableFuture.completedFuture("redirect:/elsewhere");
        }

        @Idempotent(required = false)
        @PostMapping("/deep/entity")
        @ResponseBody
        ResponseEntity<String> entity() {
            return ResponseEntity.status(302).header("Location", "/as-it-is").body("moved");
        }

        @PostMapping("/deep/plain")
        void plain(HttpServletResponse response) throws IOException {
            response.sendRedirect("/elsewhere");
        }
    }

    private HttpResponse<byte[]> post(String path, boolean hasKey, String... headers) {
        return shop.post(path, hasKey ? key : null, "{}", headers);
    }

    @ParameterizedTest
    @CsvSource({
        "absolute, X-Other",
        "absolute, X-Rewrite",
        "absolute, X-Forwarded-Host",
        "relative, X-Other",
        "relative, X-Forwarded-Host",
        "foreign, X-Rewrite",
        "status, X-Other",
        "status, X-Rewrite",
        "with-body, X-Other",
        "view, X-Other",
        "view, X-Rewrite",
        "view, X-Forwarded-Host",
        "stage, X-Other",
        "stage, X-Rewrite",
        "stage, X-Forwarded-Host",
        "entity, X-Rewrite",
        "plain, X-Rewrite"
    })
    void leadsWhereItLeadsWithoutAKey(String path, String header) {
        HttpResponse<byte[]> without = post("/deep/" + path, false, header, "shop.example");
        HttpResponse<byte[]> first = post("/deep/" + path, true, header, "shop.example");
        assertThat(first.statusCode()).isEqualTo(without.statusCode()).isBetween(300, 399);
        assertThat(first.headers().allValues("Location"))
                .isEqualTo(without.headers().allValues("Location"))
                .hasSize(1);
        assertThat(first.headers().allValues("Link"))
                .isEqualTo(without.headers().allValues("Link"));
        assertThat(first.body()).isEqualTo(without.body());
        if (!path.equals("plain")) {
            assertReplay(first, post("/deep/" + path, true, header, "shop.example"));
        }
    }

    /** Whoever asks again by another name is led there by that name. */
    @Test
    void leadsEachCallerByTheNameThatHeUses() {
        post("/deep/view", true, "X-Forwarded-Host", "one.example");
        HttpResponse<byte[]> repeat = post("/deep/view", true, "X-Forwarded-Host", "two.example");
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(repeat.headers().firstValue("Location").orElseThrow()).contains("two.example/elsewhere");
    }
}
