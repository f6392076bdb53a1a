package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.RedirectionException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ResponseProcessingException;
import jakarta.ws.rs.core.Response;
import java.net.SocketException;
import java.net.URI;
import java.net.URL;
import java.util.Date;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.cxf.transport.http.HTTPException;
import org.glassfish.jersey.client.authentication.RequestAuthenticationException;
import org.glassfish.jersey.message.internal.MessageBodyProviderNotFoundException;

/** What failures of JAX-RS clients mean: Jersey and others, and CXF's own. */
class JaxRsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(jersey(), types(), cxf()).flatMap(rows -> rows);
    }

    private static Stream<Row> jersey() {
        return Stream.of(
                row("Jersey: 503", answered(503), "transient status 503"),
                row("Jersey: 503, Retry-After 1", answered(503, "Retry-After", "1"), "transient after 1s status 503"),
                row("Jersey: 404", answered(404), "answered status 404"),
                row("Jersey: 401", answered(401), "neutral status 401"),
                row("Jersey: 409", answered(409), "answered status 409"),
                row("Jersey: 429", answered(429), "throttled status 429"),
                row("Jersey: 500", answered(500), "transient status 500"),
                row("Jersey: 501", answered(501), "permanent status 501"),
                row("Jersey: 404 of a future", new ExecutionException(answered(404)), "answered status 404"),
                row("Jersey: refused", failureOf(() -> get(Loopback.closedPort())), "transient"),
                row("Jersey: read timeout", hung(), "transient"),
                row("Jersey: no answer", sent(""), "transient"),
                row(
                        "Jersey: cut inside a chunk",
                        sent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc"),
                        "transient"),
                row("Jersey: another content type", unreadable(), "neutral"));
    }

    private static Stream<Row> types() {
        Date soon = new Date(System.currentTimeMillis() - 60_000);
        return Stream.of(
                row(
                        "JAX-RS: unavailable for 2 seconds",
                        new ServiceUnavailableException(2L),
                        "transient after 2s status 503"),
                row(
                        "JAX-RS: unavailable until a date",
                        new ServiceUnavailableException(soon),
                        "transient after 0s status 503"),
                row("JAX-RS: not found", new NotFoundException(), "answered status 404"),
                row("JAX-RS: too many", new ClientErrorException(429), "throttled status 429"),
                row("JAX-RS: some failure", new WebApplicationException(), "transient status 500"),
                row("JAX-RS: a redirect", new RedirectionException(302, URI.create("http://a")), "unknown"),
                row("JAX-RS: processing", new ProcessingException("x"), "permanent"),
                row(
                        "JAX-RS: processing, because of the network",
                        new ProcessingException(new SocketException("Connection reset")),
                        "transient"),
                row(
                        "JAX-RS: processing an answer",
                        new ResponseProcessingException(Response.ok().build(), "x"),
                        "permanent"),
                row(
                        "JAX-RS: processing an answer that says no",
                        new ResponseProcessingException(Response.status(503).build(), "x"),
                        "transient status 503"),
                row(
                        "JAX-RS: processing an answer that was cut",
                        new ResponseProcessingException(Response.ok().build(), new SocketException("x")),
                        "transient"),
                row("Jersey: no credentials", new RequestAuthenticationException("x"), "neutral"),
                row("Jersey: nothing writes it", new MessageBodyProviderNotFoundException("x"), "neutral"));
    }

    private static Stream<Row> cxf() {
        return Stream.of(
                row("CXF: 503", http(503), "transient status 503"),
                row("CXF: 404 in a wrapper", new RuntimeException(http(404)), "answered status 404"));
    }

    private static Throwable http(int status) {
        try {
            return new HTTPException(status, "x", new URL("http://localhost"));
        } catch (java.net.MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String get(String url) {
        Client client = ClientBuilder.newBuilder()
                .readTimeout(2000, TimeUnit.MILLISECONDS)
                .build();
        return client.target(url).request().get(String.class);
    }

    private static Throwable answered(int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> get(server.url()));
        }
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(server.url()));
        }
    }

    private static Throwable hung() {
        try (Loopback server = Loopback.hangs()) {
            Client client = ClientBuilder.newBuilder()
                    .readTimeout(150, TimeUnit.MILLISECONDS)
                    .build();
            return failureOf(() -> client.target(server.url()).request().get(String.class));
        }
    }

    private static Throwable unreadable() {
        try (Loopback server = Loopback.answers(200, "Content-Type", "application/x-unknown")) {
            return failureOf(() ->
                    ClientBuilder.newClient().target(server.url()).request().get(Row.class));
        }
    }
}
