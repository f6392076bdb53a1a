package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.exception.runtime.NacosRuntimeException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.exceptions.CanceledException;
import io.rsocket.exceptions.ConnectionErrorException;
import io.rsocket.exceptions.InvalidException;
import io.rsocket.exceptions.InvalidSetupException;
import io.rsocket.exceptions.RejectedException;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.lease.MissingLeaseException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.UpgradeRejectedException;
import jakarta.xml.soap.SOAPFault;
import jakarta.xml.ws.WebServiceException;
import jakarta.xml.ws.soap.SOAPFaultException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.ws.rs.core.MultivaluedHashMap;
import javax.ws.rs.core.Response;
import javax.xml.namespace.QName;
import kotlinx.coroutines.TimeoutCancellationException;
import org.apache.cxf.transport.http.HTTPException;
import org.apache.dubbo.rpc.RpcException;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.transport.TTransportException;
import org.springframework.ws.client.WebServiceIOException;
import org.springframework.ws.client.WebServiceTransportException;

/** What failures of SOAP clients, RSocket, Thrift, Dubbo, Nacos, docker-java and others mean. */
class RemoteCallsTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(jaxWs(), springWs(), rsocket(), thrift(), dubbo(), others())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> jaxWs() {
        return Stream.of(
                row("JAX-WS: timeout", soap(new SocketTimeoutException("Read timed out")), "unknown-effect"),
                row(
                        "JAX-WS: timeout of a future",
                        new ExecutionException(soap(new SocketTimeoutException("Read timed out"))),
                        "unknown-effect"),
                row("JAX-WS: refused, perhaps after a redirect", soap(new ConnectException("x")), "unknown-effect"),
                row("JAX-WS: refused by HttpURLConnection", soap(refused()), "transient"),
                row("JAX-WS, CXF: 503", soap(cxf(503)), "unknown-effect status 503"),
                row("JAX-WS, CXF: 404", soap(cxf(404)), "answered status 404"),
                row("JAX-WS: configured wrongly", new WebServiceException("no WSDL"), "unknown"),
                row("JAX-WS: the caller's fault", fault("Client"), "answered"),
                row("JAX-WS: the sender's fault", new CompletionException(fault("Sender")), "answered"),
                row("JAX-WS: the server's fault", fault("Server"), "permanent"),
                row(
                        "JAX-WS: a fault since the answer broke off",
                        withCause(fault("Server"), new IOException("Premature EOF")),
                        "unknown-effect"));
    }

    private static Stream<Row> springWs() {
        return Stream.of(
                row(
                        "Spring WS: timeout",
                        new WebServiceIOException("x", new SocketTimeoutException("Read timed out")),
                        "unknown-effect"),
                row("Spring WS: refused", new WebServiceIOException("x", refused()), "transient"),
                row("Spring WS: 503", new WebServiceTransportException("Unavailable [503]"), "unknown-effect"),
                row("Spring WS: 404", new WebServiceTransportException("Not Found [404]"), "answered"),
                row("Spring WS: 401", new WebServiceTransportException("Unauthorized [401]"), "neutral"),
                row("Spring WS: 501", new WebServiceTransportException("Not Implemented [501]"), "permanent"));
    }

    private static Stream<Row> rsocket() {
        return Stream.of(
                row("RSocket: rejected", new RejectedException("x"), "transient"),
                row("RSocket: no lease", new MissingLeaseException("x"), "throttled"),
                row("RSocket: connection lost", new ConnectionErrorException("x"), "transient"),
                row("RSocket: setup rejected", new RejectedSetupException("x"), "transient"),
                row("RSocket: setup invalid", new InvalidSetupException("x"), "permanent"),
                row("RSocket: request invalid", new InvalidException("x"), "answered"),
                row("RSocket: canceled", new CanceledException("x"), "neutral"),
                row("RSocket: the application's failure", new ApplicationErrorException("x"), "permanent"));
    }

    private static Stream<Row> thrift() {
        return Stream.of(
                row(
                        "Thrift: refused",
                        new TTransportException(TTransportException.NOT_OPEN, new ConnectException("x")),
                        "transient"),
                row(
                        "Thrift: timeout",
                        new TTransportException(TTransportException.TIMED_OUT, new SocketTimeoutException("x")),
                        "unknown-effect"),
                row("Thrift: cut", new TTransportException(TTransportException.END_OF_FILE, "x"), "unknown-effect"),
                row("Thrift: lost", new TTransportException(new IOException("Broken pipe")), "unknown-effect"),
                row("Thrift: open twice", new TTransportException(TTransportException.ALREADY_OPEN, "x"), "neutral"),
                row("Thrift: too long", new TTransportException(TTransportException.CORRUPTED_DATA, "x"), "permanent"),
                row("Thrift: unknown method", new TApplicationException(1, "x"), "permanent"));
    }

    private static Stream<Row> dubbo() {
        return Stream.of(
                row("Dubbo: network", new RpcException(RpcException.NETWORK_EXCEPTION, "x"), "unknown-effect"),
                row(
                        "Dubbo: timeout",
                        new RpcException(RpcException.TIMEOUT_EXCEPTION, new TimeoutException()),
                        "unknown-effect"),
                row("Dubbo: no provider", new RpcException(RpcException.FORBIDDEN_EXCEPTION, "x"), "transient"),
                row("Dubbo: limit", new RpcException(RpcException.LIMIT_EXCEEDED_EXCEPTION, "x"), "throttled"),
                row("Dubbo: invalid", new RpcException(RpcException.VALIDATION_EXCEPTION, "x"), "answered"),
                row("Dubbo: denied", new RpcException(RpcException.AUTHORIZATION_EXCEPTION, "x"), "neutral"),
                row("Dubbo: no such method", new RpcException(RpcException.METHOD_NOT_FOUND, "x"), "permanent"),
                row("Dubbo: something else", new RpcException("x"), "unknown"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("Nacos: 500", new NacosException(NacosException.SERVER_ERROR, "x"), "transient status 500"),
                row("Nacos: 404", new NacosException(NacosException.NOT_FOUND, "x"), "answered status 404"),
                row("Nacos: 403", new NacosException(NacosException.NO_RIGHT, "x"), "neutral status 403"),
                row("Nacos: disconnected", new NacosException(NacosException.CLIENT_DISCONNECT, "x"), "transient"),
                row("Nacos: its own limit", new NacosRuntimeException(-503, "x"), "neutral"),
                row("Kotlin: withTimeout", new TimeoutCancellationException("x", null), "transient"),
                row(
                        "Kotlin: withTimeout in a wrapper",
                        new RuntimeException(new TimeoutCancellationException("x", null)),
                        "transient"),
                row("older JAX-RS: 404", olderJaxRs(404), "answered status 404"),
                row("older JAX-RS: 503", olderJaxRs(503), "transient after 1s status 503"),
                row(
                        "older JAX-RS: timeout",
                        new javax.ws.rs.ProcessingException(new SocketTimeoutException("Read timed out")),
                        "transient"),
                row("Netty: WebSocket refused by 503", webSocket(503), "transient after 1s status 503"),
                row("Netty: WebSocket refused by 404", webSocket(404), "answered after 1s status 404"),
                row(
                        "Vert.x: WebSocket refused by 503",
                        new UpgradeRejectedException(
                                "x", 503, MultiMap.caseInsensitiveMultiMap().add("Retry-After", "1"), null),
                        "transient after 1s status 503"),
                row("Docker: 500", new DockerException("x", 500), "transient status 500"),
                row("Docker: conflict", new ConflictException("x"), "answered status 409"));
    }

    private static Throwable olderJaxRs(int status) {
        Response response = mock(Response.class);
        when(response.getStatus()).thenReturn(status);
        if (status == 503) {
            MultivaluedHashMap<String, String> headers = new MultivaluedHashMap<>();
            headers.add("Retry-After", "1");
            when(response.getStringHeaders()).thenReturn(headers);
        }
        return new javax.ws.rs.WebApplicationException("x", response);
    }

    private static Throwable webSocket(int status) {
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        response.headers().set("Retry-After", "1");
        return new WebSocketClientHandshakeException("x", response);
    }

    private static Throwable soap(Throwable cause) {
        return new WebServiceException("Could not send Message.", cause);
    }

    private static Throwable cxf(int status) {
        try {
            return new HTTPException(status, "x", new URL("http://localhost"));
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Throwable fault(String code) {
        SOAPFault fault = mock(SOAPFault.class, RETURNS_DEEP_STUBS);
        when(fault.getFaultCodeAsQName()).thenReturn(new QName("http://schemas.xmlsoap.org/soap/envelope/", code));
        return new SOAPFaultException(fault);
    }

    private static Throwable withCause(Throwable failure, Throwable cause) {
        return failure.initCause(cause);
    }

    /** The one client that proves that it never connected. */
    private static IOException refused() {
        return (IOException)
                failureOf(() -> URI.create(Loopback.closedPort()).toURL().openStream());
    }
}
