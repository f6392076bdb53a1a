package dev.retrykit.spring.idempotency.neighbor;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import org.springframework.web.util.WebUtils;

/** Filters as applications write them, each below a path of its own. */
final class MvcFilters {

    static final List<Class<?>> ALL = List.of(
            OuterCallers.class,
            UnorderedCallers.class,
            LowestCallers.class,
            FirstCallers.class,
            ReadAgain.class,
            ReadOnce.class,
            Decryption.class,
            Compression.class,
            Envelope.class);

    private MvcFilters() {}

    private abstract static class Below extends OncePerRequestFilter {

        private final String path;

        Below(String path) {
            this.path = path;
        }

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return !request.getRequestURI().startsWith(path + "/");
        }
    }

    private abstract static class Callers extends Below {

        Callers(String path) {
            super(path);
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String name = request.getHeader("X-User");
            chain.doFilter(
                    name == null
                            ? request
                            : new HttpServletRequestWrapper(request) {
                                @Override
                                public Principal getUserPrincipal() {
                                    return () -> name;
                                }
                            },
                    response);
        }
    }

    /** For all whose subject isn't who calls. */
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    static class OuterCallers extends Callers {

        OuterCallers() {
            super("");
        }

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return request.getRequestURI().matches("/(none|callers-.*)/.*");
        }
    }

    static class UnorderedCallers extends Callers {

        UnorderedCallers() {
            super("/callers-unordered");
        }
    }

    @Order(Ordered.LOWEST_PRECEDENCE)
    static class LowestCallers extends Callers {

        LowestCallers() {
            super("/callers-lowest");
        }
    }

    @Order(1)
    static class FirstCallers extends Callers {

        FirstCallers() {
            super("/callers-first");
        }
    }

    private static final class HeldBody extends HttpServletRequestWrapper {

        private final byte[] body;

        HeldBody(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream content = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    return content.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int read() {
                    return content.read();
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    /** Reads the body, as for a log, and offers it again. */
    static class ReadAgain extends Below {

        ReadAgain() {
            super("/read-again");
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            chain.doFilter(new HeldBody(request, request.getInputStream().readAllBytes()), response);
        }
    }

    /** Reads the body and offers nothing. */
    static class ReadOnce extends Below {

        ReadOnce() {
            super("/read-once");
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            request.getInputStream().readAllBytes();
            chain.doFilter(request, response);
        }
    }

    static class Decryption extends Below {

        Decryption() {
            super("/decryption");
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            chain.doFilter(
                    new HeldBody(
                            request, Codings.decrypt(request.getInputStream().readAllBytes())),
                    response);
        }
    }

    /** Rewrites what is answered, at once or later. */
    private abstract static class Rewriting extends Below {

        Rewriting(String path) {
            super(path);
        }

        @Override
        protected boolean shouldNotFilterAsyncDispatch() {
            return false;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            Held earlier = WebUtils.getNativeResponse(response, Held.class);
            Held held = earlier == null ? new Held(response) : earlier;
            chain.doFilter(request, earlier == null ? held : response);
            if (!isAsyncStarted(request)) {
                byte[] body = held.getContentAsByteArray();
                if (body.length > 0) {
                    HttpServletResponse rest = (HttpServletResponse) held.getResponse();
                    byte[] rewritten = rewrite(request, rest, body);
                    rest.setContentLength(rewritten.length);
                    rest.getOutputStream().write(rewritten);
                }
            }
        }

        abstract byte[] rewrite(HttpServletRequest request, HttpServletResponse response, byte[] body);
    }

    private static final class Held extends ContentCachingResponseWrapper {

        Held(HttpServletResponse response) {
            super(response);
        }
    }

    static class Compression extends Rewriting {

        Compression() {
            super("/compression");
        }

        @Override
        byte[] rewrite(HttpServletRequest request, HttpServletResponse response, byte[] body) {
            if (!"gzip".equals(request.getHeader("Accept-Encoding"))) {
                return body;
            }
            response.setHeader("Content-Encoding", "gzip");
            return Codings.compress(body);
        }
    }

    static class Envelope extends Rewriting {

        Envelope() {
            super("/envelope");
        }

        @Override
        byte[] rewrite(HttpServletRequest request, HttpServletResponse response, byte[] body) {
            return Codings.wrap(body);
        }
    }
}
