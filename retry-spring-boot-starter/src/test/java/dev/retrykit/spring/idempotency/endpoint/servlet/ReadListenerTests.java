package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A body may be read by a listener, with a key as without one. */
@Tag("server")
class ReadListenerTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static final BlockingQueue<String> pieces = new ArrayBlockingQueue<>(100);

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Servlets.class, Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** Reads whatever is there, as often as something is. */
    private record Reading(ServletInputStream in, ByteArrayOutputStream read, Consumer<String> end)
            implements ReadListener {

        static void of(HttpServletRequest request, Consumer<String> end) throws IOException {
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new Reading(in, new ByteArrayOutputStream(), end));
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[4];
            while (in.isReady() && !in.isFinished()) {
                int length = in.read(buffer);
                if (length > 0) {
                    read.write(buffer, 0, length);
                    pieces.add(new String(buffer, 0, length, StandardCharsets.UTF_8));
                }
            }
        }

        @Override
        public void onAllDataRead() {
            end.accept(read.toString(StandardCharsets.UTF_8));
        }

        @Override
        public void onError(Throwable failure) {
            end.accept("failed: " + failure);
        }
    }

    private static void answer(AsyncContext context, String text) {
        try {
            context.getResponse().getOutputStream().print(text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        context.complete();
    }

    /** Knows nothing of Spring. */
    static class Listening extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext context = request.startAsync();
            if ("later".equals(request.getQueryString())) {
                context.start(() -> answer(context, context.getRequest().getParameter("a")));
            } else {
                Reading.of(request, body -> answer(context, body));
            }
        }
    }

    /** A request whose body somebody has read who offers it again. */
    private static final class Offered extends HttpServletRequestWrapper {

        private final byte[] body;

        Offered(HttpServletRequest request, String body) {
            super(request);
            this.body = body.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public ServletInputStream getInputStream() {
            return new BufferedStream(body, this::isAsyncStarted);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Servlets {

        @Bean
        static ServletRegistrationBean<Listening> listening() {
            return new ServletRegistrationBean<>(new Listening(), "/listening");
        }

        @Bean
        static FilterRegistrationBean<Filter> reading() {
            FilterRegistrationBean<Filter> reading = new FilterRegistrationBean<>((request, response, chain) -> {
                HttpServletRequest http = (HttpServletRequest) request;
                if (request.getDispatcherType() == DispatcherType.ASYNC) {
                    String body = (String) request.getAttribute("body");
                    chain.doFilter(
                            http.getRequestURI().endsWith("/offered") ? new Offered(http, body) : request, response);
                } else {
                    AsyncContext context = request.startAsync(request, response);
                    Reading.of(http, body -> {
                        request.setAttribute("body", body);
                        context.dispatch();
                    });
                }
            });
            reading.addUrlPatterns("/read-by-filter/*");
            reading.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
            return reading;
        }

        /** Asks for parameters, as a filter does that looks for a token. */
        @Bean
        static FilterRegistrationBean<Filter> parsing() {
            FilterRegistrationBean<Filter> parsing = new FilterRegistrationBean<>((request, response, chain) -> {
                if ("first".equals(((HttpServletRequest) request).getHeader("X-Parse"))) {
                    request.getParameter("token");
                }
                chain.doFilter(request, response);
            });
            return parsing;
        }

        /** Asks for the stream, and leaves it. */
        @Bean
        static FilterRegistrationBean<Filter> streaming() {
            FilterRegistrationBean<Filter> streaming = new FilterRegistrationBean<>((request, response, chain) -> {
                request.getInputStream();
                chain.doFilter(request, response);
            });
            streaming.addUrlPatterns("/streamed");
            return streaming;
        }
    }

    @RestController
    static class Controller {

        @Idempotent(required = false)
        @PostMapping("/by-handler")
        void byHandler(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext context = request.startAsync();
            Reading.of(request, body -> answer(context, body + " run " + calls.incrementAndGet()));
        }

        @Idempotent(required = false)
        @PostMapping("/written-by-listener")
        void written(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext context = request.startAsync();
            response.getOutputStream().setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() {
                    answer(context, "written");
                }

                @Override
                public void onError(Throwable failure) {
                    context.complete();
                }
            });
        }

        @Idempotent(required = false)
        @PostMapping({"/read-by-filter/offered", "/read-by-filter/taken", "/streamed"})
        String read(HttpServletRequest request) throws IOException {
            return new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    + request.getParameter("a") + " run " + calls.incrementAndGet();
        }
    }

    private static String body(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
        return text(response).replaceFirst(" run \\d+", "");
    }

    @ParameterizedTest
    @CsvSource({
        "/listening, false, application/x-www-form-urlencoded",
        "/listening, true, application/x-www-form-urlencoded",
        "/listening?later, false, application/x-www-form-urlencoded",
        "/listening?later, true, application/x-www-form-urlencoded",
        "/listening, false, text/plain",
        "/by-handler, false, application/x-www-form-urlencoded",
        "/by-handler, true, application/x-www-form-urlencoded",
        "/by-handler, false, text/plain",
        "/read-by-filter/offered, false, application/x-www-form-urlencoded",
        "/read-by-filter/offered, false, text/plain",
        "/written-by-listener, false, text/plain"
    })
    void readsTheSameWithAKeyAsWithoutOne(String path, boolean isParsed, String type) {
        Exchange sent =
                Exchange.post(shop, path).body(type, "a=1&b=22222222222").with("X-Parse", isParsed ? "first" : null);
        String without = body(sent.send());
        assertThat(body(sent.key(key).send())).isEqualTo(without);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain"})
    void comparesWhatAFilterReadByAListenerAndOffersAgain(String type) {
        Exchange sent = Exchange.post(shop, "/read-by-filter/offered").key(key);
        sent.body(type, "a=1").assertReplayed();
        assertProblem(sent.body(type, "a=999").send(), 422, "used for a different request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain"})
    void refusesWhatAFilterReadByAListenerAndKept(String type) {
        Exchange sent = Exchange.post(shop, "/read-by-filter/taken").key(key).body(type, "a=1");
        assertProblem(sent.send(), 400, "was read before it reached its endpoint");
    }

    @Test
    void comparesAFormOfWhichAFilterAskedForTheStreamAlone() {
        Exchange sent = Exchange.post(shop, "/streamed");
        String without = body(sent.body(Exchange.FORM, "a=1").send());
        assertThat(body(sent.key(key).body(Exchange.FORM, "a=1").assertReplayed()))
                .isEqualTo(without);
        assertProblem(sent.key(key).body(Exchange.FORM, "a=999").send(), 422, "used for a different request");
    }

    /** The servlet gets the beginning before there is an end. */
    @Test
    void readsAFormThatArrivesInPiecesAsItArrives() throws Exception {
        pieces.clear();
        URI url = URI.create(shop.url("/listening"));
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST /listening HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: " + key
                                    + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                    + "Content-Length: 7\r\n\r\na=1")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(pieces.poll(20, TimeUnit.SECONDS)).isEqualTo("a=1");
            socket.getOutputStream().write("&b=2".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .contains("a=1&b=2");
        }
    }
}
