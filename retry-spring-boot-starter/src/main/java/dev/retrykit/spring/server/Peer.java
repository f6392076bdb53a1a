package dev.retrykit.spring.server;

import jakarta.servlet.ServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The address of a WebFlux request as the server reports it. Later the request may have an address taken from a
 * forwarded header, which any client can set.
 */
record Peer(@Nullable InetAddress address) {

    private static final boolean SERVLETS =
            ClassUtils.isPresent("jakarta.servlet.ServletRequest", Peer.class.getClassLoader());

    /** Records the address in the context of the request. */
    static Mono<Void> note(HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response) {
        Peer peer = new Peer(address(request, true));
        return handler.handle(request, response).contextWrite(context -> context.put(Peer.class, peer));
    }

    /**
     * Returns the recorded address. Without one, returns the address of the request, unless Spring took that from a
     * header: such an address is unresolved.
     */
    static @Nullable InetAddress of(ContextView context, ServerHttpRequest request) {
        Peer noted = context.getOrDefault(Peer.class, null);
        return noted == null ? address(request, false) : noted.address;
    }

    /**
     * Returns the address of a request. That of a servlet container is parsed from text, because Spring would resolve
     * it.
     *
     * @param asAccepted whether nothing has changed the request yet, so that an unresolved address comes from the
     *     server
     */
    private static @Nullable InetAddress address(ServerHttpRequest request, boolean asAccepted) {
        Object accepted = request instanceof AbstractServerHttpRequest known ? known.getNativeRequest() : null;
        if (SERVLETS && Servlets.isRequest(accepted)) {
            return Servlets.address(accepted);
        }
        InetSocketAddress socket = request.getRemoteAddress();
        if (socket == null) {
            return null;
        }
        return socket.isUnresolved() && asAccepted ? AddressRange.literal(socket.getHostString()) : socket.getAddress();
    }

    /** A separate class, loaded only if the servlet API is present. */
    private static final class Servlets {

        static boolean isRequest(@Nullable Object accepted) {
            return accepted instanceof ServletRequest;
        }

        static @Nullable InetAddress address(@Nullable Object accepted) {
            return accepted instanceof ServletRequest request ? AddressRange.literal(request.getRemoteAddr()) : null;
        }
    }
}
